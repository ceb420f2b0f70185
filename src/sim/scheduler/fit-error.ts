// Models pkg/scheduler/framework/types.go (FitError.Error): the words in which a pod is told that no node will do.
import type { Rejection } from './framework'

/**
 * `0/3 nodes are available: 2 Insufficient cpu, 1 node(s) were unschedulable. …`. Reasons are counted and sorted as text, number
 * first. `preFilter` stands for the reasons of all nodes; `postFilter` is what preemption had to say.
 */
export function fitErrorText(nodes: number, rejections: Iterable<Rejection>, postFilter = '', preFilter = ''): string {
  let text = `0/${nodes} nodes are available:`
  if (preFilter !== '') text += ` ${preFilter}.`
  else {
    const histogram = countReasons(rejections)
    if (histogram.length > 0) text += ` ${histogram.join(', ')}.`
  }
  return postFilter === '' ? text : `${text} ${postFilter}`
}

function countReasons(rejections: Iterable<Rejection>): string[] {
  const counts = new Map<string, number>()
  for (const { reasons } of rejections) for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
}
