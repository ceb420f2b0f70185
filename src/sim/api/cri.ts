/**
 * The container runtime interface: gRPC between a kubelet and the runtime of its node. Models k8s.io/cri-api/pkg/apis/runtime/v1,
 * with what the status calls would say told by the answers of the calls that change it.
 */
import type { Message } from '../kernel/types'

/** What the runtime is asked to do. */
export type CriCall =
  | { readonly method: 'RunPodSandbox'; readonly pod: PodSandboxConfig }
  | { readonly method: 'StopPodSandbox'; readonly sandbox: string }
  /** Removes the sandbox and the containers in it. */
  | { readonly method: 'RemovePodSandbox'; readonly sandbox: string }
  | { readonly method: 'ImageStatus'; readonly image: string }
  | { readonly method: 'PullImage'; readonly image: string }
  | { readonly method: 'CreateContainer'; readonly sandbox: string; readonly container: ContainerConfig }
  | { readonly method: 'StartContainer'; readonly container: string }
  | { readonly method: 'StopContainer'; readonly container: string; readonly timeoutSeconds: number }
  | { readonly method: 'RemoveContainer'; readonly container: string }
  /** Runs a command in a container and waits for its end; `timeoutSeconds` 0: however long that takes. */
  | {
      readonly method: 'ExecSync'
      readonly container: string
      readonly command: readonly string[]
      readonly timeoutSeconds: number
      readonly mounts?: readonly Mount[]
    }
  /** Runs a command for a person, whose standard input may go with it. Its streams are told when it has ended. */
  | {
      readonly method: 'Exec'
      readonly container: string
      readonly command: readonly string[]
      readonly stdin?: string
      /** What the kubelet has put into the container's volumes by now: a real runtime finds that on the node's disk. */
      readonly mounts?: readonly Mount[]
    }
  /** Opens the way to the ports of a sandbox: what goes over it is told by messages of its own (api/port-forward.ts). */
  | { readonly method: 'PortForward'; readonly sandbox: string }
  /** A container, with what is in the log file that its status names: the kubelet reads it by itself. */
  | { readonly method: 'ContainerStatus'; readonly container: string }
  /** Waits until a container's log file has lines that are later than `after` (virtual µs), or the container does not run: inotify, on a node. */
  | { readonly method: 'WatchLog'; readonly container: string; readonly after: number }
  /** Nobody waits for that any more; `watch` is the call's id. */
  | { readonly method: 'UnwatchLog'; readonly watch: number }
  /** What the running containers have used. A real runtime reads that from the kernel; here the caller says what users have told of loads. */
  | { readonly method: 'ListContainerStats'; readonly loads: readonly ContainerLoad[] }
  | { readonly method: 'ListImages' }
  /** All sandboxes with their containers: what a kubelet finds when it comes up. */
  | { readonly method: 'ListPodSandbox' }
export type CriMethod = CriCall['method']

/** What a user says that a container does (`kubestage.io/cpu`): CPU in thousandths of a core, memory in bytes. */
export interface ContainerLoad {
  readonly podUid: string
  readonly container: string
  readonly cpuMilli?: number
  readonly memory?: number
}
/** What a running container has used: CPU time since its start, and its working set in bytes. */
export interface ContainerStats {
  readonly podUid: string
  readonly name: string
  /** When that was so: virtual µs, whole milliseconds. */
  readonly at: number
  readonly cpuNanoseconds: number
  readonly memory: number
}

export interface PodSandboxConfig {
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly attempt: number
  /** The pod shares the node's network namespace. */
  readonly hostNetwork: boolean
}

/** A volume in a container, with what the kubelet has written into it. */
export interface Mount {
  readonly path: string
  /** Contents by path below it; under '' those of the file itself, where a subPath is one. */
  readonly files: Readonly<Record<string, string>>
  /** The folder that `..data` leads to: the kubelet changes all files at once. */
  readonly version?: string
  /** There may be more in it than is known. */
  readonly open?: boolean
  /** Nobody in the container can change it. */
  readonly readOnly?: boolean
  /** A subPath: it stays as it was when the container was made. */
  readonly stays?: boolean
}

/** A Service of which a container's environment tells (pkg/kubelet/envvars). */
export interface ServiceLink {
  readonly name: string
  readonly ip: string
  readonly ports: readonly { readonly name?: string; readonly port: number; readonly protocol: string }[]
}

