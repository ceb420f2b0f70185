/** The stages of the apiserver that a request passed, and where it ended. */
import { stageName } from '../../../content/captions'
import type { StageEntry } from '../../session/types'
import { useLanguage, useT } from '../../shared/i18n'
import styles from './inspector.module.css'
import { Section } from './section'

interface Refused {
  readonly stage: string
  readonly code: number
  readonly reason: string
  readonly message: string
}

export function Pipeline({ entry: { args } }: { readonly entry: StageEntry }) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const stages = Array.isArray(args.stages) ? args.stages.map(String) : []
  const refused = args.refused as Refused | undefined
  return (
    <Section title={t('inspector.pipeline')}>
      <ol className={styles.stages}>
        {stages.map(stage => (
          <li key={stage} data-passed>
            {stageName(stage, language)}
          </li>
        ))}
        {refused && (
          <li data-refused>
            {stageName(refused.stage, language)}: {refused.code} {refused.reason}
            <small>{refused.message}</small>
          </li>
        )}
      </ol>
    </Section>
  )
}
