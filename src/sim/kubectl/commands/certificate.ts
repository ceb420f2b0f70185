// Models k8s.io/kubectl/pkg/cmd/certificates/certificates.go
import { rfc3339 } from '../../api/time'
import type { KubeObject, Status } from '../../api/types'
import type { Time } from '../../kernel/types'
import { isStatus, readInfo } from '../builder'
import { type Command, flag } from '../command'
import { fail, failWith } from '../errors'
import { fileFlags, PRINT_FLAGS } from '../flags'
import { type Latest, visitLatest } from '../latest'
import { printChanged } from '../output'
import { getObject, requestOn } from '../requests'
import { ask, isOn, list, now, out, type Run, type Session } from '../session'

/** What approving and denying differ in. */
interface Decision {
  readonly name: 'approve' | 'deny'
  readonly type: 'Approved' | 'Denied'
  readonly other: 'Approved' | 'Denied'
  readonly done: 'approved' | 'denied'
  readonly reason: string
  readonly long: string
}

const APPROVE: Decision = {
  name: 'approve',
  type: 'Approved',
  other: 'Denied',
  done: 'approved',
  reason: 'KubectlApprove',
  long: 'Approve a certificate signing request.\n\n kubectl certificate approve lets a cluster admin approve a certificate signing request (CSR): a signer may then issue the certificate that it asks for. Whoever has that certificate is whom it names, so look at the request first.',
}
const DENY: Decision = {
  name: 'deny',
  type: 'Denied',
  other: 'Approved',
  done: 'denied',
  reason: 'KubectlDeny',
  long: 'Deny a certificate signing request.\n\n kubectl certificate deny lets a cluster admin deny a certificate signing request (CSR): no signer will issue the certificate that it asks for.',
}

/** A write that others were quicker than is tried again so often. */
const TRIES = 10

interface Condition {
  readonly type: string
}

function* decide(s: Session, info: Latest, decision: Decision): Run {
  const { kind, apiVersion } = info.object
  if (kind !== 'CertificateSigningRequest')
    fail(
      `can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${kind}${apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : ''}`,
    )
  for (let tries = 0; ; tries++) {
    const answer = yield* ask<KubeObject | Status>(s, getObject(info.resource, undefined, info.name))
    if (answer.code >= 300) return failWith({ kind: 'status', status: answer.body as Status })
    const request = answer.body as KubeObject
    const conditions: readonly Condition[] = request.status?.conditions ?? []
    if (conditions.some(({ type }) => type === decision.other))
      fail(`certificate signing request ${JSON.stringify(info.name)} is already ${decision.other}`)
    const has = conditions.some(({ type }) => type === decision.type)
    if (has && !isOn(s, 'force')) break
    const written = yield* write(s, info, has ? request : yield* withDecision(request, conditions, decision))
    if (written.code < 300) break
    if (written.code !== 409 || tries >= TRIES) return failWith({ kind: 'status', status: written.body as Status })
    const again = yield* readInfo(s, { resource: info.resource, namespace: undefined, name: info.name })
    if (isStatus(again)) return failWith({ kind: 'status', status: again })
  }
  yield* printChanged(s, info.resource, info.object, decision.done)
}

const write = (s: Session, { resource, name }: Latest, body: KubeObject) =>
  ask<KubeObject | Status>(
    s,
    requestOn('update', 'PUT', resource, { namespace: undefined, name, subresource: 'approval' }, { body }),
  )

function* withDecision(request: KubeObject, before: readonly Condition[], decision: Decision): Run<KubeObject> {
  const condition = {
    type: decision.type,
    status: 'True',
    reason: decision.reason,
    message: `This CSR was ${decision.done} by kubectl certificate ${decision.name}.`,
    lastUpdateTime: rfc3339((yield* now()) as Time),
    lastTransitionTime: null,
  }
  return { ...request, status: { ...request.status, conditions: [...before, condition] } }
}

function* run(s: Session, decision: Decision): Run {
  if (s.args.length === 0 && list(s, 'filename').length === 0)
    fail('one or more CSRs must be specified as <name> or -f <filename>')
  const args = s.args.length === 0 ? [] : ['certificatesigningrequests', ...s.args]
  const visited = yield* visitLatest(s, info => decide(s, info, decision), {}, args)
  if (visited === 0) yield* out(s, 'No resources found\n')
}

const command = (decision: Decision): Command => ({
  name: decision.name,
  use: `${decision.name} (-f FILENAME | NAME)`,
  short: `${decision.name === 'approve' ? 'Approve' : 'Deny'} a certificate signing request`,
  long: decision.long,
  examples: [
    `# ${decision.name === 'approve' ? 'Approve' : 'Deny'} CSR 'csr-sqgzp'`,
    `kubectl certificate ${decision.name} csr-sqgzp`,
  ],
  flags: [
    flag.bool('force', `Update the CSR even if it is already ${decision.done}.`),
    ...fileFlags('identifying the resource to update'),
    ...PRINT_FLAGS,
  ],
  arguments: 'resource',
  kind: 'certificatesigningrequests',
  run: s => run(s, decision),
})

export const certificateCommand: Command = {
  name: 'certificate',
  use: 'certificate SUBCOMMAND',
  short: 'Modify certificate resources',
  long: 'Modify certificate resources.',
  commands: [command(APPROVE), command(DENY)],
}
