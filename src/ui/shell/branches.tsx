/** Which future is shown, once there is more than one. */
import { GitBranch } from 'lucide-react'
import { useSession } from '../session/session'
import type { Frame } from '../session/types'
import { Button } from '../shared/controls'
import { type Translate, useT } from '../shared/i18n'
import styles from './header.module.css'

/** A branch is known by its last command. */
function nameOf(branch: Frame['branches'][number], index: number, t: Translate): string {
  const last = branch.commands.at(-1)
  const name = index === 0 ? t('branch.main') : t('branch.name', { n: index + 1 })
  return last ? `${name}: ${last.replace(/^kubectl /, '')}` : name
}

export function Branches() {
  const t = useT()
  const branches = useSession(state => state.frame?.branches)
  const current = useSession(state => state.frame?.branch)
  const switchBranch = useSession(state => state.switchBranch)
  if (!branches || branches.length < 2) return null
  const parent = branches.find(branch => branch.id === current)?.parent
  const choose = (index: number) => {
    const branch = branches[index]
    if (branch) void switchBranch(branch.id)
  }
  return (
    <div className={styles.branch} data-testid="branches">
      <GitBranch size={14} aria-hidden />
      <select
        aria-label={t('branch.label')}
        value={branches.findIndex(branch => branch.id === current)}
        onChange={event => choose(Number(event.target.value))}
      >
        {branches.map((branch, index) => (
          <option key={branch.id} value={index}>
            {nameOf(branch, index, t)}
          </option>
        ))}
      </select>
      {parent !== undefined && (
        <>
          <span>{t('branch.kept')}</span>
          <Button kind="quiet" onClick={() => void switchBranch(parent)}>
            {t('branch.return')}
          </Button>
        </>
      )}
    </div>
  )
}
