/** An object at the cursor: its YAML with what this step changed, who wrote its revisions, what it belongs to. */
import { useMemo, useState } from 'react'
import { kindOf, roomName, shortKey } from '../../../content/captions'
import type { ObjectDetail } from '../../session/types'
import { Button } from '../../shared/controls'
import { useLanguage, useT } from '../../shared/i18n'
import { type ObjectSelection, objectLabel, objectOfReference } from '../object-links'
import { AskService } from './ask-service'
import { diffLines, isChanged } from './diff'
import styles from './inspector.module.css'
import { goToEntry, ObjectLink } from './links'
import { Section } from './section'
import { Answered } from './states'
import { useDetail, useMoment } from './use-detail'
import { Yaml, YamlDiff } from './yaml-view'

export function ObjectView({ object }: { readonly object: ObjectSelection }) {
  const moment = useMoment()
  const detail = useDetail(`${object.resource} ${object.key}`, moment, api => api.object(object.resource, object.key))
  return <Answered detail={detail}>{value => <Inside object={object} value={value} />}</Answered>
}

function Inside({ object, value }: { readonly object: ObjectSelection; readonly value: ObjectDetail }) {
  const t = useT()
  const { yaml, before } = value
  const related = relatedTo(yaml ?? before ?? '', value.key)
  return (
    <>
      <header className={styles.head}>
        <h3>{objectLabel(object)}</h3>
        <p className={styles.who}>
          {kindOf(object.resource)} · {value.key}
          {yaml !== undefined && ` · ${t('inspector.revision', { n: value.resourceVersion })}`}
        </p>
        {yaml === undefined && (
          <p className={styles.gone}>{t(before === undefined ? 'inspector.notThere' : 'inspector.goneNow')}</p>
        )}
        {related.length > 0 && (
          <p className={styles.chips}>
            {related.map(each => (
              <ObjectLink key={`${each.resource} ${each.key}`} object={each} />
            ))}
          </p>
        )}
        {object.resource === 'services' && <AskService serviceKey={value.key} />}
      </header>
      <Manifest yaml={yaml} before={before} />
      <Revisions revisions={value.revisions} />
    </>
  )
}

/** Owners and the node, as they stand in the object's YAML. */
export function relatedTo(yaml: string, key: string): readonly ObjectSelection[] {
  const namespace = key.includes('/') ? key.slice(0, key.indexOf('/')) : undefined
  const related: (ObjectSelection | undefined)[] = []
  const owners = /^ {2}ownerReferences:\n((?: {2}- .*\n| {4}.*\n)*)/m.exec(yaml)?.[1] ?? ''
  for (const owner of owners.split(/^ {2}- /m)) {
    const kind = /(?:^|\n) *kind: (\S+)/.exec(owner)?.[1]
    const name = /(?:^|\n) *name: (\S+)/.exec(owner)?.[1]
    if (kind && name) related.push(objectOfReference(kind, name, kind === 'Node' ? undefined : namespace))
  }
  const node = /^ {2}nodeName: (\S+)$/m.exec(yaml)?.[1]
  if (node) related.push(objectOfReference('Node', node))
  return related.flatMap(each => each ?? [])
}

function Manifest({ yaml, before }: Pick<ObjectDetail, 'yaml' | 'before'>) {
  const t = useT()
  const [isShort, setShort] = useState(false)
  const lines = useMemo(() => diffLines(before ?? '', yaml ?? ''), [yaml, before])
  if (yaml === undefined && before === undefined) return null
  const wasThere = before !== undefined && yaml !== undefined
  if (!isChanged(lines)) {
    return (
      <Section title={t('inspector.yaml')}>
        <p className={styles.hint}>{t('inspector.notChanged')}</p>
        <Yaml text={(yaml ?? '').trimEnd()} label={t('inspector.yaml')} />
      </Section>
    )
  }
  return (
    <Section title={t('inspector.yaml')}>
      <div className={styles.row}>
        <p className={styles.hint}>
          {t(wasThere ? 'inspector.marked' : yaml === undefined ? 'inspector.deletedHere' : 'inspector.createdHere')}
        </p>
        {wasThere && (
          <Button kind="quiet" aria-pressed={isShort} onClick={() => setShort(!isShort)}>
            {t('inspector.onlyChanges')}
          </Button>
        )}
      </div>
      <YamlDiff lines={lines} label={t('inspector.yaml')} isShort={wasThere && isShort} />
    </Section>
  )
}

const SHOWN = 12

function Revisions({ revisions }: Pick<ObjectDetail, 'revisions'>) {
  const t = useT()
  const language = useLanguage(state => state.language)
  const [isWhole, setWhole] = useState(false)
  const newest = [...revisions].reverse()
  const shown = isWhole ? newest : newest.slice(0, SHOWN)
  if (newest.length === 0) return null
  return (
    <Section title={t('inspector.revisions')}>
      <ol className={styles.chain}>
        {shown.map(({ seq, revision, by }) => (
          <li key={seq}>
            <button type="button" className={styles.entryLink} onClick={() => goToEntry({ seq })}>
              <span className={styles.entryText}>{t('inspector.revision', { n: revision })}</span>
              <span className={styles.entryWho}>{t('inspector.writtenBy', { who: roomName(shortKey(by), language) })}</span>
            </button>
          </li>
        ))}
      </ol>
      {shown.length < newest.length && (
        <button type="button" className={styles.more} onClick={() => setWhole(true)}>
          {t('inspector.moreRevisions', { n: newest.length - shown.length })}
        </button>
      )}
    </Section>
  )
}
