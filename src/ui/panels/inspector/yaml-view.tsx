/** YAML to read: keys and values apart, changed lines marked. */
import { useState } from 'react'
import { classes } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import { type DiffLine, withContext } from './diff'
import styles from './inspector.module.css'

const KEY = /^(\s*(?:- )?)([\w./$~"'-]+:)(\s.*)?$/
const SHOWN = 400

function Line({ text }: { readonly text: string }) {
  const parts = KEY.exec(text)
  if (!parts) return text
  return (
    <>
      {parts[1]}
      <span className={styles.yamlKey}>{parts[2]}</span>
      {parts[3]}
    </>
  )
}

/** A text of YAML. Long ones are cut until one asks for the rest. */
export function Yaml({ text, label }: { readonly text: string; readonly label: string }) {
  const t = useT()
  const [isWhole, setWhole] = useState(false)
  const lines = text.split('\n')
  const shown = isWhole ? lines : lines.slice(0, SHOWN)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.yaml} tabIndex={0} aria-label={label}>
      <pre>
        {shown.map((line, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name and never move
          <span key={i} className={styles.yamlLine}>
            <Line text={line} />
          </span>
        ))}
        {shown.length < lines.length && (
          <button type="button" className={styles.more} onClick={() => setWhole(true)}>
            {t('inspector.moreLines', { n: lines.length - shown.length })}
          </button>
        )}
      </pre>
    </section>
  )
}

const SIGNS = { same: ' ', added: '+', removed: '−' } as const

interface DiffProps {
  readonly lines: readonly DiffLine[]
  readonly label: string
  /** Only what changed and what is near it. */
  readonly isShort: boolean
}

/** YAML with what changed marked, by colour and by sign. */
export function YamlDiff({ lines, label, isShort }: DiffProps) {
  const t = useT()
  const shown = isShort ? withContext(lines) : lines
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.yaml} tabIndex={0} aria-label={label}>
      <pre>
        {shown.map(line =>
          typeof line === 'number' ? (
            <span key={`left ${line} ${shown.indexOf(line)}`} className={styles.leftOut}>
              {t('inspector.unchanged', { n: line })}
            </span>
          ) : (
            <span key={`${line.kind} ${line.line}`} className={classes(styles.yamlLine, styles[line.kind])}>
              <i aria-hidden="true">{SIGNS[line.kind]}</i>
              {line.kind !== 'same' && <span className="visually-hidden">{t(`inspector.${line.kind}`)} </span>}
              <Line text={line.text} />
            </span>
          ),
        )}
      </pre>
    </section>
  )
}
