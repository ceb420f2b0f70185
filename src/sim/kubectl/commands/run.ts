// Models k8s.io/kubectl/pkg/cmd/run/run.go and pkg/generate/versioned/run.go
import { mustResource } from '../../api/kinds'
import type { KubeObject } from '../../api/types'
import { type Command, flag, refused } from '../command'
import { discover } from '../discovery'
import { type DryRun, dryRunOf } from '../dry-run'
import { fail, usageError } from '../errors'
import { DRY_RUN, fieldManager, PRINT_FLAGS, SAVE_CONFIG } from '../flags'
import { parseLabels } from '../label-pairs'
import { saveLastApplied } from '../last-applied'
import { printChanged } from '../output'
import { OVERRIDE_FLAGS, overridden } from '../overrides'
import { createObject } from '../requests'
import { changed, demand, isOn, list, out, type Run, type Session, text } from '../session'

function* run(s: Session): Run {
  const [name] = s.args
  if (name === undefined || s.dash === 0) return usageError(s.path, 'NAME is required for run')
  const image = text(s, 'image')
  if (image === '') fail('--image is required')
  if (!IMAGE.test(image)) fail(`Invalid image name ${JSON.stringify(image)}: invalid reference format`)
  if (isOn(s, 'expose') && text(s, 'port') === '') usageError(s.path, '--port must be set when exposing a service')
  checkAttach(s)
  const dryRun = dryRunOf(s)
  const plain = podOf(s, name, image)
  const pod = overridden(s, plain)
  yield* discover(s)
  const object = yield* create(s, pod, dryRun)
  const service = isOn(s, 'expose') ? yield* create(s, serviceOf(s, name, plain), dryRun) : undefined
  if (service) {
    yield* printChanged(s, mustResource('v1', 'Service'), service, 'created', dryRun)
    // run parts the two by itself, and so does its printer
    if (text(s, 'output') === 'yaml') yield* out(s, '---\n')
  }
  yield* printChanged(s, mustResource('v1', 'Pod'), object, 'created', dryRun)
}

/** docker's reference grammar, as far as a typing error goes. */
const IMAGE = /^[A-Za-z0-9][A-Za-z0-9._:/-]*(@[A-Za-z0-9_+.-]+:[0-9a-fA-F]{32,})?$/

function checkAttach(s: Session): void {
  const attached = isOn(s, 'attach') || isOn(s, 'stdin')
  if (isOn(s, 'tty') && !isOn(s, 'stdin')) usageError(s.path, '-i/--stdin is required for containers with -t/--tty=true')
  if (isOn(s, 'rm') && !attached) usageError(s.path, '--rm should only be used for attached containers')
  if (attached) fail('attaching to a container (-i, --attach) is not simulated here; leave it out, and read its output with logs')
}

function* create(s: Session, object: KubeObject, dryRun: DryRun): Run<KubeObject> {
  const annotated = isOn(s, 'save-config') ? saveLastApplied(object) : object
  if (dryRun === 'client')
    return s.namespaceSet ? { ...object, metadata: { ...object.metadata, namespace: s.namespace } } : object
  const query = { ...(dryRun === 'server' && { dryRun: 'All' }), fieldManager: text(s, 'field-manager') }
  return yield* demand<KubeObject>(s, createObject(mustResource(object.apiVersion, object.kind), s.namespace, annotated, query))
}

function podOf(s: Session, name: string, image: string): KubeObject {
  const args = s.args.slice(1)
  const env = list(s, 'env').map(readEnv)
  const annotations = pairs(list(s, 'annotations'))
  const port = text(s, 'port')
  const policy = pullPolicy(s)
  const container = {
    name,
    image,
    ...(args.length > 0 && (isOn(s, 'command') ? { command: args } : { args })),
    ...(port !== '' && { ports: [{ containerPort: portNumber(port) }] }),
    ...(env.length > 0 && { env }),
    resources: {},
    ...(policy !== '' && { imagePullPolicy: policy }),
    ...(isOn(s, 'privileged') && { securityContext: { privileged: true } }),
  }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: labelsOf(s, name), ...(annotations && { annotations }) },
    spec: { containers: [container], restartPolicy: restartPolicy(s), dnsPolicy: 'ClusterFirst' },
    status: {},
  }
}

function pullPolicy(s: Session): string {
  const policy = text(s, 'image-pull-policy')
  return ['', 'Always', 'IfNotPresent', 'Never'].includes(policy)
    ? policy
    : usageError(s.path, `invalid image pull policy: ${policy}`)
}

