// Models k8s.io/pod-security-admission: what a namespace's labels let pods be. The level `privileged`, which is the default, lets all be.
import type { Plugin } from '../attempt'

/** Levels other than privileged are not checked yet (docs/fidelity.md). */
export const podSecurity: Plugin = { name: 'PodSecurity', operations: ['CREATE'], resources: ['pods'], admit: () => undefined }
