// Models k8s.io/kubectl/pkg/cmd/set/set_image.go
import type { Command } from '../command'
import { failWithAll, type KubectlError } from '../errors'
import { resourcesAndPairs } from '../pairs'
import type { ContainerFields, PodSpecFields } from '../pod-template'
import { list, type Run, type Session } from '../session'
import { type Change, changeAll, checkAll, chosenObjects, eachContainer, shared } from './common'

function* setImage(s: Session): Run {
  const { resources, pairs } = resourcesAndPairs(s.args, 'image')
  const images = new Map(pairs.map(pair => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const))
  checkAll(s)
  const missing: KubectlError[] = []
  if (resources.length < 1 && list(s, 'filename').length === 0)
    missing.push({ kind: 'text', text: 'one or more resources must be specified as <resource> <name> or <resource>/<name>' })
  if (images.size < 1) missing.push({ kind: 'text', text: 'at least one image update is required' })
  if (images.size > 1 && images.has('*'))
    missing.push({
      kind: 'text',
      text: 'all containers are already specified by *, but saw more than one container_name=container_image pairs',
    })
  // what is not there is complained of first
  const { infos, errors } = yield* chosenObjects(s, resources)
  failWithAll(errors)
  failWithAll(missing)
  yield* changeAll(s, infos, spec => withImages(spec, images), 'image updated', 'failed to patch image update to pod template: ')
}

function withImages(spec: PodSpecFields, images: ReadonlyMap<string, string>): ReturnType<Change> {
  const named = new Set<string>()
  const change = (container: ContainerFields): ContainerFields => {
    const image = images.get(container.name) ?? images.get('*')
    if (image === undefined) return container
    named.add(container.name).add('*')
    return { ...container, image }
  }
  const changed = eachContainer(spec, change)
  const errors = [...images.keys()]
    .filter(name => !named.has(name))
    .map(name => `error: unable to find container named ${JSON.stringify(name)}`)
  return { spec: changed, errors }
}

export const imageCommand: Command = {
  name: 'image',
  use: 'image (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N',
  short: 'Update the image of a pod template',
  long: 'Update existing container image(s) of resources.\n\n Possible resources include (case insensitive):\n\n  pod (po), replicationcontroller (rc), deployment (deploy), daemonset (ds), statefulset (sts), cronjob (cj), replicaset (rs)',
  examples: [
    "# Set a deployment's nginx container image to 'nginx:1.9.1', and its busybox container image to 'busybox'",
    'kubectl set image deployment/nginx busybox=busybox nginx=nginx:1.9.1',
    '',
    '# Update the image of all containers of the daemonset abc',
    'kubectl set image daemonset abc *=nginx:1.9.1',
  ],
  flags: shared('identifying the resource to get from a server.'),
  arguments: 'resource',
  run: setImage,
}
