/** Pods in a runtime: each drawn with its insides while there is room, then as tiles, then counted by owner and state. */
import { AnimatePresence, PresenceContext, usePresence } from 'framer-motion'
import { animate } from 'framer-motion/dom/mini'
import {
  type CSSProperties,
  Fragment,
  memo,
  type ReactNode,
  type Ref,
  useContext,
  useEffect,
  useImperativeHandle,
  useRef,
} from 'react'
import type { NodeView, PodView } from '../../../session/types'
import { classes } from '../../../shared/controls'
import { shortName } from '../../../shared/format'
import { useT } from '../../../shared/i18n'
import { useMeasure } from '../../../shared/measure'
import { useReducedMotion } from '../../../shared/preferences'
import type { Rect } from '../../layout'
import { ObjectChip } from '../shared/object-chip'
import { type Mood, moodOf, podMode } from './pod-mode'
import styles from './pods.module.css'

interface PodsProps {
  readonly view: NodeView
  readonly area: Rect
  readonly style: CSSProperties
}

export function Pods({ view, area, style }: PodsProps) {
  const { mode, columns } = podMode(view, area)
  if (mode === 'groups') return <Groups view={view} area={area} style={style} />
  const columnsOf = { ...style, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }
  if (mode === 'tile')
    return (
      <div className={styles.pods} data-mode={mode} style={columnsOf}>
        {view.pods.map(pod => (
          <div key={pod.uid} className={styles.slot}>
            <Tile pod={pod} />
          </div>
        ))}
      </div>
    )
  return (
    <div className={styles.pods} data-mode={mode} style={columnsOf}>
      <AnimatePresence initial={false} mode="popLayout">
        {view.pods.map(pod => (
          <Slot key={pod.uid}>
            <FullPod pod={pod} />
          </Slot>
        ))}
      </AnimatePresence>
    </div>
  )
}

const SMALL = { opacity: 0, transform: 'scale(0.9)' }
const WHOLE = { opacity: 1, transform: 'none' }

/** A pod's place: what stands in it appears and leaves. The browser moves it, off the page's thread. */
function Slot({ ref, children }: { readonly ref?: Ref<HTMLDivElement>; readonly children: ReactNode }) {
  const slot = useRef<HTMLDivElement>(null)
  useImperativeHandle(ref, () => slot.current as HTMLDivElement, [])
  const [present, left] = usePresence()
  const stood = useContext(PresenceContext)?.initial === false
  const reduced = useReducedMotion()
  // biome-ignore lint/correctness/useExhaustiveDependencies: it appears and leaves once each
  useEffect(() => {
    const element = slot.current
    if (!element || reduced || (present && stood)) {
      left?.()
      return
    }
    const [from, to] = present ? [SMALL, WHOLE] : [WHOLE, SMALL]
    const motion = animate(
      element,
      { opacity: [from.opacity, to.opacity], transform: [from.transform, to.transform] },
      { duration: 0.2 },
    )
    if (!present) void motion.then(() => left?.())
    return () => motion.stop()
  }, [present])
  return (
    <div ref={slot} className={styles.slot}>
      {children}
    </div>
  )
}

interface PodProps {
  readonly pod: PodView
}

/** A longer word takes two lines, and the pause container's line gives way. */
const LONG = 12

/** A pod with its containers, its pause sandbox and its address. */
const FullPod = memo(({ pod }: PodProps) => {
  const mood = moodOf(pod)
  return (
    <ObjectChip
      kind="Pod"
      objectKey={pod.key}
      mark={pod.key}
      className={classes(styles.pod, pod.status.length > LONG && styles.troubled)}
      label={`Pod ${pod.key}: ${pod.status}`}
    >
      <span className={styles.name} data-mood={mood}>
        {shortName(pod.name, pod.owner)}
        {pod.unsupported && <Unsupported fields={pod.unsupported} />}
      </span>
      <span className={styles.containers}>
        {pod.containers.map(container => (
          <span key={container.name} data-state={container.state} data-ready={container.ready || undefined}>
            {container.name}
          </span>
        ))}
      </span>
      <span className={styles.pause} data-stands={pod.sandbox || undefined}>
        pause
      </span>
      <span className={styles.ip}>
        <Broken word={(pod.ready || pod.status === 'Running') && pod.ip ? pod.ip : pod.status} />
      </span>
    </ObjectChip>
  )
})

