// Models k8s.io/kubectl/pkg/cmd/expose/expose.go
import { mustResource } from '../../api/kinds'
import type { KubeObject, LabelSelector } from '../../api/types'
import { type Command, flag } from '../command'
import { dryRunOf } from '../dry-run'
import { fail } from '../errors'
import { DRY_RUN, fieldManager, fileFlags, PRINT_FLAGS, SAVE_CONFIG } from '../flags'
import { parseLabels } from '../label-pairs'
import { saveLastApplied } from '../last-applied'
import { type Latest, visitLatest } from '../latest'
import { printChanged } from '../output'
import { OVERRIDE_FLAGS, overridden } from '../overrides'
import { createObject } from '../requests'
import { demand, isOn, type Run, type Session, text } from '../session'

const EXPOSABLE = ['ReplicationController', 'Service', 'Pod', 'Deployment.apps', 'ReplicaSet.apps']
const NAME_LENGTH = 63

function* run(s: Session): Run {
  yield* visitLatest(s, info => expose(s, info), { asGiven: true })
}

function* expose(s: Session, info: Latest): Run {
  const dryRun = dryRunOf(s)
  if (!EXPOSABLE.includes(info.resource.groupKind)) fail(`cannot expose a ${info.resource.groupKind}`)
  const made = overridden(s, serviceOf(s, info))
  const services = mustResource('v1', 'Service')
  let service = isOn(s, 'save-config') ? saveLastApplied(made) : made
  if (dryRun === 'client') service = s.namespaceSet ? { ...made, metadata: { ...made.metadata, namespace: s.namespace } } : made
  else {
    const query = { ...(dryRun === 'server' && { dryRun: 'All' }), fieldManager: text(s, 'field-manager') }
    service = yield* demand<KubeObject>(s, createObject(services, s.namespace, service, query))
  }
  yield* printChanged(s, services, service, 'exposed', dryRun)
}

function serviceOf(s: Session, { object, resource, name }: Latest): KubeObject {
  const selector = text(s, 'selector') === '' ? selectorOf(object, resource.groupKind) : parseLabels(text(s, 'selector'))
  const labels = text(s, 'labels') === '' ? object.metadata.labels : parseLabels(text(s, 'labels'))
  const clusterIP = text(s, 'cluster-ip')
  const ports = portsOf(s, object, resource.groupKind, clusterIP === 'None')
  const type = text(s, 'type')
  const affinity = text(s, 'session-affinity')
  if (affinity !== '' && affinity !== 'None' && affinity !== 'ClientIP') fail(`unknown session affinity: ${affinity}`)
  const spec = {
    ...(ports.length > 0 && { ports }),
    selector,
    ...(type !== '' && { type }),
    ...(clusterIP !== '' && { clusterIP }),
    ...(text(s, 'external-ip') !== '' && { externalIPs: [text(s, 'external-ip')] }),
    ...(affinity !== '' && { sessionAffinity: affinity }),
    ...(type === 'LoadBalancer' && text(s, 'load-balancer-ip') !== '' && { loadBalancerIP: text(s, 'load-balancer-ip') }),
  }
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: text(s, 'name') || name.slice(0, NAME_LENGTH),
      ...(labels && Object.keys(labels).length > 0 && { labels }),
    },
    spec,
    status: { loadBalancer: {} },
  }
}

/** polymorphichelpers.MapBasedSelectorForObject */
function selectorOf(object: KubeObject, kind: string): Record<string, string> {
  const lead = "couldn't retrieve selectors via --selector flag or introspection: "
  const spec = object.spec ?? {}
  if (kind === 'Pod') {
    const { labels } = object.metadata
    return labels && Object.keys(labels).length > 0 ? labels : fail(`${lead}the pod has no labels and cannot be exposed`)
  }
  if (kind === 'Service') return spec.selector ?? fail(`${lead}the service has no pod selector set`)
  if (kind === 'ReplicationController') return spec.selector
  const { matchLabels = {}, matchExpressions = [] } = (spec.selector ?? {}) as LabelSelector
  if (Object.keys(matchLabels).length === 0)
    return fail(`${lead}invalid ${kind.split('.')[0]?.toLowerCase()}: no selectors, therefore cannot be exposed`)
  if (matchExpressions.length > 0)
    return fail(
      `${lead}couldn't convert expressions - "[${matchExpressions.map(expressionText).join(' ')}]" to map-based selector format`,
    )
  return matchLabels
}

/** As %+v prints it in Go. */
const expressionText = ({ key, operator, values = [] }: NonNullable<LabelSelector['matchExpressions']>[number]): string =>
  `{Key:${key} Operator:${operator} Values:[${values.join(' ')}]}`