export interface ContainerConfig {
  readonly name: string
  readonly image: string
  readonly command: readonly string[]
  readonly args: readonly string[]
  readonly attempt: number
  /** Ports that the pod's spec says the program listens on. */
  readonly ports: readonly number[]
  readonly hostname: string
  /** Variables that the pod's spec names. */
  readonly environment: readonly (readonly [name: string, value: string])[]
  /** Services that were there when it was made: their variables come of them. */
  readonly links: readonly ServiceLink[]
  /** Absent where nothing asks for them: its program is its image's, and it has no volume but its token's. */
  readonly mounts?: readonly Mount[]
  /** Where its program begins, whom it runs as, and whether its image can be changed; absent: as the image says, and it can. */
  readonly workingDir?: string
  readonly user?: number
  readonly readOnlyRoot?: boolean
  /** In bytes; absent: none. */
  readonly memoryLimit?: number
  /** The file in which the program may say why it ended, and whether the end of its log counts where it has failed and said nothing. */
  readonly terminationMessage?: { readonly path: string; readonly orLog: boolean }
}

/** A pod's sandbox as the runtime sees it. */
export interface PodSandboxStatus {
  readonly id: string
  readonly ready: boolean
  readonly ip: string
  readonly attempt: number
}

/** A container as the runtime sees it. Times are virtual µs; 0 when it has not come to that. */
export interface CriContainer {
  readonly id: string
  readonly podUid: string
  readonly sandbox: string
  readonly name: string
  readonly image: string
  /** As the runtime resolved it: `docker.io/library/nginx:1.27`. */
  readonly resolvedImage: string
  /** `docker.io/library/nginx@sha256:…` */
  readonly imageRef: string
  readonly attempt: number
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: number
  readonly startedAt: number
  readonly finishedAt: number
  readonly exitCode: number
  /** `Completed`, `Error`, `StartError`, `OOMKilled`; empty from a fake runtime. */
  readonly reason: string
  /** Not a runtime's word: nobody knows here what its command does. */
  readonly guessed?: boolean
  /** What the runtime has to say about the end. */
  readonly message?: string
}

export interface CriImage {
  /** Names by digest, then by tag. */
  readonly names: readonly string[]
  readonly sizeBytes: number
}

/** A pod as the runtime has it. Containers oldest first. */
export interface CriPod {
  readonly config: PodSandboxConfig
  readonly sandbox: PodSandboxStatus
  readonly containers: readonly CriContainer[]
}

/** A line of a container's log file. */
export interface CriLogLine {
  /** When it was written (virtual µs). */
  readonly at: number
  readonly text: string
}

/** What the answers carry. */
export interface CriResult {
  readonly sandbox?: PodSandboxStatus
  readonly container?: CriContainer
  /** Of ContainerStatus and WatchLog, oldest first, with the time up to which it has been read (virtual µs). */
  readonly log?: readonly CriLogLine[]
  readonly readAt?: number
  /** Of WatchLog. */
  readonly running?: boolean
  /** Of ExecSync: what the command wrote, its exit code, and whether all of it is simulated; what is not is taken to have gone well. */
  readonly output?: string
  /** Of Exec, beside the same two. */
  readonly stdout?: string
  readonly stderr?: string
  readonly exitCode?: number
  readonly known?: boolean
  /** Of ImageStatus and PullImage; absent when the image is not on the node. */
  readonly image?: CriImage
  /** Of ListImages, largest first. */
  readonly images?: readonly CriImage[]
  /** Of ListContainerStats. */
  readonly stats?: readonly ContainerStats[]
  /** Of ListPodSandbox. */
  readonly pods?: readonly CriPod[]
}

export interface CriRequest extends Message {
  readonly type: 'cri.request'
  readonly id: number
  readonly call: CriCall
}
/** `error` is a gRPC status as it prints. */
export interface CriResponse extends Message {
  readonly type: 'cri.response'
  readonly id: number
  readonly error?: string
  readonly result: CriResult
}
/** A line of GetContainerEvents: a container ended by itself. */
export interface CriEvent extends Message {
  readonly type: 'cri.event'
  readonly container: CriContainer
}

/** The container that a call names by its id. */
export const containerOf = (call: CriCall): string | undefined =>
  'container' in call && typeof call.container === 'string' ? call.container : undefined

/** What a call is about, for the trace. Who knows the name of its container says that instead. */
export function subjectOf(call: CriCall): string {
  if ('pod' in call) return `${call.pod.namespace}/${call.pod.name}`
  if ('image' in call) return call.image
  if ('container' in call) return typeof call.container === 'string' ? call.container.slice(0, 13) : call.container.name
  return 'sandbox' in call ? call.sandbox.slice(0, 13) : ''
}

declare module '../kernel/types' {
  interface Reasons {
    /** The kubelet asks the runtime. `subject` is the pod, container or image. */
    'cri.request': { id: number; method: CriMethod; subject: string }
    /** The runtime answers; `error` where it failed. */
    'cri.response': { id: number; method: CriMethod; subject: string; error?: string }
    /** A container ended by itself. */
    'cri.event': { container: string; name: string; exitCode: number }
  }
}
