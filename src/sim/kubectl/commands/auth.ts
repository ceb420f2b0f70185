// Models k8s.io/kubectl/pkg/cmd/auth; reconcile has a file of its own
import { mustResource, type Resource, resolveResource } from '../../api/kinds'
import type { KubeObject } from '../../api/types'
import { accessTable } from '../access-rules'
import { type Command, flag } from '../command'
import { discover } from '../discovery'
import { fail, failWith } from '../errors'
import { ALL_NAMESPACES, PRINT_FLAGS } from '../flags'
import { formatObject, formatOf } from '../output'
import { layOut, TABLE_TABS } from '../print/tabwriter'
import { requestOn, requestPath } from '../requests'
import { ask, demand, err, isOn, out, type Run, type Session, text } from '../session'
import { reconcileCommand } from './auth-reconcile'

const AUTHORIZATION = 'authorization.k8s.io/v1'
const RESOURCE_VERBS = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'use',
  'bind',
  'impersonate',
  '*',
  'approve',
  'sign',
  'escalate',
  'attest',
]
const PATH_VERBS = ['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*']
/** Names that rules know though the server serves nothing by them. */
const KNOWN_NAMES = ['users', 'groups']

function* canI(s: Session): Run {
  if (isOn(s, 'list')) return yield* listAccess(s)
  const [verb, what, more] = s.args
  if (verb === undefined || what === undefined || more !== undefined)
    return fail(
      "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
    )
  const attributes = what.startsWith('/') ? yield* pathAttributes(s, verb, what) : yield* resourceAttributes(s, verb, what)
  if (isOn(s, 'no-headers')) fail('--no-headers cannot be set without --list specified')
  const review = yield* create(s, AUTHORIZATION, 'SelfSubjectAccessReview', { spec: attributes, status: { allowed: false } })
  const { allowed, reason, evaluationError } = review.status ?? {}
  const answer = allowed ? 'yes' : `no${reason ? ` - ${reason}` : ''}${evaluationError ? ` - ${evaluationError}` : ''}`
  if (!isOn(s, 'quiet')) yield* out(s, `${answer}\n`)
  if (!allowed) failWith({ kind: 'exit', code: 1 })
}

/** Warnings that end with a line of their own, as these do. */
const warn = (s: Session, words: string): Run => err(s, `Warning: ${words}\n\n`)

function* pathAttributes(s: Session, verb: string, path: string): Run<object> {
  if (text(s, 'subresource') !== '') fail('--subresource can not be used with NonResourceURL')
  if (!PATH_VERBS.includes(verb)) yield* warn(s, `verb '${verb}' is not a known verb`)
  return { nonResourceAttributes: { path, verb } }
}

function* resourceAttributes(s: Session, verb: string, what: string): Run<object> {
  const slash = what.indexOf('/')
  const type = slash < 0 ? what : what.slice(0, slash)
  yield* discover(s)
  const named = type === '*' ? undefined : resolveResource(type)
  // a second word is a group here, never a version
  const resource = named && type === `${type.split('.')[0]}.${named.version}` ? undefined : named
  if (!resource && type !== '*' && !KNOWN_NAMES.includes(type)) {
    const [plural, ...group] = type.split('.')
    yield* warn(
      s,
      `the server doesn't have a resource type '${plural}'${group.length > 0 ? ` in group '${group.join('.')}'` : ''}`,
    )
  }
  const all = isOn(s, 'all-namespaces')
  if (resource && !all) yield* checkScope(s, resource)
  if (!all && !RESOURCE_VERBS.includes(verb)) yield* warn(s, `verb '${verb}' is not a known verb`)
  const subresource = text(s, 'subresource')
  return {
    resourceAttributes: {
      ...(!all && { namespace: s.namespace }),
      verb,
      ...(resource && resource.group !== '' && { group: resource.group }),
      resource: resource?.plural ?? type,
      ...(subresource !== '' && { subresource }),
      ...(slash >= 0 && { name: what.slice(slash + 1) }),
    },
  }
}

