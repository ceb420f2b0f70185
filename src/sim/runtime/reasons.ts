/** Reasons of the runtime, beyond those of the CRI (api/cri.ts). */
declare module '../kernel/types' {
  interface Reasons {
    /** The sandbox stands: its pause container holds the pod's network namespace. */
    'runtime.sandbox': { pod: string; sandbox: string; ip: string }
    /** An image is on the node now. */
    'runtime.image': { image: string; bytes: number }
    /** A container's program runs, or has ended. */
    'runtime.container': { name: string; state: 'running' | 'exited'; exitCode?: number }
  }
}

export {}
