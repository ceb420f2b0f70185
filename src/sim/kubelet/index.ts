export { createKubelet } from './kubelet'
export type { KubeletState } from './state'
