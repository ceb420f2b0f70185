import { describe, expect, it } from 'vitest'
import { cpuQuantity, memoryQuantity, readScrape, usageOf } from './points'

const line = (name: string, container: string, value: number | string, at = 1000) =>
  `${name}{container="${container}",namespace="default",pod="web"} ${value} ${at}`
const CPU = 'container_cpu_usage_seconds_total'
const MEMORY = 'container_memory_working_set_bytes'

describe('a scrape', () => {
  it('has a point for each container of a pod, and one for the node', () => {
    const text = [
      '# TYPE container_cpu_usage_seconds_total counter',
      line(CPU, 'nginx', 1.5),
      line(MEMORY, 'nginx', 2048),
      'node_cpu_usage_seconds_total 7 1000',
      'node_memory_working_set_bytes 4096 1000',
      '',
    ].join('\n')
    const { node, pods } = readScrape(text)
    expect(node).toEqual({ at: 1000, cpuSeconds: 7, memory: 4096 })
    expect(pods.get('default/web')?.get('nginx')).toEqual({ at: 1000, cpuSeconds: 1.5, memory: 2048 })
  })

  it('leaves out a pod one of whose containers has not used anything yet', () => {
    const text = [line(CPU, 'a', 1), line(MEMORY, 'a', 1), line(CPU, 'b', 0), line(MEMORY, 'b', 1)].join('\n')
    expect([...readScrape(text).pods]).toEqual([])
  })
})

describe('usage', () => {
  const point = (at: number, cpuSeconds: number) => ({ at, cpuSeconds, memory: 1024 })

  it('is what happened between two points', () => {
    expect(usageOf(point(16_000, 2.2), point(1000, 1))).toEqual({ cpu: 80_000_000, memory: 1024, at: 16_000, windowMs: 15_000 })
  })
  it('can’t be told from one point, or when the counter began anew', () => {
    expect(usageOf(point(16_000, 2.2), undefined)).toBeUndefined()
    expect(usageOf(point(16_000, 0.2), point(1000, 1))).toBeUndefined()
  })
  it('is written as Kubernetes writes quantities', () => {
    expect([80_000_000, 2_000_000_000, 1_666_000, 123].map(cpuQuantity)).toEqual(['80m', '2', '1666u', '123n'])
    expect([6 * 1024 * 1024, 1536, 1].map(memoryQuantity)).toEqual(['6Mi', '1536', '1'])
  })
})