/** A status is one long word: it may break where a new part of it begins. */
const Broken = ({ word }: { readonly word: string }) =>
  word.split(/(?<=[a-z])(?=[A-Z])/).map((part, i) => (
    <Fragment key={part}>
      {i > 0 && <wbr />}
      {part}
    </Fragment>
  ))

/** What the kubelet here does not simulate of the pod's spec. */
function Unsupported({ fields }: { readonly fields: readonly string[] }) {
  const words = useT()('room.unsupported', { fields: fields.join(', ') })
  return (
    <span className={styles.unsupported} title={words} role="img" aria-label={words}>
      !
    </span>
  )
}

const Tile = memo(({ pod }: PodProps) => {
  return (
    <ObjectChip kind="Pod" objectKey={pod.key} mark={pod.key} className={styles.tile} label={`Pod ${pod.key}: ${pod.status}`}>
      <i data-mood={moodOf(pod)} />
      {shortName(pod.name, pod.owner)}
    </ObjectChip>
  )
})

const LINE = 22
/** A line that is broken in two. */
const LINES = 36
const DOT = 17
/** World pixels of a group's mark and number. */
const COUNTED = 44

/** Many pods: how many of which owner are in which state, and a dot for each while there is room. The owner opens on a click. */
function Groups({ view, area, style }: PodsProps) {
  const measure = useMeasure()
  const isWide = view.groups.some(
    ({ owner, status }) => COUNTED + measure(owner.slice(owner.indexOf('/') + 1)) + measure(status) > area.width,
  )
  const line = isWide ? LINES : LINE
  const lines = view.groups.slice(0, Math.max(1, Math.floor(area.height / line)))
  const perRow = Math.floor(area.width / DOT)
  const rows = Math.floor((area.height - lines.length * line) / DOT)
  const dots = view.pods.length === view.podCount && view.podCount <= perRow * rows
  return (
    <div className={styles.groups} style={style} data-wide={isWide || undefined}>
      <ul>
        {lines.map(({ owner, status, count }) => (
          <li key={`${owner} ${status}`} title={`${owner}: ${count} ${status}`}>
            <i data-mood={status === 'Running' ? 'good' : ('waiting' satisfies Mood)} />
            <b>{count}</b>
            <Owner owner={owner} pods={view.pods} />
            <em>{status}</em>
          </li>
        ))}
      </ul>
      {dots && (
        <div className={styles.dots}>
          {view.pods.map(pod => (
            <Dot key={pod.uid} pod={pod} />
          ))}
        </div>
      )}
    </div>
  )
}

/** The owner of a group, to be opened. A pod that nobody owns is its own group. */
function Owner({ owner, pods }: { readonly owner: string; readonly pods: readonly PodView[] }) {
  const [kind, name] = owner.includes('/') ? owner.split('/') : ['Pod', owner]
  const namespace = pods.find(pod => (pod.owner ?? pod.name) === owner)?.namespace ?? 'default'
  return (
    <ObjectChip kind={kind ?? 'Pod'} objectKey={`${namespace}/${name}`} className={styles.owner}>
      {name}
    </ObjectChip>
  )
}

const Dot = memo(({ pod }: PodProps) => {
  return (
    <ObjectChip kind="Pod" objectKey={pod.key} mark={pod.key} className={styles.dot} label={`Pod ${pod.key}: ${pod.status}`}>
      <i data-mood={moodOf(pod)} />
    </ObjectChip>
  )
})
