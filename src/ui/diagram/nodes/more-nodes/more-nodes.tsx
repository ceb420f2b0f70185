/** The house of all nodes that have none of their own: one tile each, or, in a large cluster, only counted. */
import { useSession } from '../../../session/session'
import type { NodeView } from '../../../session/types'
import { classes } from '../../../shared/controls'
import { useT } from '../../../shared/i18n'
import { nodeRoom, REST } from '../../layout'
import { useHouseView, useStage } from '../../stage-state'
import { Ends } from '../shared/ends'
import room from '../shared/room.module.css'
import styles from './more-nodes.module.css'

/** More tiles than this are a carpet. */
const TILES = 240

export function MoreNodes() {
  const t = useT()
  const rest = useStage(state => state.layout?.rest)
  const lit = useStage(state => state.lit)
  const scene = useStage(state => state.scene)
  const all = useHouseView(REST, view => view.nodes)
  if (!rest || !all) return null
  const names = new Set(rest)
  const acting = new Set((scene?.rooms ?? []).flatMap(room => room.split('/')[1] ?? []))
  const nodes = all.filter(node => names.has(node.name))
  const pods = nodes.reduce((sum, node) => sum + node.podCount, 0)
  return (
    <div
      className={classes(room.room, styles.house)}
      style={{ inset: 0 }}
      data-lit={lit?.rooms.has(REST) ? 'self' : undefined}
      data-dim={(lit && !lit.rooms.has(REST)) || undefined}
    >
      <p className={styles.title}>
        <b>{t('room.moreNodes', { n: rest.length })}</b>
        <span>{t('room.pods', { n: pods })}</span>
      </p>
      <div className={styles.tiles} data-many={nodes.length > 40 || undefined}>
        {nodes.slice(0, TILES).map(node => (
          <Tile key={node.name} node={node} lit={acting.has(node.name)} />
        ))}
        {nodes.length > TILES && <span>{t('room.more', { n: nodes.length - TILES })}</span>}
      </div>
      <Ends />
    </div>
  )
}

function Tile({ node, lit }: { readonly node: NodeView; readonly lit: boolean }) {
  const t = useT()
  const select = useSession(state => state.select)
  const used = node.cpu.allocatable > 0 ? Math.min(1, node.cpu.requested / node.cpu.allocatable) : 0
  return (
    <button
      type="button"
      className={styles.tile}
      data-room={nodeRoom('node', node.name)}
      data-lit={lit || undefined}
      data-ready={node.ready || undefined}
      aria-label={t('stage.open', { name: node.name })}
      title={`${node.name}: ${t('room.pods', { n: node.podCount })}`}
      onClick={() => select({ kind: 'room', room: nodeRoom('node', node.name) })}
    >
      <i style={{ height: `${used * 100}%` }} />
      <span>{node.podCount}</span>
    </button>
  )
}
