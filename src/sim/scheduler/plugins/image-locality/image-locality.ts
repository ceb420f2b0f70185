// Models pkg/scheduler/framework/plugins/imagelocality/image_locality.go.
import { nodeList } from '../../cache'
import { MAX_NODE_SCORE, type Plugin } from '../../framework'
import { normalizedImage } from '../../node-info'

const MB = 1024 * 1024
const MIN_BYTES = 23 * MB
const MAX_BYTES_PER_CONTAINER = 1000 * MB

interface Images {
  readonly names: readonly string[]
  /** Share of all nodes that have the image: few nodes with it shall not attract every pod. */
  readonly spread: readonly number[]
}

/** Prefers nodes that have much of what the pod's containers run already. */
export const imageLocality: Plugin<undefined, Images> = {
  name: 'ImageLocality',
  preScore({ pod }, _nodes, { cache }) {
    const { initContainers, containers } = pod.spec
    const all = initContainers ? [...initContainers, ...containers] : containers
    const names = all.map(c => normalizedImage(c.image ?? ''))
    const { length } = nodeList(cache).names
    return { state: { names, spread: names.map(name => (cache.imageNodes.get(name) ?? 0) / length) } }
  },
  score(_pod, { images }, { names, spread }) {
    if (images.size === 0) return 0
    let bytes = 0
    for (let i = 0; i < names.length; i++) bytes += Math.trunc((images.get(names[i] ?? '') ?? 0) * (spread[i] ?? 0))
    const most = MAX_BYTES_PER_CONTAINER * names.length
    const held = Math.min(Math.max(bytes, MIN_BYTES), most)
    return Math.trunc((MAX_NODE_SCORE * (held - MIN_BYTES)) / (most - MIN_BYTES))
  },
}
