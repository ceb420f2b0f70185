/** The patches of the API, by media type. All are pure; what they do not touch is shared with the original. */
export type { Fields, Patched } from './json'
export { applyJsonPatch } from './json-patch'
export { applyMergePatch, createMergePatch } from './merge-patch'
export { applyStrategicPatch } from './strategic-apply'
export { createThreeWayMergePatch, createTwoWayMergePatch } from './strategic-create'
