/** A node: kubelet, kube-proxy, the container runtime with the pods that it runs, and the node's network. */
import { useEffect, useRef } from 'react'
import type { NodeProps } from 'reactflow'
import { stageTime, useClock } from '../../../session/clock'
import type { NodeView, RoomId } from '../../../session/types'
import { bytes, cores } from '../../../shared/format'
import { useT } from '../../../shared/i18n'
import { useMeasure } from '../../../shared/measure'
import { upTo } from '../../flights'
import { nodeRoom, type Rect, wireId } from '../../layout'
import type { NodeHouse } from '../../layout-nodes'
import { type LitWire, labelIn, saidOn } from '../../lit'
import { seen } from '../../routes'
import { ShapeIcon } from '../../shapes'
import { useHouseView, useStage, useStopped } from '../../stage-state'
import { Ends } from '../shared/ends'
import { Room, SHORT, within } from '../shared/room'
import { Pods } from './pods'
import styles from './worker-node.module.css'

export function WorkerNode({ id }: NodeProps) {
  const house = useStage(state => state.layout?.nodes.find(each => `node/${each.name}` === id))
  const view = useHouseView(id as RoomId, ({ nodes }) => nodes.find(node => `node/${node.name}` === id))
  if (!house || !view) return null
  return (
    <Room room={id as RoomId} name={view.name} className={styles.house}>
      <Title view={view} width={house.rect.width} />
      <LocalWires house={house} />
      <Inside house={house} view={view} />
      <Ends />
    </Room>
  )
}

function Title({ view, width }: { readonly view: NodeView; readonly width: number }) {
  const t = useT()
  const problem = !view.ready ? t('room.notReady') : view.unschedulable ? t('room.cordoned') : undefined
  return (
    <div className={styles.title}>
      <b>{view.name}</b>
      {problem ? (
        <span className={styles.problem}>{problem}</span>
      ) : (
        width > 330 && <span className={styles.address}>{view.address}</span>
      )}
      <span className={styles.bars}>
        <Bar what={t('room.cpu')} part={view.cpu} format={cores} />
        <Bar what={t('room.mem')} part={view.memory} format={bytes} />
      </span>
    </div>
  )
}

interface BarProps {
  readonly what: string
  readonly part: NodeView['cpu']
  readonly format: (value: number) => string
}

/** How much of a resource pods have requested. */
function Bar({ what, part, format }: BarProps) {
  const t = useT()
  const filled = part.allocatable > 0 ? Math.min(1, part.requested / part.allocatable) : 0
  const words = t('room.requested', { what, requested: format(part.requested), allocatable: format(part.allocatable) })
  return (
    <span className={styles.bar} title={words}>
      <span aria-hidden="true">{what}</span>
      <span className={styles.track} role="img" aria-label={words}>
        <i style={{ width: `${filled * 100}%` }} />
      </span>
    </span>
  )
}

function Inside({ house, view }: { readonly house: NodeHouse; readonly view: NodeView }) {
  const t = useT()
  const { name, rect } = house
  const { kubeletPods, services } = view
  const pods = kubeletPods === 0 ? t('room.noPods') : t('room.pods', { n: kubeletPods })
  return (
    <>
      <Room room={nodeRoom('kubelet', name)} name={`kubelet ${name}`} rect={house.kubelet} house={rect} className={styles.agent}>
        <b>kubelet</b>
        <Words room={nodeRoom('kubelet', name)} rect={house.kubelet} text={pods} count={kubeletPods} />
      </Room>
      <Room
        room={nodeRoom('kube-proxy', name)}
        name={`kube-proxy ${name}`}
        rect={house.kubeProxy}
        house={rect}
        className={styles.agent}
      >
        <b>kube-proxy</b>
        <Words
          room={nodeRoom('kube-proxy', name)}
          rect={house.kubeProxy}
          text={t('room.rules', { n: services })}
          count={services}
        />
      </Room>
      <Room
        room={nodeRoom('runtime', name)}
        name={`${t('room.runtime')} ${name}`}
        rect={house.runtime}
        house={rect}
        className={styles.runtime}
      >
        <RuntimeTitle house={house} images={view.images.length} />
        <Pods view={view} area={house.pods} style={within(house.pods, house.runtime)} />
      </Room>
      <Room
        room={nodeRoom('network', name)}
        name={`${t('room.network')} ${name}`}
        rect={house.network}
        house={rect}
        className={styles.network}
      >
        <span>{t('room.network')}</span>
        <Message from={nodeRoom('runtime', name)} to={nodeRoom('network', name)} />
        <Message from={nodeRoom('kube-proxy', name)} to={nodeRoom('network', name)} />
      </Room>
    </>
  )
}

interface WordsProps {
  readonly room: RoomId
  readonly rect: Rect
  readonly text: string
  readonly count: number
}

/** What a room says under its name: that it is stopped, else its number. A room of one line has no room for words. */
function Words({ room, rect, text, count }: WordsProps) {
  const t = useT()
  const isStopped = useStopped(room)
  const said = isStopped ? t('room.stopped') : text
  return (
    <span title={said} className={isStopped ? styles.problem : undefined}>
      {rect.height < SHORT ? (isStopped ? '✗' : count) : said}
    </span>
  )
}

