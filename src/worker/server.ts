/** The worker's side: boots the cluster, takes control calls, and runs in slices so that it always hears the next one. */
import { expose } from 'comlink'
import { milliOf, unitsOf } from '../sim/api/quantity'
import { createSchema } from '../sim/api/schema'
import { podStatus } from '../sim/apiserver/printers/pods'
import { defaultCluster } from '../sim/cluster'
import type { SimulationConfig } from '../sim/kernel/simulation'
import type { Seq } from '../sim/kernel/types'
import type { ViewTools } from '../view/cluster-view'
import { stageEntry } from '../view/scene'
import { completeLine, editorText } from './assist'
import { checkManifest } from './check-manifest'
import { inspect, objectDetail } from './details'
import type { CommandAnswer, Frame, KubestageWorker } from './protocol'
import { rehearse } from './rehearsal'
import { roomDetail } from './rooms'
import { failureOf, Session } from './session'

const tools: ViewTools = {
  podStatus: pod => ({
    status: podStatus(pod),
    ready: pod.status.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false,
  }),
  milliCores: milliOf,
  bytes: unitsOf,
}

/** Entries of the log at most. */
const WINDOW = 500

let session: Session | undefined
let post: (frame: Frame) => void = () => {}
/** A new run makes an older one stop. */
let runs = 0
/** Somebody has asked for something: from then on the user's own runs make the engine compile. */
let isAsked = false

const current = (): Session => {
  if (!session) throw new Error('the cluster has not been started')
  return session
}

/** Gives the event loop a turn, so that control calls are heard between slices. */
const turn = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))

/** Takes a run to its end in slices, posting Frames along the way. */
async function run(): Promise<void> {
  const mine = ++runs
  const s = current()
  let posted = performance.now()
  while (mine === runs && s === session && s.work()) {
    if (performance.now() - posted > 100) {
      post(s.frame())
      posted = performance.now()
    }
    await turn()
  }
  if (mine === runs && s === session) post(s.frame())
}

/** The page has been drawn by then, and a user who knows what to type is not yet done. */
const QUIET_MS = 500

/** Rehearses until somebody asks for something. One that breaks is the last: what broke is said when the user comes upon it. */
async function rehearseQuietly(rooms: SimulationConfig): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, QUIET_MS))
  try {
    const rehearsal = rehearse(rooms)
    while (!isAsked && !rehearsal.next().done) await turn()
  } catch {
    isAsked = true
  }
}

/** Long enough for a command of a small cluster to be done before its call answers. */
const PATIENT_MS = 400

async function patiently(s: Session): Promise<void> {
  const begun = performance.now()
  while (performance.now() - begun < PATIENT_MS && s.work());
}

const api: KubestageWorker = {
  async start(options, listener) {
    post = listener
    runs++
    const { default: openapi } = await import('../sim/api/data/openapi.json')
    const config = defaultCluster({ openapi, ...(options.seed !== undefined && { seed: options.seed }) })
    session = new Session(config, tools, options.log)
    if (!isAsked) void rehearseQuietly(config)
    return session.frame()
  },
  async command(command): Promise<CommandAnswer> {
    isAsked = true
    const s = current()
    const { forked, from } = s.command(command)
    await patiently(s)
    const readOnly = !s.running && s.readOnlySince(from)
    if (readOnly) s.toEnd()
    else s.step(1)
    if (s.running) void run()
    return { frame: s.frame(), readOnly, ...(forked !== undefined && { forked }) }
  },
  async step(by) {
    current().step(by)
    return current().frame()
  },
  async seek(to) {
    current().seek(to)
    return current().frame()
  },
  async setDepth(depth) {
    current().setDepth(depth)
    return current().frame()
  },
  async switchBranch(id) {
    current().switchBranch(id)
    return current().frame()
  },
  async skip() {
    const s = current()
    const from = s.simulation.trace.length
    s.skip()
    await patiently(s)
    s.seek({ seq: (from + 1) as Seq })
    if (s.running) void run()
    return s.frame()
  },
  inspect: async seq => inspect(current(), seq),
  object: async (resource, key) => objectDetail(current(), resource, key),
  room: async id => roomDetail(current(), id),
  async entries(range) {
    const { trace } = current().simulation
    const { cursor } = current().place
    const from = Math.max(1, range?.from ?? cursor - WINDOW / 2)
    const to = Math.min(trace.length, range?.to ?? cursor + WINDOW / 2, from + WINDOW - 1)
    return [...trace.entries(from as Seq, to as Seq)].map(stageEntry)
  },
  complete: async (line, cursor) => completeLine(current(), line, cursor),
  check: async manifest => {
    const { default: openapi } = await import('../sim/api/data/openapi.json')
    return checkManifest(manifest, createSchema(openapi))
  },
  edit: async line => editorText(current(), line),
  log: async () => current().log,
  hash: async seq => current().simulation.trace.hash(seq),
}

/** A control call that throws answers with what happened instead of dying with it. */
const guarded = Object.fromEntries(
  Object.entries(api).map(([name, call]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await (call as (...a: unknown[]) => Promise<unknown>)(...args)
      } catch (error) {
        const { message, stack } = failureOf(error)
        throw Object.assign(new Error(message), { stack })
      }
    },
  ]),
) as unknown as KubestageWorker

expose(guarded)
