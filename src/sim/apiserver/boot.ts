/**
 * What the apiserver does when it starts: it fills the watch caches that admission and authorization read, and writes its own furniture
 * where it is missing. Models pkg/controlplane (apiserver.go, controller/systemnamespaces, controller/kubernetesservice, reconcilers) and the
 * post-start hooks of pkg/registry/rbac and pkg/registry/scheduling.
 */
import { etcdKey, mustResource } from '../api/kinds'
import type { EtcdLoad } from '../api/messages'
import { ROOMS } from '../api/rooms'
import { rfc3339 } from '../api/time'
import type { KubeObject } from '../api/types'
import { newUid } from '../api/uid'
import { awaitAll, perform } from '../kernel/procedure'
import type { Question } from './attempt'
import rbacData from './authz/data/rbac.json'
import { RBAC_RESOURCES } from './authz/rbac'
import { furniture } from './furniture'
import { ask, askAll } from './loopback'
import { addressOf } from './registry/service'
import type { Config, Serve, WakeMessage, World } from './state'
import { aboutLoad } from './storage/channel'
import { range } from './storage/etcd'
import { ready } from './watch-cache/feed'

/** Caches that are there before anything is served. */
const CACHES: readonly string[] = [
  ...Object.values(RBAC_RESOURCES),
  'namespaces',
  'serviceaccounts',
  'priorityclasses.scheduling.k8s.io',
  'limitranges',
  'resourcequotas',
  'storageclasses.storage.k8s.io',
  'persistentvolumes',
  'nodes',
  'pods',
  'services',
  'runtimeclasses.node.k8s.io',
]

/** The post-start hooks, in order; serving begins when they are done. */
export function* boot(config: Config): Serve<void> {
  const first = yield* range({ key: '/registry/', prefix: true, limit: 1 })
  const empty = first.revision === 1
  if (empty) yield* load()
  for (const resource of CACHES) yield* ready(resource)
  if (empty) yield* furnish(config)
}

interface RbacData {
  readonly name: string
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
}

/**
 * The default roles and bindings (pkg/registry/rbac/rest/storage_rbac.go), APIServices, flow schemas and priority levels: one load instead of
 * some two hundred requests and their lookups.
 */
function* load(): Serve<void> {
  yield* awaitAll<World, unknown>(1, (world, procedure) => {
    const rbac = Object.entries(rbacData as unknown as Readonly<Record<string, readonly RbacData[]>>).flatMap(([kind, list]) =>
      list.map(data => rbacValue(world, kind, data)),
    )
    const values = [...rbac, ...furniture(world.now())]
    const { state, context } = world
    const id = state.etcd.next++
    const message: EtcdLoad = { type: 'etcd.load', id, values: Object.freeze(values) }
    state.etcd.waiting.set(id, { procedure, message })
    if (!state.etcd.broken) context.send(ROOMS.etcd, message, 'etcd.load', aboutLoad(message))
  })
}

function rbacValue(
  world: World,
  kind: string,
  { name, namespace, labels, ...rest }: RbacData,
): { key: string; value: KubeObject } {
  const type = mustResource('rbac.authorization.k8s.io/v1', kind)
  const metadata = {
    name,
    ...(namespace && { namespace }),
    uid: newUid(world.random),
    resourceVersion: undefined,
    creationTimestamp: rfc3339(world.now()),
    labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
  }
  return { key: etcdKey(type, namespace, name), value: Object.freeze({ kind, apiVersion: type.apiVersion, metadata, ...rest }) }
}

const NAMESPACES = ['kube-system', 'kube-public', 'default', 'kube-node-lease']

const PRIORITY_CLASSES = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'Used for system critical pods that must not be moved from their current node.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description: 'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  },
]

const create = (
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  metadata: Partial<KubeObject['metadata']>,
  rest: Readonly<Record<string, unknown>>,
): Question => ({
  method: 'POST',
  verb: 'create',
  type: mustResource(apiVersion, kind),
  ...(namespace && { namespace }),
  body: Object.freeze({ kind, apiVersion, metadata: { ...metadata, ...(namespace && { namespace }) }, ...rest }),
})

