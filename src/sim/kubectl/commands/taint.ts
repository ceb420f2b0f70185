// Models k8s.io/kubectl/pkg/cmd/taint

import { MEDIA } from '../../api/messages'
import { labelValueErrors, qualifiedNameErrors } from '../../api/names'
import { createTwoWayMergePatch } from '../../api/patch'
import type { KubeObject, Taint } from '../../api/types'
import { type Command, flag } from '../command'
import { validationOf } from '../create/generator'
import { mappedResource } from '../discovery'
import { type DryRun, dryRunOf, dryRunQuery } from '../dry-run'
import { fail, usageError } from '../errors'
import { DRY_RUN, fieldManager, PRINT_FLAGS, SELECTOR, VALIDATE } from '../flags'
import { type Latest, visitLatest } from '../latest'
import { printChanged } from '../output'
import { patchObject } from '../requests'
import { demand, isOn, type Run, type Session, text } from '../session'

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

interface Changes {
  readonly add: readonly Taint[]
  readonly remove: readonly Taint[]
}

function* run(s: Session): Run {
  const dryRun = dryRunOf(s)
  const validation = validationOf(s)
  const { resources, taints } = splitArguments(s.args)
  const [type, ...names] = resources
  if (type === undefined) return fail('one or more resources must be specified as <resource> <name>')
  if (taints.length === 0) fail('at least one taint update is required')
  const changes = parseTaints(s, taints)
  const resource = yield* mappedResource(s, type)
  if (resource.kind !== 'Node') fail(`invalid resource type ${type.toLowerCase()}, only node types are supported`)
  checkConflicts(changes)
  const [all, selector] = [isOn(s, 'all'), text(s, 'selector')]
  if (all && selector !== '') fail("setting 'all' parameter with a non empty selector is prohibited")
  if (!all && selector === '' && names.length === 0)
    fail("at least one resource name must be specified since 'all' parameter is not set")
  const chosen = all || selector !== '' ? ['nodes'] : ['nodes', ...names]
  yield* visitLatest(s, info => taint(s, info, changes, dryRun, validation), { selector, all }, chosen)
}

function splitArguments(args: readonly string[]): { readonly resources: readonly string[]; readonly taints: readonly string[] } {
  const resources: string[] = []
  const taints: string[] = []
  for (const arg of args) {
    if (arg.includes('=') || arg.includes(':') || arg.endsWith('-')) taints.push(arg)
    else if (taints.length > 0) fail(`all resources must be specified before taint changes: ${arg}`)
    else resources.push(arg)
  }
  return { resources, taints }
}

function parseTaints(s: Session, specs: readonly string[]): Changes {
  const add: Taint[] = []
  const remove: Taint[] = []
  for (const spec of specs) {
    if (spec.endsWith('-')) {
      remove.push(parseTaint(s, spec.slice(0, -1)))
      continue
    }
    const one = parseTaint(s, spec)
    if (one.effect === '') usageError(s.path, `invalid taint spec: ${spec}`)
    if (add.some(({ key, effect }) => key === one.key && effect === one.effect))
      usageError(s.path, `duplicated taints with the same key and effect: {${one.key} ${one.value ?? ''} ${one.effect} <nil>}`)
    add.push(one)
  }
  return { add, remove }
}

/** `key=value:effect`, `key:effect` or `key`. */
function parseTaint(s: Session, spec: string): Taint {
  const wrong = (why = ''): never => usageError(s.path, `invalid taint spec: ${spec}${why}`)
  const parts = spec.split(':')
  if (parts.length > 2) return wrong()
  const [body = '', effect = ''] = parts
  if (parts.length === 2 && !EFFECTS.includes(effect))
    return usageError(s.path, `invalid taint effect: ${effect}, unsupported taint effect`)
  const pair = parts.length === 2 ? body.split('=') : [body]
  if (pair.length > 2) return wrong()
  const [key = '', value] = pair
  const errors = [...(value === undefined ? [] : labelValueErrors(value)), ...qualifiedNameErrors(key)]
  if (errors.length > 0) return wrong(`, ${errors.join('; ')}`)
  return { key, ...(value !== undefined && value !== '' && { value }), effect }
}

