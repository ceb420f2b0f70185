/** The spine: the apiserver's pipeline from top to bottom, its watch cache below. Everything goes through here. */

import { Check, X } from 'lucide-react'
import { useEffect, useMemo, useRef } from 'react'
import { stageTime, useClock } from '../../../session/clock'
import { useT } from '../../../shared/i18n'
import { isPassing, passagesOf } from '../../flights'
import { APISERVER, PIPELINE, type PipelineStage, type StageLayout } from '../../layout'
import { useHouseView, useStage } from '../../stage-state'
import { Ends } from '../shared/ends'
import { Room, within } from '../shared/room'
import styles from './apiserver.module.css'
import { watchedKinds } from './watched-kinds'

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
  const list = useRef<HTMLOListElement>(null)
  usePassing(list, layout)
  const verdict = useVerdict()
  const { rect, stages, leftRail, rightRail } = layout.spine
  const railTop = stages.authentication.y + stages.authentication.height / 2
  const railEnd = stages.storage.y + stages.storage.height / 2
  return (
    <ol className={styles.pipeline} ref={list}>
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

/**
 * Marks the stages that a request walks through at this moment, straight on the page: in a wave of messages they change many times
 * a second, and nothing else does.
 */
function usePassing(list: { readonly current: HTMLOListElement | null }, layout: StageLayout): void {
  const flights = useStage(state => state.flights)
  useEffect(() => {
    const spans = passagesOf(layout, flights)
    const marks = PIPELINE.map(stage => ({
      element: list.current?.querySelector(`[data-stage="${stage}"]`),
      spans: spans[stage],
      passing: false,
    }))
    const look = (time: number) => {
      for (const mark of marks) {
        const passing = isPassing(mark.spans, time)
        if (passing === mark.passing) continue
        mark.passing = passing
        mark.element?.toggleAttribute('data-passing', passing)
      }
    }
    look(stageTime.get())
    const off = stageTime.on('change', look)
    return () => {
      off()
      look(Number.POSITIVE_INFINITY)
    }
  }, [list, layout, flights])
}

const ROW = 21

function WatchCache({ layout }: { readonly layout: StageLayout }) {
  const t = useT()
  const apiserver = useHouseView(APISERVER, view => view.apiserver)
  const counts = useHouseView(APISERVER, view => view.counts)
  const packets = useStage(state => state.scene?.packets)
  const { rect, watchCache } = layout.spine
  const total = apiserver?.totalWatchers ?? 0
  const rows = Math.max(1, Math.floor((watchCache.height - 40) / ROW))
  const watchers = useMemo(
    () => watchedKinds(apiserver?.watchers ?? [], counts ?? {}, packets ?? []),
    [apiserver?.watchers, counts, packets],
  )
  const shown = watchers.slice(0, watchers.length > rows ? rows - 1 : rows)
  return (
    <div className={styles.cache} style={within(watchCache, rect)}>
      <p className={styles.cacheTitle}>
        {t('room.watchCache')}
        <span title={t('room.watchers.title')}>{t('room.watchers', { n: total })}</span>
      </p>
      <ul>
        {shown.map(({ resource, count, told }) => (
          <li key={resource} data-told={told || undefined}>
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
