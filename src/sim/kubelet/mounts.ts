// Models makeMounts of pkg/kubelet/kubelet_pods.go, the volume plugins configmap, secret, projected and downwardapi, pkg/kubelet/network/dns and
// makeHostsMount: what a container finds in the files that the kubelet puts there.
import type { Mount } from '../api/cri'
import { BOOT_SECONDS, civilFromDays } from '../api/time'
import type { Container, KubeObject, Pod } from '../api/types'
import { hash32 } from '../kernel/random'
import { fieldOf, resourceOf, textsOf } from './environment'
import { referenced } from './references'
import type { KubeletWorld, PodWorker } from './state'

type Volume = NonNullable<Pod['spec']['volumes']>[number]
type Files = Record<string, string>

/** The name that a pod's program sees as its machine's (GeneratePodHostNameAndDomain). */
export function hostnameOf({ metadata, spec }: Pod): string {
  if (spec.hostNetwork) return spec.nodeName ?? ''
  const name = spec.hostname || metadata.name
  return name.length <= 63 ? name : name.slice(0, 63).replace(/[-.]+$/, '')
}

const isToken = ({ mountPath }: { readonly mountPath: string }): boolean =>
  mountPath === '/var/run/secrets/kubernetes.io/serviceaccount'

/** Whether somebody may want to know what is in a container's files before a command is run in it. */
export const readsFiles = ({ command, args, volumeMounts = [] }: Container): boolean =>
  command !== undefined || args !== undefined || volumeMounts.some(mount => !isToken(mount))

/** All that the kubelet has put into a container. */
export function mountsOf(world: KubeletWorld, worker: PodWorker, container: Container): readonly Mount[] {
  const { pod } = worker
  const mounts: Mount[] = [...machineFiles(worker)]
  for (const { name, mountPath, readOnly, subPath = '', subPathExpr } of container.volumeMounts ?? []) {
    const volume = pod.spec.volumes?.find(each => each.name === name)
    const path = mountPath.replace(/\/+$/, '') || '/'
    const files = volume && !subPathExpr ? filesOf(world, worker, volume) : undefined
    if (!files) {
      const all = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
      const shared = all.filter(each => each.volumeMounts?.some(mount => mount.name === name)).length > 1
      mounts.push({
        path,
        files: {},
        ...((!volume?.emptyDir || shared || subPath) && { open: true }),
        ...(readOnly && { readOnly }),
      })
    } else if (subPath === '') mounts.push({ path, files, version: versionOf(worker, name), readOnly: true })
    else mounts.push({ path, files: below(files, subPath), stays: true, readOnly: true })
  }
  return Object.freeze(mounts.map(mount => Object.freeze(mount)))
}

/** The part of a volume that a subPath is: a file, or what is in a folder. */
function below(files: Files, subPath: string): Files {
  const file = files[subPath]
  if (file !== undefined) return { '': file }
  const inside = Object.entries(files).filter(([path]) => path.startsWith(`${subPath}/`))
  return Object.fromEntries(inside.map(([path, text]) => [path.slice(subPath.length + 1), text]))
}

