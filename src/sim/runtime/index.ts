export { createRuntime } from './runtime'
export type { RuntimeState } from './state'
