/** An entry of the trace, with everything about it: who, what, the message, the answer, the change, why and what then. */
import { useMemo } from 'react'
import { entryCaption, entryLine } from '../../../content/captions'
import { codeWords } from '../../../content/kinds'
import type { Seq, StageEntry } from '../../session/types'
import { clockTime } from '../../shared/format'
import { useLanguage, useT } from '../../shared/i18n'
import { RichText } from '../../shared/rich-text'
import { objectOfEntry } from '../object-links'
import { Causes, Effects } from './causes'
import { Cycle, cycleOf } from './cycle-table'
import { diffLines, isChanged } from './diff'
import styles from './inspector.module.css'
import { EntryLink, ObjectLink, RoomLink } from './links'
import { type EntryInside, loadEntry } from './load'
import { asHttp, type HttpMessage, payloadOf, toYaml } from './messages'
import { Pipeline } from './pipeline'
import { Fact, Facts, Section } from './section'
import { Answered } from './states'
import { useBranch, useDetail } from './use-detail'
import { Yaml, YamlDiff } from './yaml-view'

export function EntryView({ seq }: { readonly seq: Seq }) {
  const branch = useBranch()
  const detail = useDetail(`entry ${seq}`, branch, api => loadEntry(api, seq))
  return <Answered detail={detail}>{inside => <Entry inside={inside} />}</Answered>
}

function Entry({ inside }: { readonly inside: EntryInside }) {
  const { entry, message, counterpart, causes, effects } = inside.detail
  const table = cycleOf(entry.args)
  const node = typeof entry.args.node === 'string' ? entry.args.node : undefined
  const http = asHttp(message)
  const other = asHttp(counterpart?.message)
  return (
    <>
      <Head entry={entry} chosen={table && node} />
      {table && <Cycle table={table} chosen={node} />}
      {http && <Http http={http} other={other} inside={inside} />}
      {inside.pipeline && <Pipeline entry={inside.pipeline} />}
      {inside.change && <ChangeView before={inside.change.before} after={inside.change.after} />}
      <Causes entry={entry} causes={causes} />
      <Effects entry={entry} effects={effects} />
      {http && <Bodies http={http} other={other} isRequest={entry.reason === 'http.request'} />}
      {entry.reason === 'watch.event' && counterpart && <WatchOf entry={counterpart.entry} />}
      {!http && <Arguments entry={entry} />}
      {!http && <Payload message={message} />}
    </>
  )
}

/** `chosen`: the node that a scheduling cycle found. */
function Head({ entry, chosen }: { readonly entry: StageEntry; readonly chosen: string | undefined }) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const object = objectOfEntry(entry)
  return (
    <header className={styles.head}>
      <h3>{chosen === undefined ? entryLine(entry, language) : t('inspector.whyNode', { node: chosen })}</h3>
      <p className={styles.who}>
        <RoomLink room={entry.room} />
        {entry.hop && (
          <>
            {' → '}
            <RoomLink room={entry.hop.to} />
          </>
        )}
        <span>
          {' · '}
          {clockTime(entry.at)} · #{entry.seq}
        </span>
      </p>
      <p>
        <RichText text={entryCaption(entry, language).text} />
      </p>
      {object && (
        <p>
          <ObjectLink object={object} />
        </p>
      )}
      {entry.housekeeping && <p className={styles.hint}>{t('inspector.housekeeping')}</p>}
    </header>
  )
}

interface HttpProps {
  readonly http: HttpMessage
  readonly other: HttpMessage | undefined
  readonly inside: EntryInside
}

