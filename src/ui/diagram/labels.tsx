/** What stands on lit wires when nothing moves, and the list of all messages of the scene for who cannot point at them. */
import { ViewportPortal } from 'reactflow'
import { useClock } from '../session/clock'
import { pointAtEntry } from '../session/pointer'
import { useSession } from '../session/session'
import type { BeatScene, Packet } from '../session/types'
import { useT } from '../shared/i18n'
import { useMeasure } from '../shared/measure'
import { walkByArrows } from '../shared/roving'
import styles from './labels.module.css'
import type { StageLayout } from './layout'
import { type LitWire, labelIn, messagesIn, saidOn, stillLabels } from './lit'
import { PACKET_KINDS, ShapeIcon } from './shapes'
import { useStage } from './stage-state'

/** Labels on the lit wires, once the beat is over: a still tells what happened. */
export function Labels({ layout }: { readonly layout: StageLayout }) {
  const lit = useStage(state => state.lit)
  const still = useClock(state => state.motion === 'still')
  const select = useSession(state => state.select)
  if (!lit || !still) return null
  return (
    <ViewportPortal>
      {stillLabels(lit, layout).map(({ wire, centre, width, beside }) => (
        <button
          key={wire.id}
          type="button"
          tabIndex={-1}
          className={`${styles.label} nodrag nopan`}
          style={{ left: centre.x, top: centre.y, maxWidth: width }}
          data-kind={wire.failed ? 'failed' : wire.kind}
          data-beside={beside || undefined}
          data-entry={wire.label.seq}
          title={saidOn(wire)}
          onClick={() => select({ kind: 'entry', seq: wire.label.seq })}
          onPointerEnter={() => pointAtEntry(wire.label.seq)}
          onPointerLeave={() => pointAtEntry(undefined)}
        >
          <ShapeIcon kind={wire.kind} size={11} />
          <Words wire={wire} width={width} />
        </button>
      ))}
    </ViewportPortal>
  )
}

function Words({ wire, width }: { readonly wire: LitWire; readonly width: number }) {
  const { text, suffix } = labelIn(wire, width, useMeasure())
  return (
    <>
      <span>{text}</span>
      <b>{suffix}</b>
    </>
  )
}

/** Of so many messages at most there is a list; the log has all of them. */
const LISTED = 200
/** A longer list than this is made when the messages stand still: while they move, nobody can follow it. */
const FOLLOWED = 40

/** The messages of the scene as buttons, for keyboards, screen readers and tests. */
export function PacketList({ scene }: { readonly scene: BeatScene | undefined }) {
  const t = useT()
  const select = useSession(state => state.select)
  const moving = useClock(state => state.motion === 'moving')
  if (!scene || scene.packets.length === 0 || (moving && scene.packets.length > FOLLOWED)) return null
  const words = ({ kind, from, to, label, count = 1 }: Packet) =>
    t('stage.packet', { kind: t(`packet.${kind}`), from, to, label: count > 1 ? `${label} ×${count}` : label })
  const more = messagesIn(scene.packets.slice(LISTED))
  return (
    <ul className={styles.list} aria-label={t('stage.packets')} onKeyDown={walkByArrows}>
      {scene.packets.slice(0, LISTED).map((packet, i) => (
        <li key={packet.seq}>
          <button
            type="button"
            // The list is one stop of Tab; the arrows lead through it.
            tabIndex={i === 0 ? 0 : -1}
            data-roving
            data-packet={packet.seq}
            data-kind={packet.kind}
            data-count={packet.count}
            data-from={packet.from}
            data-to={packet.to}
            onClick={() => select({ kind: 'entry', seq: packet.seq })}
          >
            {words(packet)}
          </button>
        </li>
      ))}
      {more > 0 && <li className="visually-hidden">{t('stage.morePackets', { n: more })}</li>}
    </ul>
  )
}

/** What the shapes mean. */
export function Legend({ layout }: { readonly layout: StageLayout }) {
  const t = useT()
  const { legend } = layout
  if (!legend) return null
  return (
    <ViewportPortal>
      <ul
        className={styles.legend}
        aria-label={t('stage.legend')}
        style={{ left: legend.x, top: legend.y, width: legend.width, height: legend.height }}
      >
        {PACKET_KINDS.map(kind => (
          <li key={kind}>
            <ShapeIcon kind={kind} size={10} />
            {t(`packet.${kind}`)}
          </li>
        ))}
      </ul>
    </ViewportPortal>
  )
}