interface ContainerPort {
  readonly containerPort: number
  readonly protocol?: string
}

function portsOf(s: Session, object: KubeObject, kind: string, headless: boolean): readonly object[] {
  const own = ownPorts(object, kind)
  const given = text(s, 'port')
  if (given === '' && own.length === 0) return headless ? [] : fail("couldn't find port via --port flag or introspection")
  const numbers = given === '' ? own.map(port => String(port.number)) : given.split(',')
  const protocol = text(s, 'protocol')
  const target = text(s, 'target-port')
  return numbers.map((number, i) => {
    if (!/^\d+$/.test(number)) return fail(`strconv.Atoi: parsing ${JSON.stringify(number)}: invalid syntax`)
    const same = own.find(port => String(port.number) === number)
    const port = Number(number)
    return {
      ...(numbers.length > 1 && { name: `port-${i + 1}` }),
      protocol: protocol || (same?.protocol ?? 'TCP'),
      port,
      targetPort: target === '' ? port : /^\d+$/.test(target) ? Number(target) : target,
    }
  })
}

/** Ports that the exposed object itself has. */
function ownPorts(object: KubeObject, kind: string): readonly { readonly number: number; readonly protocol: string }[] {
  const spec = object.spec ?? {}
  if (kind === 'Service')
    return (spec.ports ?? []).map((port: { port: number; protocol?: string }) => ({
      number: port.port,
      protocol: port.protocol ?? 'TCP',
    }))
  const pod = kind === 'Pod' ? spec : (spec.template?.spec ?? {})
  const containers: readonly { readonly ports?: readonly ContainerPort[] }[] = pod.containers ?? []
  return containers.flatMap(container =>
    (container.ports ?? []).map(port => ({ number: port.containerPort, protocol: port.protocol ?? 'TCP' })),
  )
}

export const exposeCommand: Command = {
  name: 'expose',
  use: 'expose (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]',
  short: 'Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service',
  long: 'Expose a resource as a new Kubernetes service.\n\n Looks up a deployment, service, replica set, replication controller or pod by name and uses its selector for a new service. If no port is given, the ports of the resource are used.\n\nPossible resources include (case insensitive):\n\n pod (po), service (svc), replicationcontroller (rc), deployment (deploy), replicaset (rs)',
  examples: [
    "# Create a service for a deployment 'nginx', which serves on port 80 and connects to the containers on port 8000",
    'kubectl expose deployment nginx --port=80 --target-port=8000',
    '',
    '# Create a second service that is reached at a port of every node',
    'kubectl expose deployment nginx --port=80 --type=NodePort --name=nginx-node',
    '',
    '# Create a service for a pod',
    'kubectl expose pod valid-pod --port=444 --name=frontend',
  ],
  flags: [
    ...OVERRIDE_FLAGS,
    flag.string(
      'cluster-ip',
      "ClusterIP to be assigned to the service. Leave empty to auto-allocate, or set to 'None' to create a headless service.",
    ),
    flag.string('external-ip', 'Additional external IP address (not managed by Kubernetes) to accept for the service.'),
    flag.string('labels', 'Labels to apply to the service created by this call.', { short: 'l' }),
    flag.string(
      'load-balancer-ip',
      'IP to assign to the LoadBalancer. If empty, an ephemeral IP will be created and used (cloud-provider specific).',
    ),
    flag.string('name', 'The name for the newly created object.'),
    flag.string('port', 'The port that the service should serve on. Copied from the resource being exposed, if unspecified'),
    flag.string('protocol', "The network protocol for the service to be created. Default is 'TCP'."),
    flag.string(
      'selector',
      'A label selector to use for this service. Only equality-based selector requirements are supported. If empty (the default) infer the selector from the resource being exposed.',
    ),
    flag.string(
      'session-affinity',
      "If non-empty, set the session affinity for the service to this; legal values: 'None', 'ClientIP'",
    ),
    flag.string(
      'target-port',
      'Name or number for the port on the container that the service should direct traffic to. Optional.',
    ),
    flag.string('type', "Type for this service: ClusterIP, NodePort, LoadBalancer, or ExternalName. Default is 'ClusterIP'."),
    SAVE_CONFIG,
    DRY_RUN,
    fieldManager('kubectl-expose'),
    ...PRINT_FLAGS,
    ...fileFlags('identifying the resource to expose a service'),
  ],
  arguments: 'resource',
  kinds: ['pod', 'service', 'replicationcontroller', 'deployment', 'replicaset'],
  run,
}
