/** Reasons of the runtime, beyond those of the CRI (api/cri.ts). */
declare module '../kernel/types' {
  interface Reasons {
    /** The sandbox stands: its pause container holds the pod's network namespace. */
    'runtime.sandbox': { pod: string; sandbox: string; ip: string }
    /** An image is on the node now. */
    'runtime.image': { image: string; bytes: number }
    /** A person's command begins in a container. */
    'runtime.exec': { name: string; command: string }
    /** A command in a container opens a connection. */
    'runtime.connect': { name: string; to: string }
    /** What was sent to a forwarded port goes into the Pod's network namespace, to that port there. */
    'runtime.forward': { pod: string; port: number }
    /** A container's program runs, or has ended. */
    'runtime.container': { name: string; state: 'running' | 'exited'; exitCode?: number }
  }
}

export {}
