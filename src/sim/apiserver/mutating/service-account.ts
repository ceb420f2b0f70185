// Models plugin/pkg/admission/serviceaccount/admission.go: pods get an account, and its token as a projected volume.
import { copyWith } from '../../api/deep'
import { resourceNamed } from '../../api/kinds'
import type { HttpResponse } from '../../api/messages'
import { pathSegmentErrors, randomSuffix } from '../../api/names'
import { forbidden } from '../../api/status'
import type { Container, KubeObject, Pod, PodSpec, Status } from '../../api/types'
import type { Plugin, Question, Verdict } from '../attempt'
import { markDefaulted, shareMap } from '../defaulting/pod'
import type { Reader } from '../state'
import { alsoGood } from '../validation/containers'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'

/** TokenVolumeSource: token, CA and namespace. */
const SOURCE = Object.freeze({
  sources: [
    { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
    { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    { downwardAPI: { items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }] } },
  ],
  defaultMode: 420,
})

export const serviceAccount: Plugin = {
  name: 'ServiceAccount',
  operations: ['CREATE'],
  resources: ['pods'],
  admit: ({ object, type, namespace, name, asked }, reader) => {
    if (!object || object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return undefined
    const { spec } = object as Pod
    const account = spec.serviceAccountName || 'default'
    const found = reader.get('serviceaccounts', namespace, account) ?? given(asked)
    if (found) return { object: withAccount(object, spec, account, found, reader.random) }
    const no = (why: string): Verdict => ({
      refused: forbidden(type, name, `error looking up service account ${namespace}/${account}: ${why}`),
    })
    // the client does not even ask for what would be another path
    const [wrong] = pathSegmentErrors(account)
    if (wrong !== undefined) return no(`invalid resource name ${JSON.stringify(account)}: [${wrong}]`)
    // the cache may be late, and the default account be about to be made: ask
    const tries = asked.filter(isAboutAccount).length
    const most = account === 'default' ? DEFAULT_TRIES : 1
    return tries < most
      ? { ask: question(namespace, account, tries, reader) }
      : no(`serviceaccount ${JSON.stringify(account)} not found`)
  },
}

/** How often the default account is asked for, which a controller makes. */
const DEFAULT_TRIES = 10
const ACCOUNTS = resourceNamed('serviceaccounts')

/** getServiceAccount's live look-up, after a pause from the second time on. */
const question = (namespace: string, name: string, tries: number, { random }: Reader): Question => ({
  method: 'GET',
  verb: 'get',
  type: ACCOUNTS,
  namespace,
  name,
  ...(tries > 0 && { afterMs: 100 + Math.floor(100 * random()) }),
})

const isAboutAccount = ({ body }: HttpResponse): boolean =>
  (body as KubeObject).kind === 'ServiceAccount' || (body as Status).details?.kind === 'serviceaccounts'
const given = (asked: readonly HttpResponse[]): KubeObject | undefined =>
  asked.find(answer => answer.code < 300 && isAboutAccount(answer))?.body as KubeObject | undefined

type Changes = { -readonly [Field in keyof PodSpec]?: PodSpec[Field] }

function withAccount(object: KubeObject, spec: PodSpec, account: string, found: KubeObject, random: () => number): KubeObject {
  const mounts = spec.automountServiceAccountToken ?? (found.automountServiceAccountToken as boolean | undefined) ?? true
  const secrets = found.imagePullSecrets as { name: string }[] | undefined
  const changes: Changes = { serviceAccountName: account, serviceAccount: account }
  if (!spec.imagePullSecrets && secrets && secrets.length > 0) changes.imagePullSecrets = secrets
  if (mounts) addToken(changes, spec, random)
  return { ...object, spec: markDefaulted(copyWith(spec, changes)) }
}

function addToken(changes: Changes, spec: PodSpec, random: () => number): void {
  const existing = spec.volumes?.find(volume => volume.name?.startsWith('kube-api-access-'))
  const name = existing?.name ?? `kube-api-access-${randomSuffix(random)}`
  const mount = { name, readOnly: true, mountPath: MOUNT_PATH }
  const add = (container: Container): Container => {
    if (container.volumeMounts?.some(m => m.mountPath === MOUNT_PATH)) return container
    const volumeMounts = container.volumeMounts ? [...container.volumeMounts, mount] : [mount]
    return alsoGood(copyWith(container, { volumeMounts }), container)
  }
  const containers = shareMap(spec.containers, add)
  const initContainers = spec.initContainers && shareMap(spec.initContainers, add)
  if (containers === spec.containers && initContainers === spec.initContainers) return
  if (initContainers) changes.initContainers = initContainers
  changes.containers = containers
  if (!existing) changes.volumes = spec.volumes ? [...spec.volumes, { name, projected: SOURCE }] : [{ name, projected: SOURCE }]
}
