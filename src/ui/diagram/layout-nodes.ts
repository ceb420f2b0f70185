/** The nodes' column: a house for each node while they fit, then one house that the rest share. */
import type { Rect } from './layout'

export interface NodeHouse {
  readonly name: string
  readonly rect: Rect
  readonly kubelet: Rect
  readonly kubeProxy: Rect
  readonly runtime: Rect
  /** Inside the runtime: where its pods stand. */
  readonly pods: Rect
  readonly network: Rect
  /** y of the wires to the apiserver. */
  readonly kubeletWire: number
  readonly kubeProxyWire: number
}

/** Between houses. */
export const GAP = 10
const LEAST = 154

/** More would put the last kube-proxy below the spine's foot, out of a straight wire's reach. */
const MOST = 4

/** How many houses fit into a column. */
export const houseSlots = (height: number): number => Math.max(1, Math.min(MOST, Math.floor((height + GAP) / (LEAST + GAP))))

/**
 * Places nodes from top to bottom. Wires may not lie lower than `lowest`, where the spine ends. `reserved` pixels at the top belong to
 * another house: all nodes but the last, which must reach up to its wires, are lower by as much.
 */
export function placeNodes(
  column: Rect,
  nodes: readonly string[],
  lowest: number,
  large: boolean,
  reserved = 0,
): { houses: readonly NodeHouse[]; rest: readonly string[]; restRect: Rect | undefined } {
  const slots = houseSlots(column.height)
  const crowded = nodes.length > slots
  const shown = crowded ? Math.max(1, slots - 1) : nodes.length
  const count = Math.max(3, crowded ? shown + 1 : shown)
  const height = Math.floor((column.height - GAP * (count - 1)) / count)
  const taken = reserved > 0 ? reserved + GAP : 0
  const lower = height - Math.ceil(taken / (count - 1))
  const at = (i: number): Rect => {
    const isLast = i === count - 1
    const y = isLast ? column.y + i * (height + GAP) : column.y + taken + i * (lower + GAP)
    return { x: column.x, y, width: column.width, height: isLast ? height : lower }
  }
  const share = kubeletShare(at(shown - 1), lowest, large)
  const houses = nodes.slice(0, shown).map((name, i) => furnish(name, at(i), lowest, large, share))
  return { houses, rest: nodes.slice(shown), restRect: crowded ? at(shown) : undefined }
}

const PAD = 10
/** Between kubelet and kube-proxy. */
const SPLIT = 7

const titleOf = (rect: Rect, large: boolean): number => (large || rect.height >= 190 ? 32 : 26)

/** The kubelet's height: half of what there is, or less where the last kube-proxy must reach up to a wire. */
function kubeletShare(last: Rect, lowest: number, large: boolean): number {
  const half = Math.floor((last.height - titleOf(last, large) - 22 - 12 - PAD - SPLIT) / 2)
  return Math.max(30, Math.min(half, lowest - 12 - SPLIT - last.y - titleOf(last, large)))
}

function furnish(name: string, rect: Rect, lowest: number, large: boolean, kubeletHeight: number): NodeHouse {
  const roomy = rect.height >= 190
  const title = titleOf(rect, large)
  const pad = PAD
  /** Between rooms that talk to each other: a short wire. */
  const link = roomy ? 16 : 11
  const networkHeight = large ? 26 : 21
  const network = {
    x: rect.x + pad,
    y: rect.y + rect.height - (roomy ? pad : 8) - networkHeight,
    width: rect.width - 2 * pad,
    height: networkHeight,
  }
  const top = rect.y + title
  const inner = network.y - link - top
  const room = Math.min(kubeletHeight, Math.floor((inner - SPLIT) / 2))
  const left = Math.round(Math.max(large ? 112 : 96, Math.min(124, rect.width * 0.26)))
  const kubelet = { x: rect.x + pad, y: top, width: left, height: room }
  const kubeProxy = { x: rect.x + pad, y: top + room + SPLIT, width: left, height: inner - room - SPLIT }
  const runtimeX = kubelet.x + left + (rect.width > 380 ? 40 : 26)
  const runtime = { x: runtimeX, y: top, width: rect.x + rect.width - pad - runtimeX, height: inner }
  const header = large ? 24 : 19
  const pods = { x: runtime.x + 6, y: runtime.y + header, width: runtime.width - 12, height: runtime.height - header - 4 }
  return {
    name,
    rect,
    kubelet,
    kubeProxy,
    runtime,
    pods,
    network,
    kubeletWire: kubelet.y + kubelet.height / 2,
    kubeProxyWire: Math.min(kubeProxy.y + kubeProxy.height / 2, lowest),
  }
}
