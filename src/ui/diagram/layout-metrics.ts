/** The metrics server's place: over the nodes, whose kubelets it asks. Its wires to them run down beside the nodes' houses. */
import type { Placed, Point, Rect } from './layout'

const HEIGHT = { usual: 48, large: 56 } as const

/** The top of the nodes' column. */
export const placeMetricsServer = (column: Rect, large: boolean): Rect => ({
  ...column,
  height: large ? HEIGHT.large : HEIGHT.usual,
})

/** Between the metrics server's own wire to the apiserver and the one that leads down to the nodes. */
const BELOW = 15
/** Left of the nodes' houses. */
const BESIDE = 9

/** Its wires, each to a node, and to those that share a house: one goes down beside the nodes, and turns in to each kubelet above that one's own wire. */
export function wiresOfMetricsServer(
  house: Rect,
  { nodes, restRect }: Pick<Placed, 'nodes' | 'restRect'>,
): { readonly node: string | undefined; readonly points: readonly Point[] }[] {
  const x = house.x - BESIDE
  const start = house.y + house.height / 2 + BELOW
  const down = (endX: number, y: number): readonly Point[] => [
    { x: house.x, y: start },
    { x, y: start },
    { x, y },
    { x: endX, y },
  ]
  return [
    ...nodes.map(({ name, kubelet }) => ({
      node: name,
      points: down(kubelet.x, kubelet.y + Math.min(12, kubelet.height / 4)),
    })),
    ...(restRect ? [{ node: undefined, points: down(restRect.x, restRect.y + 14) }] : []),
  ]
}
