// Models pkg/scheduler/framework/plugins/noderesources/balanced_allocation.go.
import { type Plugin, SKIP } from '../../framework'

const NO_STATE = Object.freeze({ state: undefined })

/**
 * Prefers nodes whose CPU and memory are used evenly, and more so if the pod makes them more even: half the difference between
 * the balance with the pod and without it, on top of 75. Pods that ask for neither say nothing about balance.
 */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  preScore: ({ requests }) => (requests.milliCpu === 0 && requests.memory === 0 ? SKIP : NO_STATE),
  score({ requests }, { allocatable, milliCpu, memory }) {
    const before = balance(milliCpu, allocatable.milliCpu, memory, allocatable.memory)
    const after = balance(milliCpu + requests.milliCpu, allocatable.milliCpu, memory + requests.memory, allocatable.memory)
    return Math.floor((150 + after - before) / 2)
  },
}

/** 100 where both are used to the same share; less by the standard deviation of the two shares. */
function balance(cpu: number, cpuCapacity: number, memory: number, memoryCapacity: number): number {
  if (cpuCapacity === 0 || memoryCapacity === 0) return 100
  const deviation = Math.abs(Math.min(1, cpu / cpuCapacity) - Math.min(1, memory / memoryCapacity)) / 2
  return Math.trunc((1 - deviation) * 100)
}
