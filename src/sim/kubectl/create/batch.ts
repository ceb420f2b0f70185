// Models create_job.go and create_cronjob.go of k8s.io/kubectl/pkg/cmd/create
import type { KubeObject } from '../../api/types'
import { isStatus, readInfo, select } from '../builder'
import { flag } from '../command'
import { fail, failWith } from '../errors'
import { type Run, type Session, text } from '../session'
import { type Body, commandWords, creating } from './generator'

const template = (s: Session, name: string, restartPolicy: string) => {
  const command = commandWords(s)
  return {
    metadata: {},
    spec: {
      containers: [{ name, image: text(s, 'image'), ...(command.length > 0 && { command }), resources: {} }],
      restartPolicy,
    },
  }
}

function buildJob(s: Session, name: string): Body | Run<Body> {
  const [image, from] = [text(s, 'image'), text(s, 'from')]
  if ((image === '') === (from === '')) fail('either --image or --from must be specified')
  if (from !== '' && commandWords(s).length > 0) fail('cannot specify --from and command')
  if (from !== '') return fromCronJob(s, from)
  return { spec: { template: template(s, name, 'Never') }, status: {} }
}

/** The job that a cron job would make, made by hand. */
function* fromCronJob(s: Session, from: string): Run<Body> {
  const selected = yield* select(s, [from])
  const [item, more] = selected.kind === 'named' ? selected.items : []
  if (!item || more) return fail('from must be an existing cronjob')
  const found = yield* readInfo(s, item)
  if (isStatus(found)) return failWith({ kind: 'status', status: found })
  if (item.resource.kind !== 'CronJob') return fail(`unknown object type *v1.${item.resource.kind}`)
  const { metadata, spec } = found.object as KubeObject
  const { annotations, labels } = spec.jobTemplate.metadata ?? {}
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: metadata.name, uid: metadata.uid, controller: true }
  return {
    metadata: {
      annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...annotations },
      ...(labels && { labels }),
      ownerReferences: [owner],
    },
    spec: spec.jobTemplate.spec,
    status: {},
  }
}

export const job = creating({
  name: 'job',
  use: 'job NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]',
  short: 'Create a job with the specified name',
  long: 'Create a job with the specified name.',
  examples: [
    '# Create a job with a command',
    'kubectl create job my-job --image=busybox -- date',
    '',
    '# Create a job from a cron job named "a-cronjob"',
    'kubectl create job test-job --from=cronjob/a-cronjob',
  ],
  flags: [
    flag.string('from', 'The name of the resource to create a Job from (only cronjob is supported).'),
    flag.string('image', 'Image name to run.'),
  ],
  apiVersion: 'batch/v1',
  kind: 'Job',
  failure: 'failed to create job: ',
  build: buildJob,
})

export const cronjob = creating({
  name: 'cronjob',
  aliases: ['cj'],
  use: "cronjob NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]",
  short: 'Create a cron job with the specified name',
  long: 'Create a cron job with the specified name.',
  examples: [
    '# Create a cron job with a command',
    'kubectl create cronjob my-job --image=busybox --schedule="*/1 * * * *" -- date',
  ],
  flags: [
    flag.string('image', 'Image name to run.', { required: true }),
    flag.string('restart', "job's restart policy. supported values: OnFailure, Never"),
    flag.string('schedule', 'A schedule in the Cron format the job should be run with.', { required: true }),
  ],
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  failure: 'failed to create cronjob: ',
  build: (s, name) => ({
    spec: {
      jobTemplate: { metadata: { name }, spec: { template: template(s, name, text(s, 'restart') || 'OnFailure') } },
      schedule: text(s, 'schedule'),
    },
    status: {},
  }),
})
