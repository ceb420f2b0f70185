/** The answer to "what is in it?" and "why?" for any arrow, box or object; while one steps on, for the step that is shown. */
import { ArrowLeft } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { type Selection, useSession } from '../../session/session'
import type { Seq } from '../../session/types'
import { Button } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import type { Panel } from '../types'
import { EntryView } from './entry-view'
import styles from './inspector.module.css'
import { ObjectView } from './object-view'
import { RoomView } from './room-view'

const isSame = (a: Selection | undefined, b: Selection | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

const Inspector: Panel = () => {
  const t = useT()
  const selection = useSession(state => state.selection)
  const lead = useSession(state => state.frame?.scene?.lead.seq)
  const place = useRef<HTMLDivElement>(null)
  useFollow(lead)
  const back = useBack(selection)
  const shown: Selection | undefined = selection ?? (lead === undefined ? undefined : { kind: 'entry', seq: lead })
  const name = JSON.stringify(shown)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another thing is read from its begin
  useEffect(() => {
    place.current?.parentElement?.scrollTo?.({ top: 0 })
  }, [name])
  return (
    <div className={styles.inspector} ref={place} data-testid="inspector">
      {back && (
        <Button kind="quiet" className={styles.back} onClick={back}>
          <ArrowLeft size={14} aria-hidden />
          {t('inspector.back')}
        </Button>
      )}
      {!shown && <p className={styles.state}>{t('inspector.empty')}</p>}
      {shown?.kind === 'entry' && <EntryView key={name} seq={shown.seq} />}
      {shown?.kind === 'room' && <RoomView key={name} room={shown.room} />}
      {shown?.kind === 'object' && <ObjectView key={name} object={shown} />}
    </div>
  )
}

export default Inspector

/** Who asked for the step that is shown sees the next one too: the selection follows the steps. */
function useFollow(lead: Seq | undefined): void {
  const last = useRef(lead)
  useEffect(() => {
    const { selection, select } = useSession.getState()
    const isFollowing = selection?.kind === 'entry' && selection.seq === last.current
    if (isFollowing && lead !== last.current) select(lead === undefined ? undefined : { kind: 'entry', seq: lead })
    last.current = lead
  }, [lead])
}

/** Leads back to what was selected before; nothing where there is nothing to go back to. */
function useBack(selection: Selection | undefined): (() => void) | undefined {
  const [trail, setTrail] = useState<readonly Selection[]>([])
  const last = useRef(selection)
  useEffect(() => {
    const before = last.current
    last.current = selection
    // What follows the steps leaves no trail.
    const lead = useSession.getState().frame?.scene?.lead.seq
    const isFollowing = before?.kind === 'entry' && selection?.kind === 'entry' && selection.seq === lead
    if (!before || isFollowing || isSame(before, selection)) return
    setTrail(each => (isSame(each.at(-1), selection) ? each.slice(0, -1) : [...each, before].slice(-50)))
  }, [selection])
  const target = trail.at(-1)
  return target && (() => useSession.getState().select(target))
}