/** The folder that an AtomicWriter made last: named by the time, and a number by chance. */
function versionOf({ uid, addedAt, written }: PodWorker, volume: string): string {
  const at = written ?? addedAt
  const seconds = BOOT_SECONDS + Math.floor(at / 1e6)
  const { year, month, day } = civilFromDays(Math.floor(seconds / 86_400))
  const clock = [month, day, Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
  return `..${year}_${clock.map(part => String(part).padStart(2, '0')).join('_')}.${hash32(`${uid} ${volume} ${at}`)}`
}

/** What the volume manager has written of a volume that the kubelet fills; undefined of others. */
function filesOf(
  world: KubeletWorld,
  worker: PodWorker,
  { configMap, secret, downwardAPI, projected }: Volume,
): Files | undefined {
  const files: Files = {}
  if (configMap) take(files, objectOf(world, worker, 'configmaps', configMap.name), configMap.items)
  else if (secret) take(files, objectOf(world, worker, 'secrets', secret.secretName), secret.items)
  else if (downwardAPI) addFields(world, worker, files, downwardAPI.items)
  else if (projected) {
    for (const source of projected.sources ?? []) {
      if (source.configMap) take(files, objectOf(world, worker, 'configmaps', source.configMap.name), source.configMap.items)
      if (source.secret) take(files, objectOf(world, worker, 'secrets', source.secret.name), source.secret.items)
      if (source.downwardAPI) addFields(world, worker, files, source.downwardAPI.items)
      const { serviceAccountToken: token } = source
      if (token) files[token.path] = (token.audience ? undefined : worker.token?.token) ?? UNKNOWN
    }
  } else return undefined
  return files
}

/** Stands for what is there and not known: a token for somebody else. */
const UNKNOWN = '\u0000'

type Items = readonly { readonly key: string; readonly path: string }[] | undefined

function take(files: Files, object: KubeObject | undefined, items: Items): void {
  if (!object) return
  const texts = textsOf(object)
  const wanted = items ?? Object.keys(texts).map(key => ({ key, path: key }))
  for (const { key, path } of wanted) if (texts[key] !== undefined) files[path] = texts[key]
}

type Fields = NonNullable<NonNullable<Volume['downwardAPI']>['items']>

function addFields(world: KubeletWorld, { pod }: PodWorker, files: Files, items: Fields = []): void {
  for (const { path, fieldRef, resourceFieldRef } of items)
    if (fieldRef) files[path] = fieldOf(world, pod, fieldRef.fieldPath)
    else if (resourceFieldRef) files[path] = resourceOf(world, pod, undefined, resourceFieldRef)
}

/** An object as it was when the pod's volumes were last written. */
function objectOf(
  world: KubeletWorld,
  { pod, stale }: PodWorker,
  resource: 'configmaps' | 'secrets',
  name = '',
): KubeObject | undefined {
  const old = stale?.[`${resource}/${name}`]
  if (old !== undefined) return old ?? undefined
  const found = referenced(world, pod.metadata.namespace ?? '', { resource, name })
  return found === 'unknown' ? undefined : found
}

/** --cluster-dns and --cluster-domain */
const DNS = '10.96.0.10'
const DOMAIN = 'cluster.local'

/** /etc/hosts, /etc/hostname and /etc/resolv.conf; those of the node itself are not known. */
function machineFiles(worker: PodWorker): Mount[] {
  const { pod } = worker
  const { spec, metadata } = pod
  const host = hostnameOf(pod)
  const file = (path: string, text: string): Mount => ({ path, files: { '': text } })
  const mounts = [file('/etc/hostname', `${host}\n`)]
  if (!spec.hostNetwork) {
    const ip = worker.runtime.sandbox?.ip ?? ''
    const name = spec.subdomain ? `${host}.${spec.subdomain}.${metadata.namespace}.svc.${DOMAIN}\t${host}` : host
    const aliases = (spec.hostAliases ?? [])
      .map(({ ip: address, hostnames = [] }) => `${address}\t${hostnames.join('\t')}\n`)
      .join('')
    const extra = aliases === '' ? '' : `\n# Entries added by HostAliases.\n${aliases}`
    mounts.push(file('/etc/hosts', `${HOSTS}${ip}\t${name}\n${extra}`))
  }
  const policy = spec.dnsPolicy ?? 'ClusterFirst'
  if (policy === 'Default' || (policy === 'ClusterFirst' && spec.hostNetwork)) return mounts
  const isCluster = policy !== 'None'
  const { nameservers = [], searches = [], options = [] } = spec.dnsConfig ?? {}
  const search = [...(isCluster ? [`${metadata.namespace}.svc.${DOMAIN}`, `svc.${DOMAIN}`, DOMAIN] : []), ...searches]
  const chosen = new Map<string, string | undefined>(isCluster ? [['ndots', '5']] : [])
  for (const { name = '', value } of options) chosen.set(name, value)
  const servers = [...new Set([...(isCluster ? [DNS] : []), ...nameservers])]
  const words = [...chosen].map(([name, value]) => (value === undefined ? name : `${name}:${value}`))
  const lines = [
    ...(search.length > 0 ? [`search ${[...new Set(search)].join(' ')}`] : []),
    ...servers.map(server => `nameserver ${server}`),
    ...(words.length > 0 ? [`options ${words.join(' ')}`] : []),
  ]
  mounts.push(file('/etc/resolv.conf', lines.map(line => `${line}\n`).join('')))
  return mounts
}

const HOSTS = `# Kubernetes-managed hosts file.
127.0.0.1\tlocalhost
::1\tlocalhost ip6-localhost ip6-loopback
fe00::0\tip6-localnet
fe00::0\tip6-mcastprefix
fe00::1\tip6-allnodes
fe00::2\tip6-allrouters
`
