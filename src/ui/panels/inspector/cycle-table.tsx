/** What one scheduling cycle looked at: which nodes fit, why others do not, and the scores. */
import { classes } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import styles from './inspector.module.css'
import { isFields } from './messages'
import { Section } from './section'

type Column = number | readonly number[]

/** The table as the trace holds it (sim/scheduler/table.ts). */
export interface CycleTable {
  readonly all: number
  readonly considered: number
  readonly feasible: number
  readonly nodes: readonly string[]
  readonly rejected: readonly {
    readonly plugin: string
    readonly reasons: readonly string[]
    readonly count: number
    readonly nodes: readonly number[]
  }[]
  readonly scores?: Readonly<Record<string, Column>>
  readonly totals?: Column
}

/** The table of an entry, if it has one. */
export const cycleOf = (args: Readonly<Record<string, unknown>>): CycleTable | undefined =>
  isFields(args.table) && Array.isArray(args.table.nodes) ? (args.table as unknown as CycleTable) : undefined

/** More nodes than this stand in rows, not in columns. */
const COLUMNS = 5

const cell = (column: Column | undefined, n: number): number | undefined => (typeof column === 'object' ? column[n] : column)

/** Nodes that will do, in the order of the columns. */
export function feasibleNodes({ nodes, rejected }: CycleTable): readonly string[] {
  const refused = new Set(rejected.flatMap(each => each.nodes))
  return nodes.filter((_, i) => !refused.has(i))
}

export function Cycle({ table, chosen }: { readonly table: CycleTable; readonly chosen: string | undefined }) {
  const t = useT()
  const nodes = feasibleNodes(table)
  const plugins = Object.keys(table.scores ?? {})
  return (
    <>
      <Section title={t('inspector.filter', { feasible: table.feasible, n: table.all })}>
        {table.rejected.map(({ plugin, reasons, count, nodes: places }) => (
          <p key={`${plugin} ${reasons.join()}`} className={styles.rejected}>
            <strong>{plugin}</strong> {reasons.join(', ')}
            <small>
              {places.length > 0 && places.length <= 8
                ? places.map(i => table.nodes[i]).join(', ')
                : t('inspector.nodes', { n: count })}
            </small>
          </p>
        ))}
        {table.considered < table.all && (
          <p className={styles.hint}>{t('inspector.considered', { n: table.considered, all: table.all })}</p>
        )}
      </Section>
      {plugins.length > 0 ? (
        <Section title={t('inspector.score')}>
          {nodes.length <= COLUMNS ? (
            <NodesAsColumns {...{ table, nodes, plugins, chosen }} />
          ) : (
            <NodesAsRows {...{ table, nodes, plugins, chosen }} />
          )}
        </Section>
      ) : (
        nodes.length === 1 && <p className={styles.hint}>{t('inspector.onlyOne')}</p>
      )}
    </>
  )
}

interface ScoresProps {
  readonly table: CycleTable
  readonly nodes: readonly string[]
  readonly plugins: readonly string[]
  readonly chosen: string | undefined
}

function NodesAsColumns({ table, nodes, plugins, chosen }: ScoresProps) {
  const t = useT()
  return (
    <table className={styles.scores}>
      <thead>
        <tr>
          <td />
          {nodes.map(node => (
            <th key={node} scope="col" className={classes(node === chosen && styles.chosen)}>
              {node}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {plugins.map(plugin => (
          <tr key={plugin}>
            <th scope="row">{plugin}</th>
            {nodes.map((node, i) => (
              <td key={node}>{cell(table.scores?.[plugin], i)}</td>
            ))}
          </tr>
        ))}
        <tr className={styles.sum}>
          <th scope="row">{t('inspector.sum')}</th>
          {nodes.map((node, i) => (
            <td key={node}>{cell(table.totals, i)}</td>
          ))}
        </tr>
      </tbody>
    </table>
  )
}

function NodesAsRows({ table, nodes, plugins, chosen }: ScoresProps) {
  const t = useT()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.wide} tabIndex={0} aria-label={t('inspector.score')}>
      <table className={styles.scores}>
        <thead>
          <tr>
            <td />
            {plugins.map(plugin => (
              <th key={plugin} scope="col">
                {plugin}
              </th>
            ))}
            <th scope="col">{t('inspector.sum')}</th>
          </tr>
        </thead>
        <tbody>
          {nodes.map((node, i) => (
            <tr key={node}>
              <th scope="row" className={classes(node === chosen && styles.chosen)}>
                {node}
              </th>
              {plugins.map(plugin => (
                <td key={plugin}>{cell(table.scores?.[plugin], i)}</td>
              ))}
              <td className={styles.total}>{cell(table.totals, i)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
