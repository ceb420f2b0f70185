// Models k8s.io/kubectl/pkg/cmd/exec/exec.go, and the executors of k8s.io/client-go/tools/remotecommand: a WebSocket first, then SPDY.
import type { ExecEnd } from '../../api/messages'
import type { KubeObject, Pod } from '../../api/types'
import { isConnectionError } from '../../client/connection'
import type { RequestSpec } from '../../client/http'
import { type Command, flag, refused } from '../command'
import { CommandFailed, fail, failWith, usageError } from '../errors'
import { byActivity, podSelectorOf, podsResource, podsThatMatch } from '../pods-of'
import { requestOn } from '../requests'
import { duration, err, isOn, out, type Run, type Session, text } from '../session'
import { nextChunk, openStream } from '../streams'
import { containersOf } from './logs'
import { readTarget } from './refused'

const OLD = 'exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead'
/** Programs that read commands from whoever sits before them. */
const SHELL = /(^|\/)(ba|da|a|z|k)?sh$/

function* run(s: Session): Run {
  const { args, dash } = s
  const target = dash === 0 ? undefined : args[0]
  if (dash < 0 && args.length > 1) usageError(s.path, OLD)
  const command = dash < 0 ? [] : args.slice(dash)
  if (target === undefined) fail('pod, type/name or --filename must be specified')
  if (command.length === 0) fail('you must specify at least one command for the container')
  const pod = yield* attachablePod(s, yield* targetOf(s, target))
  const { phase } = pod.status
  if (phase === 'Succeeded' || phase === 'Failed')
    fail(`cannot exec into a container in a completed pod; current phase is ${phase}`)
  const quiet = isOn(s, 'quiet')
  const container = text(s, 'container') || (yield* containersOf(s, pod, '', quiet))[0] || ''
  const stdin = isOn(s, 'stdin')
  if (stdin && isOn(s, 'tty')) {
    // this kubectl is given whole lines, by nobody's terminal
    if (!quiet) yield* err(s, 'Unable to use a TTY - input is not a terminal or the right kind of file\n')
    const interactive =
      SHELL.test(command[0] ?? '') && command.slice(1).every(word => word.startsWith('-') && !word.includes('c'))
    if (interactive && s.stdin === undefined)
      fail("exec of an interactive shell is not simulated here: say what it is to do, as in -- sh -c 'ls /etc; env'")
  }
  const ended = yield* execute(s, pod, container, command, stdin)
  if (ended.unknown) fail(`exec is not simulated here for: ${command.join(' ')}`)
  if (ended.error !== undefined) fail(ended.error)
  if (ended.exitCode === 0) return
  yield* err(s, `command terminated with exit code ${ended.exitCode}\n`)
  throw new CommandFailed({ kind: 'exit', code: ended.exitCode })
}

/** What a command is about: `pod`, or `type/name`. */
export function* targetOf(s: Session, target: string): Run<KubeObject> {
  const [type, name, more] = target.includes('/') ? target.split('/') : ['pods', target]
  if (more !== undefined) fail('arguments in resource/name form may not have more than one slash')
  if (!type || !name) fail('arguments in resource/name form must have a single resource and name')
  return (yield* readTarget(s, target)) ?? fail('no resources found')
}

/** A pod itself, or the one of what runs some that is most alive (AttachablePodForObject). */
export function* attachablePod(s: Session, object: KubeObject): Run<Pod> {
  if (object.kind === 'Pod') return object as unknown as Pod
  const selector = podSelectorOf(object, why => `cannot attach to *v1.${object.kind}: ${why}`)
  const namespace = object.metadata.namespace ?? s.namespace
  const pods = yield* podsThatMatch(s, namespace, selector, duration(s, 'pod-running-timeout'), byActivity)
  return pods[0] as Pod
}

/** Runs the command over a connection; prints what it writes. */
function* execute(s: Session, pod: Pod, container: string, command: readonly string[], stdin: boolean): Run<ExecEnd> {
  const { name, namespace } = pod.metadata
  const place = { namespace: namespace ?? s.namespace, name, subresource: 'exec' }
  const query = { container, stderr: 'true', ...(stdin && { stdin: 'true' }), stdout: 'true' }
  const exec = { command, ...(stdin && { stdin: s.stdin ?? '' }) }
  const spec: RequestSpec = { ...requestOn('get', 'GET', podsResource(), place, { query }), exec }
  let opened = yield* openStream(s, spec)
  // what refuses a WebSocket may take SPDY
  if ('refused' in opened && !isConnectionError(opened.refused))
    opened = yield* openStream(s, { ...requestOn('create', 'POST', podsResource(), place, { query }), exec })
  if ('refused' in opened) return failWith({ kind: 'status', status: opened.refused })
  for (;;) {
    const chunk = yield* nextChunk(s)
    yield* out(s, chunk.text)
    if (chunk.broken) fail('unexpected EOF')
    if (!chunk.last) continue
    const ended = chunk.ended ?? { stderr: '', exitCode: 0 }
    yield* err(s, ended.stderr)
    return ended
  }
}

export const execCommand: Command = {
  name: 'exec',
  use: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  short: 'Execute a command in a container',
  long: 'Execute a command in a container.\n\n Simulated here are the usual small programs (cat, ls, env, echo, wget and the like) over what is in the container; others are refused.',
  examples: [
    "# Get output from running the 'date' command from pod web, using the first container by default",
    'kubectl exec web -- date',
    '',
    '# Read a file in a container by name',
    'kubectl exec web -c app -- cat /etc/settings/colour',
    '',
    '# Ask a Service from the first pod of a deployment',
    "kubectl exec deploy/box -- sh -c 'wget -qO- http://$WEB_SERVICE_HOST'",
  ],
  flags: [
    flag.string(
      'container',
      'Container name. If omitted, use the kubectl.kubernetes.io/default-container annotation for selecting the container to be attached or the first container in the pod will be chosen',
      {
        short: 'c',
      },
    ),
    flag.duration(
      'pod-running-timeout',
      'The length of time (like 5s, 2m, or 3h, higher than zero) to wait until at least one pod is running',
      { value: '1m0s' },
    ),
    flag.bool('quiet', 'Only print output from the remote session', { short: 'q' }),
    flag.bool('stdin', 'Pass stdin to the container', { short: 'i' }),
    flag.bool('tty', 'Stdin is a TTY', { short: 't' }),
    ...refused('f/filename:slice'),
  ],
  arguments: 'resource',
  kind: 'pods',
  run,
}
