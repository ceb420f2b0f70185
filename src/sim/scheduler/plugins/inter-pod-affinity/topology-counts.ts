/** Numbers by topology: a label's key, then its value. */
export type TopologyCounts = Map<string, Map<string, number>>

export function addTo(counts: TopologyCounts, key: string, value: string, n: number): void {
  const values = counts.get(key)
  if (values) values.set(value, (values.get(value) ?? 0) + n)
  else counts.set(key, new Map([[value, n]]))
}
