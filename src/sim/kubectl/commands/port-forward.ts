// Models k8s.io/kubectl/pkg/cmd/portforward/portforward.go and k8s.io/client-go/tools/portforward: ports of this machine that lead into a Pod.
import type { Pod, Status } from '../../api/types'
import { isConnectionError } from '../../client/connection'
import { perform } from '../../client/effects'
import { cancelRequest } from '../../client/http'
import { type Command, flag } from '../command'
import { fail, usageError } from '../errors'
import { listenError } from '../local-ports'
import { podsResource } from '../pods-of'
import { type ForwardedPort, hostPort, type ListenAddress, parseAddresses, parsePorts, portsOfPod } from '../ports'
import { getObject, requestOn } from '../requests'
import { chance, demand, duration, err, type KubectlState, list, out, type Run, type Session } from '../session'
import { nextChunk, openStream } from '../streams'
import { attachablePod, targetOf } from './exec'

function* run(s: Session): Run {
  const [target = '', ...given] = s.args
  if (given.length === 0) usageError(s.path, 'TYPE/NAME and list of ports are required for port-forward')
  if (duration(s, 'pod-running-timeout') <= 0) usageError(s.path, '--pod-running-timeout must be higher than zero')
  const object = yield* targetOf(s, target)
  const chosen = yield* attachablePod(s, object)
  const ports = portsOfPod(object, chosen, given)
  const { name } = chosen.metadata
  const pod = yield* demand<Pod>(s, getObject(podsResource(), s.namespace, name))
  if (pod.status.phase !== 'Running')
    fail(`unable to forward port because pod is not running. Current status=${pod.status.phase}`)
  const addresses = parseAddresses(list(s, 'address'))
  const forwards = parsePorts(ports)
  const request = yield* dial(s, name)
  yield* listen(s, request, addresses, forwards)
  // until Ctrl-C, or until the connection is gone
  for (;;) {
    const chunk = yield* nextChunk(s)
    if (!chunk.last && !chunk.broken) continue
    yield* perform<KubectlState, void>(world => cancelRequest(world, request))
    fail('lost connection to pod')
  }
}

/** Opens the connection: SPDY within a WebSocket, or SPDY where that is refused. Returns its request. */
function* dial(s: Session, name: string): Run<number> {
  const place = { namespace: s.namespace, name, subresource: 'portforward' }
  let opened = yield* openStream(s, requestOn('get', 'GET', podsResource(), place))
  if ('refused' in opened && !isConnectionError(opened.refused))
    opened = yield* openStream(s, requestOn('create', 'POST', podsResource(), place))
  if ('refused' in opened) return fail(`error upgrading connection: ${wordsOf(opened.refused)}`)
  return opened.stream
}

/** The dialer of WebSockets does not say what it wanted to get. */
const wordsOf = (status: Status): string => {
  const { message = '' } = status
  return isConnectionError(status) ? message.replace(/^Get "[^"]*": /, '') : message
}

/** Listens on every port that it can; where it can on none, that is the end. */
function* listen(s: Session, request: number, addresses: readonly ListenAddress[], ports: readonly ForwardedPort[]): Run {
  let listens = false
  const asked: ForwardedPort[] = []
  for (const port of ports) {
    const local = port.local === 0 ? yield* freePort() : port.local
    asked.push({ ...port, local })
    const errors: string[] = []
    let [oneOf, others] = [0, 0]
    for (const { address, isOneOf } of addresses) {
      const error = yield* listenOn(s, request, address, local, port.remote)
      if (error === undefined) oneOf += isOneOf ? 1 : 0
      else {
        errors.push(`unable to create listener: Error ${error}`)
        others += isOneOf ? 0 : 1
      }
    }
    const isOneOfLost = oneOf === 0 && errors.length > others
    if (!isOneOfLost && others === 0) listens = true
    else
      yield* err(
        s,
        `Unable to listen on port ${local}: Listeners failed to create with the following errors: [${errors.join(' ')}]\n`,
      )
  }
  if (listens) return
  yield* perform<KubectlState, void>(world => cancelRequest(world, request))
  fail(`unable to listen on any of the requested ports: [${asked.map(({ local, remote }) => `{${local} ${remote}}`).join(' ')}]`)
}

/** Listens at one address; or why it can't. */
function* listenOn(s: Session, request: number, address: string, port: number, remote: number): Run<string | undefined> {
  const error = yield* perform<KubectlState, string | undefined>(world => {
    const why = listenError(world, address, port)
    if (why !== undefined) return why
    world.state.listeners = [...world.state.listeners, Object.freeze({ address, port, command: s.id, request, remote })]
    return undefined
  })
  if (error === undefined) yield* out(s, `Forwarding from ${hostPort(address, port)} -> ${remote}\n`)
  return error
}

/** Ports that Linux gives to who asks for any (net.ipv4.ip_local_port_range). */
const [LEAST, MOST] = [32768, 60999]

function* freePort(): Run<number> {
  for (;;) {
    const port = LEAST + (yield* chance(MOST - LEAST + 1))
    const isTaken = yield* perform<KubectlState, boolean>(({ state }) => state.listeners.some(each => each.port === port))
    if (!isTaken) return port
  }
}

export const portForwardCommand: Command = {
  name: 'port-forward',
  use: 'port-forward TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]',
  short: 'Forward one or more local ports to a pod',
  long: 'Forward one or more local ports to a pod.\n\n TYPE/NAME, as in deployment/web, stands for one of its pods; the type is pod where it is left out. The forward ends when its pod does, and has to be started again.\n\n It leaves this prompt free: ask with curl localhost:LOCAL_PORT, and stop it with Ctrl-C.',
  examples: [
    '# Listen on port 8080 locally, forwarding to port 80 in the pod',
    'kubectl port-forward pod/web 8080:80',
    '',
    '# The same, to a pod behind a service: 80 is the port of the service, its targetPort the one of the pod',
    'kubectl port-forward service/web 8080:80',
    '',
    '# Listen on ports 5000 and 6000 locally, forwarding to the same ports in a pod of the deployment',
    'kubectl port-forward deployment/web 5000 6000',
    '',
    '# Listen on a random port locally',
    'kubectl port-forward pod/web :80',
    '',
    '# Ask for a page over a port that is forwarded',
    'curl localhost:8080',
  ],
  flags: [
    flag.slice(
      'address',
      'Addresses to listen on (comma separated). Only accepts IP addresses or localhost as a value. When localhost is supplied, kubectl will try to bind on both 127.0.0.1 and ::1 and will fail if neither of these addresses are available to bind.',
      { value: ['localhost'] },
    ),
    flag.duration(
      'pod-running-timeout',
      'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
      { value: '1m0s' },
    ),
  ],
  arguments: 'resource',
  kind: 'pods',
  takesPorts: true,
  run,
}