/** World pixels of the line over the pods that are not for words, and of the runtime's name with what keeps it apart. */
const [BESIDE, NAMED] = [16, 8]

function RuntimeTitle({ house: { name, runtime }, images }: { readonly house: NodeHouse; readonly images: number }) {
  const t = useT()
  const [from, to] = [nodeRoom('kubelet', name), nodeRoom('runtime', name)]
  const wire = useStage(state => state.lit?.wires.get(wireId(from, to)))
  const measure = useMeasure()
  const title = t('room.runtime')
  const isStopped = useStopped(to)
  const room = runtime.width - BESIDE
  const beside = room - NAMED - measure(title)
  /** The name stands there while every message of the scene has room beside it. */
  const isNamed = !wire || wire.packets.every(packet => LEAD + measure(packet.label) <= beside)
  return (
    <p className={styles.runtimeTitle}>
      {isNamed && <b>{title}</b>}
      <Message
        from={from}
        to={to}
        width={isNamed ? beside : room}
        {...((isStopped || runtime.width >= 150) && {
          otherwise: isStopped ? t('room.stopped') : t('room.images', { n: images }),
        })}
      />
    </p>
  )
}

/** World pixels of a message's icon, and about of its number. */
const LEAD = 44

interface MessageProps {
  readonly from: RoomId
  readonly to: RoomId
  /** World pixels that it may take. */
  readonly width?: number
  /** What stands there when nothing travels. */
  readonly otherwise?: string
}

/** What travels on a short wire is written into the room that hears it: the wire itself has no room for words. */
function Message({ from, to, width = 240, otherwise }: MessageProps) {
  const lit = useStage(state => state.lit?.wires.get(wireId(from, to)))
  const still = useClock(state => state.motion === 'still')
  const measure = useMeasure()
  if (!lit) return otherwise === undefined ? null : <span>{otherwise}</span>
  if (!still) return <UnderWay wire={lit} width={width} otherwise={otherwise} />
  const { text, suffix } = labelIn(lit, width, measure)
  return (
    <span className={styles.message} data-kind={lit.kind} title={saidOn(lit)}>
      <ShapeIcon kind={lit.kind} size={10} />
      <span>{text}</span>
      <b>{suffix}</b>
    </span>
  )
}

/** Stage milliseconds for which a message's words stand at least: fewer cannot be read. */
const READABLE = 240
/** Stage milliseconds from one node's words to the next one's, so that not all are written in one frame. */
const APART = 60

/** The message that is on a wire at this moment, written straight on the page; what stands there otherwise, while none is yet. */
function UnderWay({
  wire,
  width,
  otherwise,
}: {
  readonly wire: LitWire
  readonly width: number
  readonly otherwise: string | undefined
}) {
  const measure = useMeasure()
  const rest = useRef<HTMLSpanElement>(null)
  const said = useRef<HTMLSpanElement>(null)
  const words = useRef<HTMLSpanElement>(null)
  const duration = useStage(state => state.scene?.duration ?? 0)
  const row = useStage(({ layout }) => layout?.nodes.findIndex(({ name }) => wire.id.includes(`/${name}→`)) ?? 0)
  useEffect(() => {
    const packets = wire.packets.toSorted((a, b) => seen(a, duration).start - seen(b, duration).start)
    const begins = packets.map(packet => seen(packet, duration).start)
    let tick = -1
    let shown: string | undefined
    const look = (time: number) => {
      const now = Math.floor((time + row * APART) / READABLE)
      if (now === tick) return
      tick = now
      const begun = upTo(begins, time) - 1
      const label = packets[begun]?.label
      if (label === shown) return
      const isFirst = (label === undefined) !== (shown === undefined)
      shown = label
      if (words.current)
        words.current.textContent = label ? labelIn({ text: label, suffix: '', others: 0 }, width, measure).text : ''
      if (!isFirst) return
      if (said.current) said.current.hidden = label === undefined
      if (rest.current) rest.current.hidden = label !== undefined
    }
    look(stageTime.get())
    return stageTime.on('change', look)
  }, [wire, duration, row, width, measure])
  return (
    <>
      {otherwise !== undefined && <span ref={rest}>{otherwise}</span>}
      <span className={styles.message} ref={said} data-kind={wire.kind} hidden>
        <ShapeIcon kind={wire.kind} size={10} />
        <span ref={words} />
      </span>
    </>
  )
}

/** The short wires within the house: kubelet to runtime, runtime and kube-proxy to the network. */
function LocalWires({ house }: { readonly house: NodeHouse }) {
  const { name, rect } = house
  const layout = useStage(state => state.layout)
  const lit = useStage(state => state.lit?.wires)
  if (!layout) return null
  const inside = [...layout.wires.values()].filter(wire => wire.from.endsWith(`/${name}`) && wire.to.endsWith(`/${name}`))
  return (
    <svg className={styles.wires} width={rect.width} height={rect.height} aria-hidden="true">
      {inside.map(wire => (
        <polyline key={wire.id} points={relative(wire.points, rect)} data-kind={lit?.get(wire.id)?.kind} />
      ))}
    </svg>
  )
}

const relative = (points: readonly { readonly x: number; readonly y: number }[], { x, y }: Rect): string =>
  points.map(point => `${point.x - x},${point.y - y}`).join(' ')
