// Models plugin/pkg/admission/serviceaccount/admission.go: pods get an account, and its token as a projected volume.

import { randomSuffix } from '../../api/names'
import { forbidden } from '../../api/status'
import type { Container, KubeObject, Pod, PodSpec } from '../../api/types'
import type { Plugin } from '../attempt'
import { markDefaulted } from '../defaulting/pod'
import { alsoGood } from '../validation/pod'

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
    return { object: withAccount(object, spec, account, found, () => reader.random()) }
  },
}

function withAccount(object: KubeObject, spec: PodSpec, account: string, found: KubeObject, random: () => number): KubeObject {
  const mounts = spec.automountServiceAccountToken ?? (found.automountServiceAccountToken as boolean | undefined) ?? true
  const secrets = (found.imagePullSecrets as { name: string }[] | undefined) ?? []
  const named: PodSpec = {
    ...spec,
    serviceAccountName: account,
    serviceAccount: account,
    ...(!spec.imagePullSecrets && secrets.length > 0 && { imagePullSecrets: secrets }),
  }
  return { ...object, spec: markDefaulted(mounts ? withToken(named, random) : named) }
}

function withToken(spec: PodSpec, random: () => number): PodSpec {
  const existing = spec.volumes?.find(volume => volume.name?.startsWith('kube-api-access-'))
  const name = existing?.name ?? `kube-api-access-${randomSuffix(random)}`
  const mount = { name, readOnly: true, mountPath: MOUNT_PATH }
  let used = false
  const add = (container: Container): Container => {
    if (container.volumeMounts?.some(m => m.mountPath === MOUNT_PATH)) return container
    used = true
    return alsoGood(
      { ...container, volumeMounts: container.volumeMounts ? [...container.volumeMounts, mount] : [mount] },
      container,
    )
  }
  const initContainers = spec.initContainers?.map(add)
  const containers = spec.containers.map(add)
  if (!used) return spec
  return {
    ...spec,
    ...(initContainers && { initContainers }),
    containers,
    ...(!existing && { volumes: spec.volumes ? [...spec.volumes, { name, projected: SOURCE }] : [{ name, projected: SOURCE }] }),
  }
}
