// Models k8s.io/component-helpers/auth/rbac/validation/policy_comparator.go: which rules another set of rules lets do.
import type { PolicyRule } from './types'

/** Covers: what of the wanted rules, one permission each, none of the owned ones lets do. */
export const missingOf = (owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] =>
  wanted.flatMap(breakdown).filter(one => !owned.some(rule => covers(rule, one)))

/** BreakdownRule */
function breakdown({ apiGroups, resources, verbs, resourceNames, nonResourceURLs }: PolicyRule): PolicyRule[] {
  const out: PolicyRule[] = []
  for (const group of apiGroups ?? [])
    for (const resource of resources ?? [])
      for (const verb of verbs) {
        const one = { apiGroups: [group], resources: [resource], verbs: [verb] }
        if (resourceNames?.length) for (const name of resourceNames) out.push({ ...one, resourceNames: [name] })
        else out.push(one)
      }
  for (const url of nonResourceURLs ?? []) for (const verb of verbs) out.push({ nonResourceURLs: [url], verbs: [verb] })
  return out
}

const all = (set: readonly string[] = [], wanted: readonly string[] = []): boolean =>
  set.includes('*') || wanted.every(each => set.includes(each))

/** ruleCovers */
function covers(owned: PolicyRule, one: PolicyRule): boolean {
  return (
    all(owned.verbs, one.verbs) &&
    all(owned.apiGroups, one.apiGroups) &&
    (all(owned.resources, one.resources) ||
      (one.resources ?? []).every(
        path => path.includes('/') && owned.resources?.includes(`*${path.slice(path.indexOf('/'))}`),
      )) &&
    (one.nonResourceURLs ?? []).every(url =>
      owned.nonResourceURLs?.some(own => own === '*' || own === url || (own.endsWith('*') && url.startsWith(own.slice(0, -1)))),
    ) &&
    (!owned.resourceNames?.length ||
      (!!one.resourceNames?.length && one.resourceNames.every(name => owned.resourceNames?.includes(name))))
  )
}
