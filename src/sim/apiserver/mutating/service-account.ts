// Models plugin/pkg/admission/serviceaccount/admission.go: pods get an account, and its token as a projected volume.
import { copyWith } from '../../api/deep'
import { randomSuffix } from '../../api/names'
import { forbidden } from '../../api/status'
import type { Container, KubeObject, Pod, PodSpec } from '../../api/types'
import type { Plugin } from '../attempt'
import { markDefaulted, shareMap } from '../defaulting/pod'
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
  admit: ({ object, type, namespace, name }, reader) => {
    if (!object || object.metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined) return undefined
    const { spec } = object as Pod
    const account = spec.serviceAccountName || 'default'
    const found = reader.get('serviceaccounts', namespace, account)
    if (!found)
      return {
        refused: forbidden(
          type,
          name,
          `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`,
        ),
      }
    return { object: withAccount(object, spec, account, found, reader.random) }
  },
}

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
