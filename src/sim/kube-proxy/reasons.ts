declare module '../kernel/types' {
  interface Reasons {
    /** kube-proxy compared what it was told with the rules in force. */
    'kube-proxy.sync': { services: number; endpoints: number; changed: readonly string[]; removed: readonly string[] }
    /** A change waits: rules are written at most once a second. */
    'kube-proxy.waits': { service: string; ms: number }
  }
}

export {}
