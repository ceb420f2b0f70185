// Models GetResourcesAndPairs and ParsePairs of k8s.io/kubectl/pkg/cmd/util/helpers.go.
import { fail } from './errors'

/** Arguments as resources, then `KEY=VALUE` or `KEY-`. */
export function resourcesAndPairs(
  args: readonly string[],
  what: string,
): { readonly resources: readonly string[]; readonly pairs: readonly string[] } {
  const resources: string[] = []
  const pairs: string[] = []
  for (const arg of args) {
    const isPair = (arg.includes('=') && !arg.startsWith('=')) || (arg.endsWith('-') && arg !== '-')
    if (isPair) pairs.push(arg)
    else if (pairs.length > 0) fail(`all resources must be specified before ${what} changes: ${arg}`)
    else resources.push(arg)
  }
  return { resources, pairs }
}

/** What pairs set and what they take away. */
export interface Changes {
  readonly set: ReadonlyMap<string, string>
  readonly remove: readonly string[]
}