function restartPolicy(s: Session): string {
  const policy = text(s, 'restart')
  if (policy === 'Always' || policy === 'OnFailure' || policy === 'Never') return policy
  return usageError(s.path, `invalid restart policy: ${policy}`)
}

function labelsOf(s: Session, name: string): Record<string, string> {
  if (text(s, 'labels') === '') return { run: name }
  return parseLabels(text(s, 'labels'))
}

function pairs(given: readonly string[]): Record<string, string> | undefined {
  if (given.length === 0) return undefined
  return Object.fromEntries(
    given.map(pair => {
      const at = pair.indexOf('=')
      return at < 1 ? fail(`cannot parse annotation: ${pair}`) : [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

function readEnv(pair: string): { readonly name: string; readonly value: string } {
  const at = pair.indexOf('=')
  const name = pair.slice(0, at)
  return at < 1 || !/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name) ? fail(`invalid env: ${pair}`) : { name, value: pair.slice(at + 1) }
}

const portNumber = (port: string): number =>
  /^\d+$/.test(port) ? Number(port) : fail(`strconv.Atoi: parsing ${JSON.stringify(port)}: invalid syntax`)

function serviceOf(s: Session, name: string, pod: KubeObject): KubeObject {
  const labels = pod.metadata.labels ?? {}
  const port = portNumber(text(s, 'port'))
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, ...(changed(s, 'labels') && { labels }) },
    spec: { selector: labels, ports: [{ protocol: 'TCP', port, targetPort: port }] },
    status: { loadBalancer: {} },
  }
}

export const runCommand: Command = {
  name: 'run',
  use: 'run NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]',
  short: 'Run a particular image on the cluster',
  long: 'Create and run a particular image in a pod.',
  examples: [
    '# Start a nginx pod',
    'kubectl run nginx --image=nginx',
    '',
    '# Start a hazelcast pod and let the container expose port 5701',
    'kubectl run hazelcast --image=hazelcast/hazelcast --port=5701',
    '',
    '# Start a busybox pod with a command, and do not restart it when it exits',
    'kubectl run box --image=busybox --restart=Never -- sleep 3600',
    '',
    '# Print the pod without creating it',
    'kubectl run nginx --image=nginx --dry-run=client -o yaml',
  ],
  flags: [
    ...refused(
      'cascade detach-keys f/filename:slice force:bool grace-period:int k/kustomize leave-stdin-open:bool pod-running-timeout:duration R/recursive:bool timeout:duration wait:bool',
    ),
    ...OVERRIDE_FLAGS,
    flag.array('annotations', 'Annotations to apply to the pod.'),
    flag.bool(
      'attach',
      "If true, wait for the Pod to start running, and then attach to the Pod as if 'kubectl attach ...' were called.",
    ),
    flag.bool(
      'command',
      "If true and extra arguments are present, use them as the 'command' field in the container, rather than the 'args' field which is the default.",
    ),
    flag.array('env', 'Environment variables to set in the container.'),
    flag.bool('expose', 'If true, create a ClusterIP service associated with the pod.  Requires `--port`.'),
    flag.string('image', 'The image for the container to run.', { required: true }),
    flag.string(
      'image-pull-policy',
      'The image pull policy for the container.  If left empty, this value will not be specified by the client and defaulted by the server.',
    ),
    flag.string('labels', 'Comma separated labels to apply to the pod. Will override previous values.', { short: 'l' }),
    flag.string('port', 'The port that this container exposes.'),
    flag.bool('privileged', 'If true, run the container in privileged mode.'),
    flag.bool('quiet', 'If true, suppress prompt messages.', { short: 'q' }),
    flag.string('restart', 'The restart policy for this Pod.  Legal values [Always, OnFailure, Never].', { value: 'Always' }),
    flag.bool(
      'rm',
      "If true, delete the pod after it exits.  Only valid when attaching to the container, e.g. with '--attach' or with '-i/--stdin'.",
    ),
    flag.bool('stdin', 'Keep stdin open on the container in the pod, even if nothing is attached.', { short: 'i' }),
    flag.bool('tty', 'Allocate a TTY for the container in the pod.', { short: 't' }),
    ...PRINT_FLAGS,
    SAVE_CONFIG,
    DRY_RUN,
    fieldManager('kubectl-run'),
  ],
  arguments: 'none',
  run,
}