function checkConflicts({ add, remove }: Changes): void {
  const both = add.flatMap(one =>
    remove
      .filter(other => other.key === one.key && (other.effect === '' || other.effect === one.effect))
      .map(other => `${other.key}=${other.effect}`),
  )
  if (both.length > 0) fail(`can not both modify and remove the following taint(s) in the same command: ${both.join(', ')}`)
}

function* taint(s: Session, { resource, object, name }: Latest, changes: Changes, dryRun: DryRun, validation: string): Run {
  const { taints, operation } = reorganize(object, changes, isOn(s, 'overwrite'))
  const { taints: _, ...spec } = object.spec ?? {}
  const modified = { ...object, spec: taints.length > 0 ? { ...spec, taints } : spec }
  const type = s.schema.typeOf('v1', 'Node')
  if (!type) return fail('no schema for Node')
  let result: KubeObject = modified
  if (dryRun !== 'client') {
    const query = { ...dryRunQuery(dryRun), fieldManager: text(s, 'field-manager'), fieldValidation: validation }
    result = yield* demand<KubeObject>(
      s,
      patchObject(resource, undefined, name, createTwoWayMergePatch(object, modified, type), MEDIA.strategicMergePatch, query),
    )
  }
  yield* printChanged(s, resource, result, operation, dryRun, 'own')
}

const same = (a: Taint, b: Taint): boolean => a.key === b.key && a.effect === b.effect
const taintText = ({ key, effect }: Taint): string => (effect === '' ? key : `${key}:${effect}`)

/** The node's new taints, and the word for what was done. */
function reorganize(
  node: KubeObject,
  { add, remove }: Changes,
  overwrite: boolean,
): { readonly taints: readonly Taint[]; readonly operation: string } {
  const old: readonly Taint[] = node.spec?.taints ?? []
  const there = add.filter(one => old.some(other => same(one, other)))
  if (!overwrite && there.length > 0)
    fail(
      `node ${node.metadata.name} already has ${there.map(({ key }) => key).join(',')} taint(s) with same effect(s) and --overwrite is false`,
    )
  let taints = [...add, ...old.filter(other => !add.some(one => same(one, other)))]
  const added = old.length !== taints.length
  let removed = false
  const missing: string[] = []
  for (const gone of remove) {
    const left = taints.filter(one => (gone.effect === '' ? one.key !== gone.key : !same(one, gone)))
    removed = left.length !== taints.length
    if (!removed) missing.push(`taint ${JSON.stringify(taintText(gone))} not found`)
    taints = left
  }
  if (missing.length > 0) fail(missing.length === 1 ? (missing[0] ?? '') : `[${missing.join(', ')}]`)
  return { taints, operation: (added && removed) || overwrite ? 'modified' : added ? 'tainted' : 'untainted' }
}

export const taintCommand: Command = {
  name: 'taint',
  use: 'taint NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N',
  short: 'Update the taints on one or more nodes',
  long: 'Update the taints on one or more nodes.\n\n A taint consists of a key, value, and effect. The effect is NoSchedule, PreferNoSchedule or NoExecute. A dash behind a key, or a key and effect, takes taints away.',
  examples: [
    "# Update node 'foo' with a taint with key 'dedicated' and value 'special-user' and effect 'NoSchedule'",
    'kubectl taint nodes foo dedicated=special-user:NoSchedule',
    '',
    "# Remove from node 'foo' all the taints with key 'dedicated'",
    'kubectl taint nodes foo dedicated-',
  ],
  flags: [
    flag.bool('all', 'Select all nodes in the cluster'),
    flag.bool(
      'overwrite',
      'If true, allow taints to be overwritten, otherwise reject taint updates that overwrite existing taints.',
    ),
    SELECTOR,
    VALIDATE,
    DRY_RUN,
    fieldManager('kubectl-taint'),
    ...PRINT_FLAGS,
  ],
  arguments: 'resource',
  run,
}