/** Looks at the group version afresh, to tell what has no namespaces. */
function* checkScope(s: Session, { root, namespaced, plural, group }: Resource): Run {
  const response = yield* ask(s, requestPath(root))
  if (response.code < 300 && !namespaced)
    yield* warn(s, `resource '${plural}' is not namespace scoped${group === '' ? '' : ` in group '${group}'`}`)
}

function* create(s: Session, apiVersion: string, kind: string, body: object): Run<KubeObject> {
  const object = { apiVersion, kind, metadata: {}, ...body }
  return yield* demand<KubeObject>(s, requestOn('create', 'POST', mustResource(apiVersion, kind), {}, { body: object }))
}

function* listAccess(s: Session): Run {
  if (s.args.length > 0) fail('list option must be specified with no arguments')
  if (isOn(s, 'quiet') || isOn(s, 'all-namespaces') || text(s, 'subresource') !== '')
    fail("list option can't be specified with neither quiet, all-namespaces nor subresource options")
  const review = yield* create(s, AUTHORIZATION, 'SelfSubjectRulesReview', {
    spec: { namespace: s.namespace },
    status: { resourceRules: null, nonResourceRules: null, incomplete: false },
  })
  const status = review.status ?? {}
  if (status.incomplete) yield* err(s, `Warning: the list may be incomplete: ${status.evaluationError ?? ''}\n`)
  yield* out(s, accessTable(status.resourceRules ?? [], status.nonResourceRules ?? [], !isOn(s, 'no-headers')))
}

function* whoami(s: Session): Run {
  const format = formatOf(s)
  const review = yield* create(s, 'authentication.k8s.io/v1', 'SelfSubjectReview', { status: { userInfo: {} } })
  if (format.name !== '') return yield* out(s, formatObject(s, review, format))
  const { username, uid, groups = [], extra = {} } = review.status?.userInfo ?? {}
  const rows = [
    ['ATTRIBUTE', 'VALUE'],
    ...(username ? [['Username', username]] : []),
    ...(uid ? [['UID', uid]] : []),
    ...(groups.length > 0 ? [['Groups', `[${groups.join(' ')}]`]] : []),
    ...Object.keys(extra)
      .sort()
      .map(key => [`Extra: ${key}`, `[${extra[key].join(' ')}]`]),
  ]
  yield* out(s, layOut(rows.map(row => `${row.join('\t')}\n`).join(''), TABLE_TABS))
}

export const authCommand: Command = {
  name: 'auth',
  use: 'auth [flags]',
  short: 'Inspect authorization',
  long: 'Inspect authorization.',
  commands: [
    reconcileCommand,
    {
      name: 'can-i',
      use: 'can-i VERB [TYPE | TYPE/NAME | NONRESOURCEURL]',
      short: 'Check whether an action is allowed',
      long: "Check whether an action is allowed.\n\n VERB is a logical Kubernetes API verb like 'get', 'list', 'watch', 'delete', etc. TYPE is a Kubernetes resource. NONRESOURCEURL is a partial URL that starts with \"/\".",
      examples: [
        '# Check to see if I can create pods in any namespace',
        'kubectl auth can-i create pods --all-namespaces',
        '',
        '# Check to see if I can do everything in my current namespace',
        "kubectl auth can-i '*' '*'",
        '',
        '# List all allowed actions in a namespace',
        'kubectl auth can-i --list --namespace=foo',
      ],
      flags: [
        ALL_NAMESPACES,
        flag.bool('list', 'If true, prints all allowed actions.'),
        flag.bool('no-headers', 'If true, prints allowed actions without headers'),
        flag.bool('quiet', 'If true, suppress output and just return the exit code.', { short: 'q' }),
        flag.string('subresource', 'SubResource such as pod/log or deployment/scale'),
      ],
      arguments: 'none',
      run: canI,
    },
    {
      name: 'whoami',
      use: 'whoami',
      short: 'Experimental: Check self subject attributes',
      long: 'Experimental: Check who you are and your attributes (groups, extra).',
      examples: ['# Get your subject attributes', 'kubectl auth whoami'],
      flags: PRINT_FLAGS,
      arguments: 'none',
      run: whoami,
    },
  ],
}