/** What the apiserver creates for itself, as it creates everything: by requests. */
function* furnish(config: Config): Serve<void> {
  yield* askAll(NAMESPACES.map(name => create('v1', 'Namespace', undefined, { name }, {})))
  // the caches hear of them by their watches
  yield* untilThere('namespaces', 'kube-node-lease')
  yield* askAll(
    PRIORITY_CLASSES.map(({ name, ...rest }) => create('scheduling.k8s.io/v1', 'PriorityClass', undefined, { name }, rest)),
  )
  yield* ask(
    create('networking.k8s.io/v1', 'ServiceCIDR', undefined, { name: 'kubernetes' }, { spec: { cidrs: [config.serviceCIDR] } }),
  )
  yield* ask(create('v1', 'ConfigMap', 'kube-system', { name: TOKEN_TRACKING }, { data: { since: yield* today() } }))
  yield* ask(create('v1', 'ConfigMap', 'kube-system', { name: 'extension-apiserver-authentication' }, { data: CLIENT_CA }))
  yield* reconcile(config)
}

/** The Service `kubernetes` and where it leads, where they are missing (pkg/controlplane/controller/kubernetesservice). */
export function* reconcile(config: Config): Serve<void> {
  yield* ask(kubernetesService(config))
  if (config.endpointReconciler) yield* kubernetesEndpoints(config)
  yield* askAll(
    config.addons.map(({ apiVersion, kind, metadata, ...rest }) => create(apiVersion, kind, metadata.namespace, metadata, rest)),
  )
}

/** Whose certificates the apiserver takes (pkg/controlplane/controller/clusterauthenticationtrust): this control plane has no certificates. */
const CLIENT_CA = Object.freeze({ 'client-ca-file': '' })

/** Since when tokens of service accounts leave a trace of their use (pkg/controlplane/controller/legacytokentracking). */
const TOKEN_TRACKING = 'kube-apiserver-legacy-service-account-token-tracking'
function* today(): Serve<string> {
  return yield* perform<World, string>(world => rfc3339(world.now()).slice(0, 10))
}

/** The reconciler of pkg/controlplane/reconcilers: where the Service `kubernetes` leads. */
function* kubernetesEndpoints(config: Config): Serve<void> {
  const labels = { 'endpointslice.kubernetes.io/skip-mirror': 'true' }
  const ports = [{ name: 'https', port: 6443, protocol: 'TCP' }]
  yield* ask(
    create(
      'v1',
      'Endpoints',
      'default',
      { name: 'kubernetes', labels },
      { subsets: [{ addresses: [{ ip: config.advertiseAddress }], ports }] },
    ),
  )
  yield* ask(
    create(
      'discovery.k8s.io/v1',
      'EndpointSlice',
      'default',
      { name: 'kubernetes', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
      {
        addressType: 'IPv4',
        endpoints: [{ addresses: [config.advertiseAddress], conditions: { ready: true } }],
        ports,
      },
    ),
  )
}

/** The Service that pods reach the apiserver by, at the first address of the range (pkg/controlplane/controller/kubernetesservice). */
const kubernetesService = (config: Config): Question =>
  create(
    'v1',
    'Service',
    'default',
    { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
    {
      spec: {
        ports: [{ name: 'https', protocol: 'TCP', port: 443, targetPort: 6443 }],
        clusterIP: addressOf(config.serviceCIDR, 1),
        type: 'ClusterIP',
        sessionAffinity: 'None',
        ipFamilyPolicy: 'SingleStack',
      },
    },
  )

/** Waits, a millisecond at a time, until a cache has an object. */
function* untilThere(resource: string, name: string): Serve<void> {
  while (!(yield* perform<World, boolean>(world => world.get(resource, undefined, name) !== undefined)))
    yield* awaitAll<World, void>(1, ({ context }, procedure) =>
      context.after(1, { type: 'apiserver.wake', procedure } as WakeMessage),
    )
}
