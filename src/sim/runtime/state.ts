import type { ContainerConfig, CriContainer, CriImage, CriRequest, PodSandboxConfig, PodSandboxStatus } from '../api/cri'
import { StateMap } from '../kernel/state-map'
import type { TimerId } from '../kernel/types'
import type { OpenConnection } from './exec-calls'
import type { Program } from './programs'
import type { CpuTime } from './usage'
import type { Userland } from './userlands'
import type { Job } from './work'

/** A pod's sandbox. Replaced, never changed. */
export interface Sandbox {
  readonly config: PodSandboxConfig
  readonly status: PodSandboxStatus
}
/** A container with what it was made of. Replaced, never changed. */
export interface RuntimeContainer {
  readonly config: ContainerConfig
  /** What its image brings. */
  readonly userland: Userland
  readonly program: Program
  readonly status: CriContainer
  /** Files that commands in it wrote (ExecSync, Exec); null where one was removed. */
  readonly files?: Readonly<Record<string, string | null>>
}

/** A call that waits until a log has grown, with the timer of the next line. */
export interface LogWatch {
  readonly request: CriRequest
  readonly timer?: TimerId
}

export interface RuntimeState {
  /** Images by full name. */
  readonly images: Map<string, CriImage>
  readonly sandboxes: Map<string, Sandbox>
  readonly containers: Map<string, RuntimeContainer>
  /** Sandboxes by address. */
  readonly addresses: Map<string, string>
  /** Calls that wait for the network, by sandbox. */
  readonly connecting: Map<string, CriRequest>
  /** When a program will end by itself, by container. */
  readonly ends: Map<string, TimerId>
  /** Who waits for more of a container's log, by call. */
  readonly logWatches: Map<number, LogWatch>
  /** Connections that commands in containers have opened, by the entry in which each began. */
  readonly connections: Map<number, OpenConnection>
  /** Calls that keep a processor busy, by id. */
  readonly jobs: Map<number, Job>
  /** CPU time of containers whose statistics somebody has asked for. */
  readonly cpu: Map<string, CpuTime>
  /** containerd runs; containers do also without it, each under its shim. */
  readonly isServing: boolean
}

export const newRuntimeState = (): RuntimeState => ({
  images: new Map(),
  sandboxes: new StateMap(),
  containers: new StateMap(),
  addresses: new StateMap(),
  connecting: new Map(),
  ends: new Map(),
  logWatches: new Map(),
  connections: new Map(),
  jobs: new Map(),
  cpu: new Map(),
  isServing: true,
})

/** What is there without containerd: all but the calls that it was at. A sandbox that it was making is gone. */
export function withoutServer(state: RuntimeState): RuntimeState {
  for (const id of state.connecting.keys()) state.sandboxes.delete(id)
  return { ...state, connecting: new Map(), logWatches: new Map(), connections: new Map(), jobs: new Map(), isServing: false }
}
