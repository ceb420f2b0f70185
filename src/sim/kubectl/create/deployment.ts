// Models k8s.io/kubectl/pkg/cmd/create/create_deployment.go
import { flag } from '../command'
import { fail } from '../errors'
import { count, list, type Session } from '../session'
import { type Body, commandWords, creating } from './generator'

function build(s: Session, name: string): Body {
  const images = list(s, 'image')
  const command = commandWords(s)
  if (images.length > 1 && command.length > 0) fail('cannot specify multiple --image options and command')
  const port = count(s, 'port')
  const containers = images.map((image, i) => ({
    name: containerName(image),
    image,
    ...(command.length > 0 && { command }),
    ...(port >= 0 && i === 0 && { ports: [{ containerPort: port }] }),
    resources: {},
  }))
  const labels = { app: name }
  return {
    metadata: { labels },
    spec: {
      replicas: count(s, 'replicas'),
      selector: { matchLabels: labels },
      strategy: {},
      template: { metadata: { labels }, spec: { containers } },
    },
    status: {},
  }
}

/** The last part of an image's name, without tag and digest. */
export function containerName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  const name = (last.split(':')[0] ?? last).split('@')[0] ?? last
  return name.replace(/[_.]/g, '-')
}

export const deployment = creating({
  name: 'deployment',
  aliases: ['deploy'],
  use: 'deployment NAME --image=image -- [COMMAND] [args...]',
  short: 'Create a deployment with the specified name',
  long: 'Create a deployment with the specified name.',
  examples: [
    '# Create a deployment named my-dep that runs the busybox image',
    'kubectl create deployment my-dep --image=busybox',
    '',
    '# Create a deployment with a command',
    'kubectl create deployment my-dep --image=busybox -- date',
    '',
    '# Create a deployment named my-dep that runs the nginx image with 3 replicas',
    'kubectl create deployment my-dep --image=nginx --replicas=3',
    '',
    '# Create a deployment named my-dep that runs the busybox image and expose port 5701',
    'kubectl create deployment my-dep --image=busybox --port=5701',
  ],
  flags: [
    flag.slice('image', 'Image names to run. A deployment can have multiple images set for multi-container pod.', {
      required: true,
    }),
    flag.int('port', 'The containerPort that this deployment exposes.', { value: -1 }),
    flag.int('replicas', 'Number of replicas to create. Default is 1.', { short: 'r', value: 1 }),
  ],
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  failure: 'failed to create deployment: ',
  build,
})
