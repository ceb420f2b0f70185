/** Puts the fixture in the place of the worker: `?fixture` in development. `?fixture=40` makes a cluster of 40 nodes. */
import { useSession } from '../session/session'
import type { Frame } from '../session/types'
import { frameAt, nodeOf, podOf } from './fixture'

/** Starts the made-up session. */
export function startFake(): void {
  const query = new URLSearchParams(location.search)
  const many = Number(query.get('fixture')) || 0
  const each = Number(query.get('pods')) || 3
  const nodes = Array.from({ length: many }, (_, i) => {
    const pods = Array.from({ length: each }, (_, j) => podOf(`${i}x${j}`, `node-${i + 1}`))
    const groups = [{ owner: 'ReplicaSet/web-7d876db474', status: 'Running', count: pods.length }]
    return nodeOf(`node-${i + 1}`, pods.slice(0, 24), { podCount: pods.length, groups })
  })
  const at = (n: number, commanded = true): Frame => frameAt(n, commanded, many > 0 ? nodes : undefined)
  const show = (n: number, animate: boolean) =>
    useSession.setState(state => ({ frame: at(n), play: animate ? state.play + 1 : state.play }))
  const here = () => useSession.getState().frame?.positions.story ?? { n: 0, count: 0 }
  useSession.setState({
    status: 'ready',
    frame: at(0, query.has('begun')),
    step: async by => show(Math.max(0, Math.min(here().count, here().n + by)), by > 0),
    seek: async to => {
      if ('position' in to) show(to.position, false)
    },
    setDepth: async depth => useSession.setState(state => (state.frame ? { frame: { ...state.frame, depth } } : {})),
    command: async () => {
      show(0, false)
      return undefined
    },
  })
}
