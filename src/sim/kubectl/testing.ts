/** For tests: kubectl before an apiserver that says what the test tells it to, and a terminal that is a fold of the trace. */
import openapi from '../api/data/openapi.json'
import { parseApiPath } from '../api/kinds'
import type { KubectlMessage } from '../api/kubectl'
import type { HttpRequest, HttpResponse, WatchEvent, WatchEventType } from '../api/messages'
import { ROOMS } from '../api/rooms'
import { createSchema } from '../api/schema'
import { notFound, unknownResource } from '../api/status'
import type { KubeObject } from '../api/types'
import { Simulation, type SimulationConfig } from '../kernel/simulation'
import type { Context, Message, Room, Seq, Time } from '../kernel/types'
import { createKubectl } from './kubectl'

/** An answer of the script: a code and a body; for a watch the events that follow it. */
export interface Scripted {
  readonly code?: number
  readonly body?: unknown
  readonly events?: readonly { readonly event: WatchEventType; readonly object: unknown; readonly afterMs?: number }[]
  readonly warnings?: readonly string[]
}
export type Script = (request: HttpRequest) => Scripted | undefined

/** What a command did. */
export interface Ran {
  readonly stdout: string
  readonly stderr: string
  readonly code: number | undefined
  /** `GET /api/v1/pods?limit=500`, in order. */
  readonly requests: readonly string[]
  readonly bodies: readonly unknown[]
}

interface Later extends Message {
  readonly type: 'test.event'
  readonly to: WatchEvent
}

const schema = createSchema(openapi)

/** kubectl with a script for an apiserver; discovery and OpenAPI are answered by themselves. */
export class TestKubectl {
  readonly simulation: Simulation
  readonly requests: HttpRequest[] = []
  private next = 1

  constructor(private readonly script: Script) {
    this.simulation = Simulation.boot(this.config())
    this.simulation.run({ settled: true })
  }

  /** What a run is made of: kubectl and the script. */
  config(): SimulationConfig {
    return { rooms: [this.apiserver(), createKubectl({ schema })] as Room[], seed: 1, latency: () => () => 400 }
  }

  /** Runs a command to its end, or until nothing happens any more. */
  run(line: string, more: Omit<Partial<KubectlMessage>, 'type' | 'id' | 'line'> = {}): Ran {
    const from = this.requests.length
    const id = this.start(line, more)
    this.simulation.run({ settled: true, deliveries: 10_000 })
    return this.result(id, from)
  }

  /** Starts a command and returns its id. */
  start(line: string, more: Omit<Partial<KubectlMessage>, 'type' | 'id' | 'line'> = {}): number {
    const id = this.next++
    this.command({ type: 'kubectl', id, line, ...more } as KubectlMessage, line)
    return id
  }

  command(message: Message, text = ''): void {
    this.simulation.command({ to: ROOMS.kubectl, message, text })
  }

  pass(ms: number): void {
    this.simulation.run({ time: (this.simulation.now + ms * 1000) as Time })
  }

  /** The output of a command so far. */
  result(id: number, from = 0): Ran {
    let stdout = ''
    let stderr = ''
    let code: number | undefined
    for (let seq = 1; seq <= this.simulation.trace.length; seq++) {
      const { reason, args } = this.simulation.trace.entry(seq as never)
      const of = args as { id?: number; stream?: string; text?: string; code?: number }
      if (of.id !== id) continue
      if (reason === 'kubectl.exit') code = of.code
      if (reason === 'kubectl.output') {
        if (of.stream === 'stdout') stdout += of.text
        else stderr += of.text
      }
    }
    const made = this.requests.slice(from)
    return {
      stdout,
      stderr,
      code,
      requests: made.map(requestText),
      bodies: made.flatMap(({ body }) => (body === undefined ? [] : [body])),
    }
  }

  private apiserver(): Room<Record<string, never>> {
    return {
      id: ROOMS.apiserver,
      init: () => ({}),
      handle: (_, message, context) => {
        if (message.type === 'test.event')
          context.send(ROOMS.kubectl, (message as Later).to, 'http.cancel', { id: 0, resource: '' })
        else if (message.type === 'request') this.answer(message as HttpRequest, context)
      },
    }
  }

  private answer(request: HttpRequest, context: Context): void {
    const quiet = /^\/(api|apis|openapi\/v[23].*)$/.test(request.path)
    if (!quiet) this.requests.push(request)
    const scripted = this.script(request) ?? (quiet ? { body: {} } : { code: 404, body: missing(request) })
    const { code = 200, body = {}, warnings } = scripted
    const response: HttpResponse = { type: 'response', id: request.id, code, body, ...(warnings && { warnings }) }
    context.send(context.from, response, 'http.response', { verb: 'get', resource: '', id: request.id, request: 0 as Seq, code })
    for (const { event, object, afterMs = 1 } of scripted.events ?? [])
      context.after(afterMs, {
        type: 'test.event',
        to: { type: 'watch-event', id: request.id, event, object: object as KubeObject },
      } as Later)
  }
}

/** The bookmark that ends the objects a watch begins with. */
export const bookmark = (): Required<Scripted>['events'][number] => ({
  event: 'BOOKMARK',
  object: { metadata: { name: '', annotations: { 'k8s.io/initial-events-end': 'true' } } },
  afterMs: 2,
})

function missing({ path }: HttpRequest): unknown {
  const parsed = parseApiPath(path)
  const type = parsed?.type
  return type && parsed?.name !== undefined ? notFound(type, parsed.name) : unknownResource()
}

/** A request as the audit log's uri has it, with its method in front. */
export function requestText({ method, path, query }: HttpRequest): string {
  const encoded = Object.keys(query)
    .sort()
    .map(key => `${key}=${encodeURIComponent(query[key] ?? '')}`)
    .join('&')
  return `${method} ${path}${encoded ? `?${encoded}` : ''}`
}
