/** Why an entry happened, link by link back to the keystroke, and what it led to. */
import { useState } from 'react'
import type { CauseLink, StageEntry } from '../../session/types'
import { useT } from '../../shared/i18n'
import styles from './inspector.module.css'
import { EntryLink } from './links'
import { Section } from './section'

const SHOWN = 14
/** When a chain is cut, its end stays: the keystroke. */
const LAST = 2

export function Causes({ entry, causes }: { readonly entry: StageEntry; readonly causes: readonly CauseLink[] }) {
  const t = useT()
  const [isWhole, setWhole] = useState(false)
  const cut = !isWhole && causes.length > SHOWN
  const head = cut ? causes.slice(0, SHOWN - LAST) : causes
  const tail = cut ? causes.slice(-LAST) : []
  return (
    <Section title={t('inspector.because')}>
      {causes.length === 0 && (
        <p className={styles.hint}>{t(entry.reason === 'user.command' ? 'inspector.you' : 'inspector.boot')}</p>
      )}
      {causes.length > 0 && (
        <ol className={styles.chain}>
          <Links links={head} from={entry.at} />
          {cut && (
            <li>
              <button type="button" className={styles.more} onClick={() => setWhole(true)}>
                {t('inspector.moreCauses', { n: causes.length - head.length - tail.length })}
              </button>
            </li>
          )}
          <Links links={tail} from={entry.at} />
        </ol>
      )}
    </Section>
  )
}

function Links({ links, from }: { readonly links: readonly CauseLink[]; readonly from: number }) {
  const t = useT()
  return links.map(({ entry, others }) => (
    <li key={entry.seq}>
      <EntryLink entry={entry} from={from} />
      {others.length > 0 && <span className={styles.hint}>{t('inspector.alsoBecause', { n: others.length })}</span>}
    </li>
  ))
}

export function Effects({ entry, effects }: { readonly entry: StageEntry; readonly effects: readonly StageEntry[] }) {
  const t = useT()
  if (effects.length === 0) return null
  return (
    <Section title={t('inspector.ledTo')}>
      <ul className={styles.chain}>
        {effects.map(effect => (
          <li key={effect.seq}>
            <EntryLink entry={effect} from={entry.at} />
          </li>
        ))}
      </ul>
    </Section>
  )
}
