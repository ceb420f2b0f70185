// Models ParseLabels of k8s.io/kubectl/pkg/generate/generate.go
import { fail } from './errors'

/** generate.ParseLabels: `a=b,c=d`. */
export function parseLabels(given: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const label of given.split(',')) {
    const [key, value, more] = label.split('=')
    if (!key || value === undefined || more !== undefined) return fail(`unexpected label spec: ${label}`)
    labels[key] = value
  }
  return labels
}
