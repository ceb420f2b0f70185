// Models k8s.io/client-go/tools/clientcmd: the file that says where the cluster is and who asks; one context, whose namespace can be set.
import { perform } from '../client/effects'
import { fail, failWith } from './errors'
import type { KubectlState, Run, Session } from './session'
import { list, text } from './session'

export const SERVER = 'https://127.0.0.1:6443'
export const USER = 'kubernetes-admin'
export const CLUSTER = 'kubernetes'
export const CONTEXT = `${USER}@${CLUSTER}`

/** The file, as `config view` shows it. */
export const kubeconfig = (namespace: string) => ({
  apiVersion: 'v1',
  clusters: [{ cluster: { 'certificate-authority-data': 'DATA+OMITTED', server: SERVER }, name: CLUSTER }],
  contexts: [{ context: { cluster: CLUSTER, ...(namespace !== '' && { namespace }), user: USER }, name: CONTEXT }],
  'current-context': CONTEXT,
  kind: 'Config',
  users: [{ name: USER, user: { 'client-certificate-data': 'DATA+OMITTED', 'client-key-data': 'DATA+OMITTED' } }],
})

/** The namespace that the context names; empty where it names none. */
export function* contextNamespace(): Run<string> {
  return yield* perform<KubectlState, string>(({ state }) => state.contextNamespace)
}

export function* setContextNamespace(namespace: string): Run {
  yield* perform<KubectlState, void>(({ state }) => {
    state.contextNamespace = namespace
  })
}

/** Commands that read the configuration before they ask for resources, and say it otherwise when that fails. */
const PLAIN = [
  'apply',
  'api-resources',
  'api-versions',
  'cluster-info',
  'auth',
  'run',
  'wait',
  'cordon',
  'uncordon',
  'drain',
  'explain',
  'expose',
  'version',
  'create',
]

/** What is wrong with the flags that say where the cluster is: there is one. */
export function checkConnection(s: Session): void {
  const [command = ''] = s.path.split(' ').slice(1)
  if (command === 'config' || command === 'options' || command === 'help') return
  const [file, context, cluster, user] = [text(s, 'kubeconfig'), text(s, 'context'), text(s, 'cluster'), text(s, 'user')]
  if (file !== '') fail(`stat ${file}: no such file or directory`)
  if (context !== '' && context !== CONTEXT) {
    if (PLAIN.includes(command)) fail(`context ${JSON.stringify(context)} does not exist`)
    failWith({ kind: 'plain', text: `Error in configuration: context was not found for specified context: ${context}` })
  }
  if (cluster !== '' && cluster !== CLUSTER) fail(`no server found for cluster ${JSON.stringify(cluster)}`)
  if (user !== '' && user !== USER) fail(`auth info ${JSON.stringify(user)} does not exist`)
  const asNobody = text(s, 'as') === ''
  if (asNobody && (text(s, 'as-uid') !== '' || list(s, 'as-group').length > 0 || list(s, 'as-user-extra').length > 0))
    fail(`invalid configuration: requesting uid, groups or user-extra for ${USER} without impersonating a user`)
}
