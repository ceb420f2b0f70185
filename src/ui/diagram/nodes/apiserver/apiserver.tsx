/** The spine: the apiserver's pipeline from top to bottom, its watch cache below. Everything goes through here. */

import { Check, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { stageTime, useClock } from '../../../session/clock'
import { useT } from '../../../shared/i18n'
import { APISERVER, PIPELINE, type PipelineStage, type StageLayout } from '../../layout'
import { flyingAt, routeOf, stagesOf } from '../../routes'
import { useHouseView, useStage } from '../../stage-state'
import { Ends } from '../shared/ends'
import { Room, within } from '../shared/room'
import styles from './apiserver.module.css'

export function ApiserverNode() {
  const layout = useStage(state => state.layout)
  if (!layout) return null
  return (
    <Room room={APISERVER} name="kube-apiserver" className={styles.apiserver}>
      <p className={styles.title}>kube-apiserver</p>
      <Pipeline layout={layout} />
      <WatchCache layout={layout} />
      <Ends />
    </Room>
  )
}

function Pipeline({ layout }: { readonly layout: StageLayout }) {
  const t = useT()
  const passing = usePassing(layout)
  const verdict = useVerdict()
  const { rect, stages, leftRail, rightRail } = layout.spine
  const railTop = stages.authentication.y + stages.authentication.height / 2
  const railEnd = stages.storage.y + stages.storage.height / 2
  return (
    <ol className={styles.pipeline}>
      {[leftRail, rightRail].map(x => (
        <li
          key={x}
          className={styles.rail}
          aria-hidden="true"
          style={{ left: x - rect.x, top: railTop - rect.y, height: railEnd - railTop }}
        />
      ))}
      {PIPELINE.map(stage => (
        <li
          key={stage}
          className={styles.stage}
          style={within(stages[stage], rect)}
          data-stage={stage}
          data-passing={passing.includes(stage) || undefined}
          data-verdict={verdictOn(stage, verdict)}
        >
          {t(`stage.${stage}`)}
          <Verdict of={verdictOn(stage, verdict)} />
        </li>
      ))}
    </ol>
  )
}

interface PipelineVerdict {
  readonly stages: readonly string[]
  readonly refused: string | undefined
}

/** Once the beat is over, and if it is about a walk down the pipeline: which stages let the request pass, and which did not. */
function useVerdict(): PipelineVerdict | undefined {
  const lead = useStage(state => state.scene?.lead)
  const still = useClock(state => state.motion === 'still')
  if (!still || lead?.reason !== 'apiserver.pipeline') return undefined
  const { stages, refused } = lead.args as { readonly stages?: readonly string[]; readonly refused?: { readonly stage: string } }
  return { stages: stages ?? [], refused: refused?.stage }
}

function verdictOn(stage: PipelineStage, verdict: PipelineVerdict | undefined): 'passed' | 'refused' | undefined {
  if (!verdict) return undefined
  if (verdict.refused === stage) return 'refused'
  return verdict.stages.includes(stage) ? 'passed' : undefined
}

function Verdict({ of }: { readonly of: 'passed' | 'refused' | undefined }) {
  const t = useT()
  if (!of) return null
  const Icon = of === 'passed' ? Check : X
  return <Icon size={14} role="img" aria-label={t(`room.${of}`)} />
}

/** The stages that a request walks through at this moment. */
function usePassing(layout: StageLayout): readonly PipelineStage[] {
  const scene = useStage(state => state.scene)
  const [passing, setPassing] = useState<readonly PipelineStage[]>([])
  useEffect(() => {
    if (!scene) return setPassing([])
    const requests = scene.packets.filter(packet => packet.kind === 'request')
    const routes = new Map(
      requests
        .flatMap(packet => [[packet.seq as number, routeOf(layout, packet)] as const])
        .flatMap(([seq, route]) => (route ? [[seq, route] as const] : [])),
    )
    const { leftRail, rightRail, stages } = layout.spine
    const look = (time: number) => {
      const inside = flyingAt(requests, routes, scene.duration, time).filter(({ x }) => x >= leftRail && x <= rightRail)
      const isAt = (stage: PipelineStage) =>
        inside.some(
          ({ packet, y }) =>
            stagesOf(packet).includes(stage) && y >= stages[stage].y - 6 && y <= stages[stage].y + stages[stage].height + 2,
        )
      const now = PIPELINE.filter(isAt)
      setPassing(before => (before.join() === now.join() ? before : now))
    }
    look(stageTime.get())
    return stageTime.on('change', look)
  }, [scene, layout])
  return passing
}

const ROW = 21

function WatchCache({ layout }: { readonly layout: StageLayout }) {
  const t = useT()
  const apiserver = useHouseView(APISERVER)?.apiserver
  const { rect, watchCache } = layout.spine
  const total = apiserver?.totalWatchers ?? 0
  const rows = Math.max(1, Math.floor((watchCache.height - 40) / ROW))
  const watchers = apiserver?.watchers ?? []
  const shown = watchers.slice(0, watchers.length > rows ? rows - 1 : rows)
  return (
    <div className={styles.cache} style={within(watchCache, rect)}>
      <p className={styles.cacheTitle}>
        {t('room.watchCache')}
        <span title={t('room.watchers', { n: total })}>{total}</span>
      </p>
      <ul>
        {shown.map(({ resource, count }) => (
          <li key={resource}>
            <span>{resource.split('.')[0]}</span>
            <span>{count}</span>
          </li>
        ))}
        {watchers.length > shown.length && (
          <li className={styles.more}>{t('room.moreKinds', { n: watchers.length - shown.length })}</li>
        )}
      </ul>
    </div>
  )
}
