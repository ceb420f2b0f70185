/** The log: every entry of the trace around the cursor, in a line each. A click goes there. */
import { Search } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { entryLine, roomName } from '../../../content/captions'
import { packetKind } from '../../../view/scene'
import { pointAtEntry, usePointer } from '../../session/pointer'
import { useSession } from '../../session/session'
import type { Seq, StageEntry } from '../../session/types'
import { Button } from '../../shared/controls'
import { clockTime } from '../../shared/format'
import { useLanguage, useT } from '../../shared/i18n'
import { walkByArrows } from '../../shared/roving'
import type { Panel } from '../types'
import { aroundCursor, useEntries } from '../use-entries'
import { whoOf } from '../who'
import { EVERYTHING, type Filter, familyOf, passes } from './filter'
import styles from './log.module.css'

/** Entries before the cursor and after it; with the one at it, 500 in all. */
const BEFORE = 330
const AFTER = 169
/** How far one goes with "earlier" and "later". */
const PAGE = 300

const Log: Panel = () => {
  const t = useT()
  const language = useLanguage(state => state.language)
  const frame = useSession(state => state.frame)
  const [filter, setFilter] = useState(EVERYTHING)
  const [shift, setShift] = useState(0)
  const around = aroundCursor(frame, BEFORE - shift, AFTER + shift)
  const range = around && { from: around.from, to: Math.min(around.to, around.from + BEFORE + AFTER) }
  const entries = useEntries(range) ?? []
  const shown = useMemo(
    () =>
      entries
        .map(entry => ({ entry, line: entryLine(entry, language) }))
        .filter(({ entry, line }) => passes(entry, line, filter)),
    [entries, filter, language],
  )
  const cursor = frame?.cursor
  // biome-ignore lint/correctness/useExhaustiveDependencies: where the cursor moves, the window moves along
  useEffect(() => setShift(0), [cursor])
  return (
    <div className={styles.log}>
      <Filters filter={filter} change={setFilter} entries={entries} />
      <Rows
        shown={shown}
        cursor={cursor ?? (0 as Seq)}
        shift={shift}
        empty={entries.length === 0 ? t('log.empty') : t('log.none', { n: entries.length })}
      />
      <div className={styles.pages}>
        <Button kind="quiet" disabled={!range || range.from <= 1} onClick={() => setShift(shift - PAGE)}>
          {t('log.earlier')}
        </Button>
        <Button kind="quiet" disabled={shift === 0} onClick={() => setShift(0)}>
          {t('log.here')}
        </Button>
        <Button kind="quiet" disabled={!range || !frame || range.to >= frame.length} onClick={() => setShift(shift + PAGE)}>
          {t('log.later')}
        </Button>
      </div>
    </div>
  )
}

export default Log

interface FiltersProps {
  readonly filter: Filter
  readonly change: (filter: Filter) => void
  readonly entries: readonly StageEntry[]
}

function Filters({ filter, change, entries }: FiltersProps) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const rooms = [...new Set([...entries.map(entry => String(entry.room)), filter.room])]
    .filter(room => room !== '' && room !== 'user')
    .sort()
  const reasons = [...new Set([...entries.map(entry => familyOf(entry.reason)), filter.reason])]
    .filter(reason => reason !== '')
    .sort()
  return (
    <div className={styles.filters}>
      <input
        type="search"
        value={filter.text}
        placeholder={t('log.search')}
        aria-label={t('log.search')}
        onChange={event => change({ ...filter, text: event.target.value })}
      />
      <select aria-label={t('log.room')} value={filter.room} onChange={event => change({ ...filter, room: event.target.value })}>
        <option value="">{t('log.anyRoom')}</option>
        {rooms.map(room => (
          <option key={room} value={room}>
            {roomName(room, language)}
          </option>
        ))}
      </select>
      <select
        aria-label={t('log.reason')}
        value={filter.reason}
        onChange={event => change({ ...filter, reason: event.target.value })}
      >
        <option value="">{t('log.anyReason')}</option>
        {reasons.map(reason => (
          <option key={reason} value={reason}>
            {reason}.*
          </option>
        ))}
      </select>
      <label className={styles.toggle}>
        <input
          type="checkbox"
          checked={filter.housekeeping}
          onChange={event => change({ ...filter, housekeeping: event.target.checked })}
        />
        {t('log.housekeeping')}
      </label>
    </div>
  )
}

interface Shown {
  readonly entry: StageEntry
  readonly line: string
}
interface RowsProps {
  readonly shown: readonly Shown[]
  readonly cursor: Seq
  readonly shift: number
  readonly empty: string
}

function Rows({ shown, cursor, shift, empty }: RowsProps) {
  const t = useT()
  const here = useRef<HTMLLIElement>(null)
  const pointed = usePointer(state => state.seq)
  // The last entry that is shown at the cursor; the mark stands after it.
  const at = shown.findLastIndex(({ entry }) => entry.seq <= cursor)
  const first = shown[0]?.entry.seq
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is another one when its first entry is
  useEffect(() => {
    if (shift === 0) here.current?.scrollIntoView?.({ block: 'center' })
  }, [cursor, shift, first])
  if (shown.length === 0) return <p className={styles.empty}>{empty}</p>
  const mark = (
    <li key="cursor" ref={here} className={styles.cursor} aria-current="true">
      <span>{t('log.cursor')}</span>
    </li>
  )
  return (
    <ol className={styles.rows} aria-label={t('log.entries')} onKeyDown={walkByArrows}>
      {at < 0 && shift === 0 && mark}
      {shown.map(({ entry, line }, i) => [
        <Row
          key={entry.seq}
          entry={entry}
          line={line}
          isStop={i === Math.max(0, at)}
          isAhead={entry.seq > cursor}
          isLit={pointed === entry.seq}
        />,
        i === at && mark,
      ])}
    </ol>
  )
}

interface RowProps extends Shown {
  /** Where Tab stops in the list. */
  readonly isStop: boolean
  readonly isAhead: boolean
  readonly isLit: boolean
}

function Row({ entry, line, isStop, isAhead, isLit }: RowProps) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const { seek, select, setPlaying } = useSession.getState()
  const jump = () => {
    setPlaying(false)
    void seek({ seq: entry.seq })
  }
  return (
    <li
      className={styles.row}
      data-ahead={isAhead || undefined}
      data-lit={isLit || undefined}
      data-kind={packetKind({ reason: entry.reason, room: entry.room, ...(entry.hop && { hop: entry.hop }) })}
      onPointerEnter={() => pointAtEntry(entry.seq)}
      onPointerLeave={() => pointAtEntry(undefined)}
    >
      <button
        type="button"
        className={styles.jump}
        data-roving
        tabIndex={isStop ? 0 : -1}
        onClick={jump}
        onFocus={() => pointAtEntry(entry.seq)}
        onBlur={() => pointAtEntry(undefined)}
      >
        <span className={styles.time}>{clockTime(entry.at)}</span>
        <span className={styles.what}>
          {line} <span className={styles.who}>{whoOf(entry, language)}</span>
        </span>
      </button>
      <button
        type="button"
        className={styles.inspect}
        tabIndex={isStop ? 0 : -1}
        aria-label={t('log.inspect', { what: line })}
        title={t('log.inspect', { what: line })}
        onClick={() => select({ kind: 'entry', seq: entry.seq })}
      >
        <Search size={13} aria-hidden />
      </button>
    </li>
  )
}
