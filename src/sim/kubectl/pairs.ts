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

/** Reads `KEY=VALUE`, and `KEY-` where that may be. */
export function readPairs(pairs: readonly string[], what: string, removable: boolean): Changes {
  const set = new Map<string, string>()
  const remove: string[] = []
  const wrong: string[] = []
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at > 0) set.set(pair.slice(0, at), pair.slice(at + 1))
    else if (removable && pair.endsWith('-') && pair !== '-') remove.push(pair.slice(0, -1))
    else wrong.push(pair)
  }
  if (wrong.length > 0) fail(`invalid ${what} format: ${wrong.join(', ')}`)
  return { set, remove }
}
