// Models describeContainers and what it calls in kubectl's describe.go.
import type { ContainerState, Probe } from 'kubernetes-types/core/v1'
import type { Container, ContainerStatus } from '../../api/types'
import { environment, type FieldResolver } from './environment'
import { dateOf, goList, sortedBy, yesNo } from './format'
import type { Writer } from './writer'

export interface ContainersOptions {
  readonly title: string
  /** Of a Pod; a template has none. */
  readonly statuses?: readonly ContainerStatus[]
  /** Finds the values of fields of the Pod. */
  readonly resolve?: FieldResolver
  /** In a template, which is indented. */
  readonly indented?: boolean
}

export function writeContainers(writer: Writer, containers: readonly Container[], options: ContainersOptions): void {
  const indent = options.indented ? '  ' : ''
  writer.line(0, `${indent}${options.title}:${containers.length === 0 ? ' <none>' : ''}`)
  for (const container of containers) {
    const status = options.statuses?.find(({ name }) => name === container.name)
    writer.line(1, `${options.indented ? ' ' : ''}${container.name}:`)
    basics(writer, container, status)
    words(writer, 'Command', container.command)
    words(writer, 'Args', container.args)
    if (status) {
      state(writer, 'State', status.state)
      if (status.lastState?.terminated) state(writer, 'Last State', status.lastState)
      writer.line(2, 'Ready:', yesNo(status.ready))
      writer.line(2, 'Restart Count:', String(status.restartCount))
    }
    writeResources(writer, 2, container.resources)
    probes(writer, container)
    environment(writer, container, options.resolve)
    mounts(writer, container)
  }
}

function basics(writer: Writer, container: Container, status: ContainerStatus | undefined): void {
  if (status) writer.line(2, 'Container ID:', status.containerID ?? '')
  writer.line(2, 'Image:', container.image ?? '')
  if (status) writer.line(2, 'Image ID:', status.imageID)
  const ports = container.ports ?? []
  const text = (number: (port: (typeof ports)[number]) => number | undefined) =>
    ports.map(port => `${number(port) ?? 0}/${port.protocol}${port.name ? ` (${port.name})` : ''}`).join(', ')
  const title = (list: string) => (list.includes(',') ? 'Ports:' : 'Port:')
  const [own, host] = [text(port => port.containerPort), text(port => port.hostPort)]
  writer.line(2, title(own), own || '<none>')
  writer.line(2, `Host ${title(host)}`, host || '<none>')
  const seccomp = container.securityContext?.seccompProfile
  if (seccomp) {
    writer.line(2, 'SeccompProfile:', seccomp.type)
    if (seccomp.type === 'Localhost') writer.line(3, 'LocalhostProfile:', seccomp.localhostProfile ?? '')
  }
}

function words(writer: Writer, title: string, list: readonly string[] = []): void {
  if (list.length === 0) return
  writer.line(2, `${title}:`)
  for (const line of list.flatMap(word => word.split('\n'))) writer.line(3, line)
}

function state(writer: Writer, title: string, { running, waiting, terminated }: ContainerState = {}): void {
  if (running) {
    writer.line(2, `${title}:`, 'Running')
    writer.line(3, 'Started:', dateOf(running.startedAt))
  } else if (terminated) {
    writer.line(2, `${title}:`, 'Terminated')
    if (terminated.reason) writer.line(3, 'Reason:', terminated.reason)
    if (terminated.message) writer.line(3, 'Message:', terminated.message)
    writer.line(3, 'Exit Code:', String(terminated.exitCode))
    if (terminated.signal) writer.line(3, 'Signal:', String(terminated.signal))
    writer.line(3, 'Started:', dateOf(terminated.startedAt))
    writer.line(3, 'Finished:', dateOf(terminated.finishedAt))
  } else {
    writer.line(2, `${title}:`, 'Waiting')
    if (waiting?.reason) writer.line(3, 'Reason:', waiting.reason)
  }
}

/** Limits and requests, by name. Models describeResources. */
export function writeResources(
  writer: Writer,
  level: number,
  resources: { readonly limits?: Readonly<Record<string, string>>; readonly requests?: Readonly<Record<string, string>> } = {},
): void {
  const part = (title: string, amounts: Readonly<Record<string, string>> = {}) => {
    const names = Object.keys(amounts).sort()
    if (names.length > 0) writer.line(level, `${title}:`)
    for (const name of names) writer.line(level + 1, `${name}:`, amounts[name] ?? '')
  }
  part('Limits', resources.limits)
  part('Requests', resources.requests)
}

function probes(writer: Writer, { livenessProbe, readinessProbe, startupProbe }: Container): void {
  if (livenessProbe) writer.line(2, 'Liveness:', probeText(livenessProbe))
  if (readinessProbe) writer.line(2, 'Readiness:', probeText(readinessProbe))
  if (startupProbe) writer.line(2, 'Startup:', probeText(startupProbe))
}

/** `http-get http://:80/ delay=0s timeout=1s period=10s #success=1 #failure=3`. Models DescribeProbe. */
function probeText(probe: Probe): string {
  const { initialDelaySeconds = 0, timeoutSeconds = 0, periodSeconds = 0, successThreshold = 0, failureThreshold = 0 } = probe
  const times = `delay=${initialDelaySeconds}s timeout=${timeoutSeconds}s period=${periodSeconds}s`
  return `${handlerText(probe)} ${times} #success=${successThreshold} #failure=${failureThreshold}`
}
function handlerText({ exec, httpGet, tcpSocket, grpc }: Probe): string {
  if (exec) return `exec ${goList(exec.command)}`
  if (httpGet) {
    const path = encodeURI(httpGet.path ?? '')
      .replaceAll('?', '%3F')
      .replaceAll('#', '%23')
    const slash = path === '' || path.startsWith('/') ? '' : '/'
    return `http-get ${(httpGet.scheme ?? '').toLowerCase()}://${httpGet.host ?? ''}:${httpGet.port}${slash}${path}`
  }
  if (tcpSocket) return `tcp-socket ${tcpSocket.host ?? ''}:${tcpSocket.port}`
  return grpc ? `grpc <pod>:${grpc.port} ${grpc.service ?? ''}` : 'unknown'
}

function mounts(writer: Writer, container: Container): void {
  const list = container.volumeMounts ?? []
  const none = list.length === 0 ? ['<none>'] : []
  writer.line(2, 'Mounts:', ...none)
  for (const mount of sortedBy(list, ({ mountPath }) => mountPath)) {
    const flags = [mount.readOnly ? 'ro' : 'rw', ...(mount.subPath ? [`path=${JSON.stringify(mount.subPath)}`] : [])]
    writer.line(3, `${mount.mountPath} from ${mount.name} (${flags.join(',')})`)
  }
  if (!container.volumeDevices?.length) return
  writer.line(2, 'Devices:', ...none)
  for (const { devicePath, name } of sortedBy(container.volumeDevices, device => device.devicePath)) {
    writer.line(3, `${devicePath} from ${name}`)
  }
}
