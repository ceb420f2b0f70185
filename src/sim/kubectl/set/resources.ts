// Models k8s.io/kubectl/pkg/cmd/set/set_resources.go
import { canonicalQuantity } from '../../api/quantity'
import { type Command, flag } from '../command'
import { fail, failWithAll } from '../errors'
import type { ContainerFields } from '../pod-template'
import { type Run, type Session, text } from '../session'
import { type Change, CONTAINERS, changeAll, checkAll, chosen, chosenObjects, eachContainer, shared } from './common'

function* setResources(s: Session): Run {
  const { infos, errors } = yield* chosenObjects(s)
  failWithAll(errors)
  checkAll(s)
  const limits = amounts(text(s, 'limits'))
  const requests = amounts(text(s, 'requests'))
  if (Object.keys(limits).length + Object.keys(requests).length === 0)
    fail('you must specify an update to requests or limits (in the form of --requests/--limits)')
  const isChosen = chosen(s)
  const change: Change = spec => {
    if (![...spec.containers, ...(spec.initContainers ?? [])].some(isChosen))
      return { spec, errors: [`error: unable to find container named ${text(s, 'containers')}`] }
    return {
      spec: eachContainer(spec, container => (isChosen(container) ? withResources(container, limits, requests) : container)),
      errors: [],
    }
  }
  yield* changeAll(s, infos, change, 'resource requirements updated', 'failed to patch resources update to pod template ')
}

type Amounts = Readonly<Record<string, string>>

function amounts(given: string): Amounts {
  if (given === '') return {}
  return Object.fromEntries(
    given.split(',').map(pair => {
      const [name, value, more] = pair.split('=')
      if (!name || value === undefined || more !== undefined)
        return fail(`Invalid argument syntax ${pair}, expected <resource>=<value>`)
      return [
        name,
        canonicalQuantity(value) ??
          fail("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"),
      ]
    }),
  )
}

function withResources(container: ContainerFields, limits: Amounts, requests: Amounts): ContainerFields {
  const before = container.resources ?? {}
  const resources = {
    ...before,
    ...(Object.keys(limits).length > 0 && { limits: { ...before.limits, ...limits } }),
    ...(Object.keys(requests).length > 0 && { requests: { ...before.requests, ...requests } }),
  }
  return { ...container, resources }
}

export const resourcesCommand: Command = {
  name: 'resources',
  use: 'resources (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]',
  short: 'Update resource requests/limits on objects with pod templates',
  long: 'Specify compute resource requirements (CPU, memory) for any resource that defines a pod template.',
  examples: [
    "# Set a deployment's nginx container's limits",
    'kubectl set resources deployment nginx -c=nginx --limits=cpu=200m,memory=512Mi',
    '',
    '# Set the resource request and limits for all containers',
    'kubectl set resources deployment nginx --limits=cpu=200m,memory=512Mi --requests=cpu=100m,memory=256Mi',
  ],
  flags: [
    CONTAINERS,
    flag.string('limits', "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'."),
    flag.string('requests', "The resource requirement requests for this container.  For example, 'cpu=100m,memory=256Mi'."),
    ...shared('identifying the resource to get from a server.'),
  ],
  arguments: 'resource',
  run: setResources,
}
