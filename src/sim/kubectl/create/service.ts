// Models k8s.io/kubectl/pkg/cmd/create/create_service.go
import { dns1123SubdomainErrors, portNameErrors, portNumberErrors } from '../../api/names'
import { type Command, type Flag, flag } from '../command'
import { fail } from '../errors'
import { count, list, type Session, text } from '../session'
import { creating } from './generator'

type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'

const TCP = flag.slice('tcp', "Port pairs can be specified as '<port>:<targetPort>'.")

function service(
  name: string,
  type: ServiceType,
  short: string,
  example: string,
  flags: readonly Flag[],
  usage: string,
): Command {
  return creating({
    name,
    use: `${name} NAME ${usage} [--dry-run=server|client|none]`,
    short,
    long: `${short} with the specified name.`,
    examples: [example],
    flags,
    apiVersion: 'v1',
    kind: 'Service',
    failure: `failed to create ${type} service: `,
    build: (s, given) => build(s, given, type),
  })
}

function build(s: Session, name: string, type: ServiceType) {
  const clusterIP = text(s, 'clusterip')
  const external = text(s, 'external-name')
  const pairs = list(s, 'tcp')
  if (clusterIP !== 'None' && pairs.length === 0 && type !== 'ExternalName')
    fail('at least one tcp port specifier must be provided')
  if (type === 'ExternalName' && dns1123SubdomainErrors(external).length > 0) fail(`invalid service external name ${external}`)
  const nodePort = count(s, 'node-port')
  const ports = pairs.map(pair => ({
    name: pair.replaceAll(':', '-'),
    ...portPair(pair),
    protocol: 'TCP',
    ...(nodePort !== 0 && { nodePort }),
  }))
  const spec = {
    ...(ports.length > 0 && { ports }),
    selector: { app: name },
    ...(clusterIP !== '' && { clusterIP }),
    type,
    ...(external !== '' && { externalName: external }),
  }
  return { metadata: { labels: { app: name } }, spec, status: { loadBalancer: {} } }
}

/** `80:8080`, `80:http`, `80`. */
function portPair(pair: string): { readonly port: number; readonly targetPort: number | string } {
  const [first = '', second] = pair.split(':')
  if (!/^\d+$/.test(first) || Number(first) > 65535)
    return fail(
      `strconv.ParseUint: parsing ${JSON.stringify(first)}: ${/^\d+$/.test(first) ? 'value out of range' : 'invalid syntax'}`,
    )
  const port = Number(first)
  if (second === undefined) return { port, targetPort: port }
  const number = /^[+-]?\d+$/.test(second)
  const wrong = number ? portNumberErrors(Number(second)) : portNameErrors(second)
  if (wrong.length > 0) fail(wrong.join(','))
  return { port, targetPort: number ? Number(second) : second }
}

export const serviceCommand: Command = {
  name: 'service',
  aliases: ['svc'],
  use: 'service [flags]',
  short: 'Create a service using a specified subcommand',
  long: 'Create a service using a specified subcommand.',
  commands: [
    service(
      'clusterip',
      'ClusterIP',
      'Create a ClusterIP service',
      'kubectl create service clusterip my-cs --tcp=5678:8080',
      [flag.string('clusterip', "Assign your own ClusterIP or set to 'None' for a 'headless' service (no loadbalancing)."), TCP],
      '[--tcp=<port>:<targetPort>]',
    ),
    service(
      'externalname',
      'ExternalName',
      'Create an ExternalName service',
      'kubectl create service externalname my-ns --external-name bar.com',
      [flag.string('external-name', 'External name of service', { required: true }), TCP],
      '--external-name external.name',
    ),
    service(
      'loadbalancer',
      'LoadBalancer',
      'Create a LoadBalancer service',
      'kubectl create service loadbalancer my-lbs --tcp=5678:8080',
      [TCP],
      '[--tcp=port:targetPort]',
    ),
    service(
      'nodeport',
      'NodePort',
      'Create a NodePort service',
      'kubectl create service nodeport my-ns --tcp=5678:8080',
      [flag.int('node-port', 'Port used to expose the service on each node in a cluster.'), TCP],
      '[--tcp=port:targetPort]',
    ),
  ],
}
