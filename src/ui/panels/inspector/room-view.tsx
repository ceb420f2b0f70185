/** The inside of a room at the cursor: its tables, and what it did last. */
import { useState } from 'react'
import { roomName } from '../../../content/captions'
import { useSession } from '../../session/session'
import type { RoomDetail, RoomId, RoomSection, Seq } from '../../session/types'
import { Button } from '../../shared/controls'
import { isMessageKey, type Translate, useLanguage, useT } from '../../shared/i18n'
import { objectOfKey } from '../object-links'
import { isProcess, turn } from '../processes'
import { Cycle, cycleOf } from './cycle-table'
import styles from './inspector.module.css'
import { EntryLink, goToEntry } from './links'
import { Section } from './section'
import { Answered } from './states'
import { useDetail, useMoment } from './use-detail'

/** Titles and words of rooms come as `room.queue`; the catalogue has them as `inside.queue`. Anything else is told as it is. */
export function insideWord(t: Translate, word: string): string {
  const key = word.replace(/^room\.(section\.)?/, 'inside.')
  return key !== word && isMessageKey(key) ? t(key) : word
}

const SCHEDULER = 'scheduler'

export function RoomView({ room }: { readonly room: RoomId }) {
  const moment = useMoment()
  const detail = useDetail(`room ${room}`, moment, api => api.room(room))
  return <Answered detail={detail}>{value => <Inside value={value} />}</Answered>
}

function Inside({ value }: { readonly value: RoomDetail }) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const last = useSession(state => state.frame?.view.scheduler.last)
  return (
    <>
      <header className={styles.head}>
        <h3>{roomName(value.room, language)}</h3>
        <p className={styles.who}>{value.room}</p>
      </header>
      {isProcess(value.room) && <Switch room={value.room} />}
      {value.room === SCHEDULER && last && <LastCycle seq={last.seq} />}
      {value.sections.map(section => (
        <RoomTable key={section.title} section={section} />
      ))}
      <Section title={t('inspector.recent')}>
        {value.recent.length === 0 && <p className={styles.hint}>{t('inspector.nothingYet')}</p>}
        <ol className={styles.chain}>
          {value.recent.map(entry => (
            <li key={entry.seq}>
              <EntryLink entry={entry} />
            </li>
          ))}
        </ol>
      </Section>
    </>
  )
}

/** A process can be stopped and started, to see what goes on without it. */
function Switch({ room }: { readonly room: RoomId }) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const isStopped = useSession(state => state.frame?.view.stopped.includes(room) ?? false)
  return (
    <p className={styles.chips}>
      <Button onClick={() => turn(room)}>
        {t(isStopped ? 'inspector.start' : 'inspector.stop', { room: roomName(room, language) })}
      </Button>
      {isStopped && <span className={styles.gone}>{t('room.stopped')}</span>}
    </p>
  )
}

function LastCycle({ seq }: { readonly seq: Seq }) {
  const moment = useMoment()
  const { value } = useDetail(`cycle ${seq}`, moment, api => api.inspect(seq))
  const table = value && cycleOf(value.entry.args)
  if (!table) return null
  const { node } = value.entry.args
  return (
    <>
      <p className={styles.counterpart}>
        <EntryLink entry={value.entry} />
      </p>
      <Cycle table={table} chosen={typeof node === 'string' ? node : undefined} />
    </>
  )
}

/** Rows that are shown before one asks for more. */
const SHOWN = 10

function RoomTable({ section }: { readonly section: RoomSection }) {
  const t = useT()
  const [isWhole, setWhole] = useState(false)
  const { title, columns = [], rows = [], text } = section
  const name = insideWord(t, title)
  const shown = isWhole ? rows : rows.slice(0, SHOWN)
  // A column without a value in it is left out.
  const filled = columns.map((_, j) => j).filter(j => rows.some(row => row[j] !== '' && row[j] !== undefined))
  return (
    <Section title={name}>
      {text !== undefined && <pre className={styles.text}>{text}</pre>}
      {text === undefined && rows.length === 0 && <p className={styles.hint}>{t('inspector.none')}</p>}
      {rows.length > 0 && (
        <table className={styles.table}>
          <thead>
            <tr>
              {filled.map(j => (
                <th key={columns[j]} scope="col" data-number={typeof rows[0]?.[j] === 'number' || undefined}>
                  {insideWord(t, columns[j] ?? '')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no name of their own
              <tr key={i}>
                {filled.map(j => (
                  <td key={columns[j]} data-number={typeof row[j] === 'number' || undefined}>
                    {j === 0 ? (
                      <RowLink section={section} row={i} label={insideWord(t, String(row[j]))} />
                    ) : (
                      insideWord(t, String(row[j] ?? ''))
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {shown.length < rows.length && (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          {t('inspector.moreRows', { n: rows.length - shown.length })}
        </button>
      )}
    </Section>
  )
}

/** The first cell of a row leads to the object or entry that the row stands for. */
function RowLink({ section, row, label }: { readonly section: RoomSection; readonly row: number; readonly label: string }) {
  const select = useSession(state => state.select)
  const key = section.keys?.[row]
  const seq = section.seqs?.[row]
  const object = key === undefined ? undefined : objectOfKey(key)
  if (object) {
    return (
      <button type="button" className={styles.rowLink} onClick={() => select(object)}>
        {label}
      </button>
    )
  }
  if (seq !== undefined) {
    return (
      <button type="button" className={styles.rowLink} onClick={() => goToEntry({ seq })}>
        {label}
      </button>
    )
  }
  return label
}
