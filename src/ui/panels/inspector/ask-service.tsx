/** A Service can be asked: a request from a node to its address, to be followed to a container. */
import { useSession } from '../../session/session'
import { Button } from '../../shared/controls'
import { useT } from '../../shared/i18n'
import styles from './inspector.module.css'

/** Shown while the Service has an address and the cluster a node. */
export function AskService({ serviceKey }: { readonly serviceKey: string }) {
  const t = useT()
  const service = useSession(state => state.frame?.view.services.find(each => each.key === serviceKey))
  const node = useSession(state => state.frame?.view.nodes[0]?.name)
  const command = useSession(state => state.command)
  const port = service ? /^\d+/.exec(service.ports)?.[0] : undefined
  if (!service || !node || !port || !/^\d/.test(service.clusterIP)) return null
  const to = `${service.clusterIP}:${port}`
  return (
    <p className={styles.chips}>
      <Button onClick={() => void command({ type: 'traffic', from: `network/${node}`, to })}>
        {t('inspector.ask', { node })}
      </Button>
    </p>
  )
}
