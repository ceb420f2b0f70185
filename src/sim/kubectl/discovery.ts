// Models k8s.io/client-go/discovery/cached/disk and the RESTMapper: what the cluster serves, fetched once and kept on disk.
import { RESOURCES, type Resource, resolveResource, resourceByKind, resourcesOfCategory } from '../api/kinds'
import { perform } from '../client/effects'
import { fail, failWith } from './errors'
import { requestPath } from './requests'
import { demand, type KubectlState, type Run, type Session, warn } from './session'

/** How long the copy on disk is good. */
const TTL_US = 6 * 3600 * 1e6
const DISCOVERY =
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json'

/** Makes sure that discovery is on disk; the first command of a cluster fetches it. */
export function* discover(s: Session): Run {
  const fresh = yield* perform<KubectlState, boolean>(
    ({ state, context }) => state.discovered !== undefined && context.now - state.discovered < TTL_US,
  )
  if (!fresh) yield* fetchDiscovery(s)
}

/** Fetches discovery, whatever is on disk. */
export function* fetchDiscovery(s: Session): Run {
  const query = { timeout: '32s' }
  yield* demand(s, requestPath('/api', query, DISCOVERY))
  yield* demand(s, requestPath('/apis', query, DISCOVERY))
  yield* perform<KubectlState, void>(({ state, context }) => {
    state.discovered = context.now
  })
}

/** The resource that a word means: `po`, `deployments.apps`, `Deployment`. A word that is not known is looked up afresh once. */
export function* resourceOf(s: Session, word: string): Run<Resource> {
  yield* discover(s)
  const found = yield* lookUp(s, word)
  return found ?? fail(`the server doesn't have a resource type ${JSON.stringify(word.split('.')[0] ?? word)}`)
}

/** As `resourceOf`, with the words of those commands that ask the mapper themselves. Models meta.NoResourceMatchError. */
export function* mappedResource(s: Session, word: string): Run<Resource> {
  yield* discover(s)
  const found = yield* lookUp(s, word)
  if (found) return found
  const [name = word, ...group] = word.split('.')
  const where = group.length > 0 ? ` in group ${JSON.stringify(group.join('.'))}` : ''
  return failWith({ kind: 'plain', text: `the server doesn't have a resource type ${JSON.stringify(name)}${where}` })
}

/** A short name loses its version when it becomes the long one: `hpa.v1.autoscaling` is what the group prefers. */
function withoutVersion(word: string): string {
  const [, name = '', group = ''] = /^([^.]+)\.v\d\w*\.(.+)$/.exec(word) ?? []
  const isShort = RESOURCES.some(resource => resource.group === group && resource.shortNames.includes(name))
  return isShort ? `${name}.${group}` : word
}

function* lookUp(s: Session, given: string): Run<Resource | undefined> {
  const word = withoutVersion(given)
  // only short names are taken as they are written
  const resolved = resolveResource(word)
  const lower = word.toLowerCase()
  const isShort = resolved !== undefined && lower !== word && resolved.shortNames.includes(lower.split('.')[0] ?? '')
  const found = isShort ? undefined : resolved
  if (!found) {
    yield* fetchDiscovery(s)
    return undefined
  }
  if (word === found.plural || word === found.singular) return found
  for (const other of RESOURCES)
    if (other.shortNames.includes(word) && other.groupResource !== found.groupResource)
      yield* warn(s, `short name ${JSON.stringify(word)} could also match lower priority resource ${other.groupResource}`)
  return found
}

/** The resource of an object's kind; undefined where the cluster does not serve it, which is looked up afresh first. */
export function* mappingOf(s: Session, apiVersion: string, kind: string): Run<Resource | undefined> {
  yield* discover(s)
  const found = resourceByKind(apiVersion, kind)
  if (!found) yield* fetchDiscovery(s)
  return found
}

/** Words for several resources (`pods,services`, `all`) as one word each. */
export function expandCategories(words: readonly string[]): readonly string[] {
  return words.flatMap(word => {
    const members = resourcesOfCategory(word)
    return members.length > 0 ? members.map(member => member.groupResource) : [word]
  })
}