/** What stands in the first lines of a request and its answer. */
function Http({ http, other, inside: { detail } }: HttpProps) {
  const t = useT()
  const request = http.method ? http : other
  const answer = http.method ? other : http
  const { entry, counterpart, latency } = detail
  const headers = request?.headers ?? {}
  const user = [headers.user, headers.impersonateUser && `${t('inspector.as')} ${headers.impersonateUser}`]
    .filter(Boolean)
    .join(' ')
  const groups = Array.isArray(headers.groups) ? headers.groups.join(', ') : undefined
  const query = Object.entries(request?.query ?? {})
  return (
    <Section title={t('inspector.http')}>
      <Facts>
        <Fact name={t('inspector.user')} value={user} />
        <Fact name={t('inspector.groups')} value={groups} />
        <Fact name={t('inspector.request')} value={request && `${request.method} ${request.path}`} code />
        <Fact name={t('inspector.query')} value={query.map(([key, value]) => `${key}=${String(value)}`).join('\n')} code />
        <Fact name={t('inspector.accept')} value={headers.accept ? String(headers.accept) : undefined} code />
        <Fact name={t('inspector.contentType')} value={headers.contentType ? String(headers.contentType) : undefined} code />
        <Fact
          name={t('inspector.answer')}
          value={answer?.code === undefined ? t('inspector.unanswered') : <Code code={answer.code} />}
        />
        <Fact name={t('inspector.warnings')} value={answer?.warnings.join('\n')} />
        <Fact name={t('inspector.latency')} value={latency === undefined ? undefined : `${(latency / 1000).toFixed(1)} ms`} />
        <Fact name={t('inspector.flight')} value={flightOf(entry)} />
      </Facts>
      {counterpart && (
        <p className={styles.counterpart}>
          <EntryLink entry={counterpart.entry} from={entry.at} />
        </p>
      )}
    </Section>
  )
}

function Code({ code }: { readonly code: number }) {
  return (
    <span className={code >= 400 ? styles.bad : styles.good}>
      {code} {codeWords(code)}
    </span>
  )
}

/** The bodies of a request and its answer; the one that was asked for stands open. */
function Bodies({
  http,
  other,
  isRequest,
}: {
  readonly http: HttpMessage
  readonly other: HttpMessage | undefined
  readonly isRequest: boolean
}) {
  const t = useT()
  const request = isRequest ? http : other
  const answer = isRequest ? other : http
  return (
    <>
      {request?.body !== undefined && (
        <Section title={t('inspector.requestBody')} folded={!isRequest}>
          <Yaml text={toYaml(request.body)} label={t('inspector.requestBody')} />
        </Section>
      )}
      {answer?.body !== undefined && (
        <Section title={t('inspector.answerBody')} folded={isRequest && (answer.code ?? 0) < 400}>
          <Yaml text={toYaml(answer.body)} label={t('inspector.answerBody')} />
        </Section>
      )}
    </>
  )
}

/** What an entry without a request says: its arguments as they stand in the trace. */
function Arguments({ entry }: { readonly entry: StageEntry }) {
  const t = useT()
  const said = Object.entries(entry.args).filter(([name, value]) => name !== 'table' && value !== undefined && value !== null)
  return (
    <Section title={t('inspector.says')}>
      <Facts>
        <Fact name="reason" value={entry.reason} code />
        {said.map(([name, value]) => (
          <Fact key={name} name={name} value={typeof value === 'object' ? toYaml(value) : String(value)} code />
        ))}
        <Fact name={t('inspector.flight')} value={flightOf(entry)} />
      </Facts>
    </Section>
  )
}

/** Virtual time that the hop was under way. */
const flightOf = ({ at, hop }: StageEntry): string | undefined => hop && `${((hop.arrives - at) / 1000).toFixed(1)} ms`

function Payload({ message }: { readonly message: unknown }) {
  const t = useT()
  const payload = payloadOf(message)
  if (payload === undefined) return null
  return (
    <Section title={t('inspector.message')} folded>
      <Yaml text={toYaml(payload)} label={t('inspector.message')} />
    </Section>
  )
}

function ChangeView({ before, after }: { readonly before: string; readonly after: string }) {
  const t = useT()
  const lines = useMemo(() => diffLines(before, after), [before, after])
  if (before === '' || !isChanged(lines)) return null
  return (
    <Section title={t('inspector.changed')}>
      <YamlDiff lines={lines} label={t('inspector.changed')} isShort />
    </Section>
  )
}

function WatchOf({ entry }: { readonly entry: StageEntry }) {
  const t = useT()
  return (
    <Section title={t('inspector.watch')}>
      <EntryLink entry={entry} />
    </Section>
  )
}
