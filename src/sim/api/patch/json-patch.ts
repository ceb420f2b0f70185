/**
 * JSON Patches (RFC 6902), `application/json-patch+json`. Models gopkg.in/evanphx/json-patch.v4/patch.go.
 */
import { deepEqual } from '../deep'
import { attempt, type Fields, isFields, type Patched, Unpatchable } from './json'

interface Operation {
  readonly op: string
  readonly path: string
  readonly from?: string
  readonly value?: unknown
}

/**
 * Applies a list of operations, all or none. What does not change is shared. A body that is no list of operations is a 400; an
 * operation that does not apply is a 422, whose words the apiserver keeps to itself.
 */
export function applyJsonPatch<T>(target: T, patch: unknown): Patched<T> {
  return attempt(() => {
    if (!Array.isArray(patch))
      throw new Unpatchable(`json: cannot unmarshal ${describe(patch)} into Go value of type jsonpatch.Patch`, 400)
    return (patch as Operation[]).reduce<unknown>(applyOperation, target) as T
  })
}
const describe = (value: unknown): string => (value === null ? 'null' : typeof value === 'boolean' ? 'bool' : typeof value)

function applyOperation(target: unknown, { op, path, from, value }: Operation): unknown {
  if (typeof path !== 'string') throw new Unpatchable('unable to decode path field: missing path', 422)
  const steps = pointer(path)
  switch (op) {
    case 'add':
      return change(target, steps, path, op, parent => insert(parent, last(steps), value ?? null, path))
    case 'replace':
      return change(target, steps, path, op, parent => put(parent, last(steps), value ?? null, path))
    case 'remove':
      return change(target, steps, path, op, parent => remove(parent, last(steps), path))
    case 'test':
      if (deepEqual(read(target, steps) ?? null, value ?? null)) return target
      throw new Unpatchable(`testing value ${path} failed: test failed`, 422)
    case 'move':
    case 'copy': {
      const source = pointer(from ?? '')
      const moved = read(target, source)
      if (moved === undefined) throw missing(op, from ?? '')
      const rest =
        op === 'copy' ? target : change(target, source, from ?? '', op, parent => remove(parent, last(source), from ?? ''))
      return change(rest, steps, path, op, parent => insert(parent, last(steps), moved, path))
    }
    default:
      throw new Unpatchable(`Unexpected kind: ${op}`, 422)
  }
}

const missing = (op: string, path: string) =>
  new Unpatchable(`${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`, 422)

/** The steps of a pointer, unescaped. */
function pointer(path: string): string[] {
  if (path === '') return []
  if (!path.startsWith('/')) throw missing('any', path)
  return path
    .slice(1)
    .split('/')
    .map(step => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}
const last = (steps: readonly string[]): string => steps[steps.length - 1] ?? ''

function read(target: unknown, steps: readonly string[]): unknown {
  let at = target
  for (const step of steps) {
    if (Array.isArray(at)) at = at[Number(step)]
    else if (isFields(at)) at = at[step]
    else return undefined
  }
  return at
}

type Container = Fields | readonly unknown[]
/** Rebuilds the way to the last step's container, which `edit` changes. */
function change(
  target: unknown,
  steps: readonly string[],
  path: string,
  op: string,
  edit: (parent: Container) => Container,
): unknown {
  const [step, ...rest] = steps
  if (step === undefined) throw missing(op, path)
  if (!isFields(target) && !Array.isArray(target)) throw missing(op, path)
  if (rest.length === 0) return edit(target as Container)
  const inner = read(target, [step])
  if (inner === undefined) throw missing(op, path)
  return put(target as Container, step, change(inner, rest, path, op, edit), path)
}

function index(list: readonly unknown[], step: string, path: string, limit: number): number {
  const at = Number(step)
  if (!/^-?\d+$/.test(step) || at >= limit || at < -list.length)
    throw new Unpatchable(`Unable to access invalid index: ${step}: invalid index referenced (${path})`, 422)
  return at < 0 ? at + list.length : at
}
function insert(parent: Container, step: string, value: unknown, path: string): Container {
  if (!isList(parent)) return parent[step] === value ? parent : { ...parent, [step]: value }
  return parent.toSpliced(step === '-' ? parent.length : index(parent, step, path, parent.length + 1), 0, value)
}
function put(parent: Container, step: string, value: unknown, path: string): Container {
  const old = isList(parent) ? parent[index(parent, step, path, parent.length)] : parent[step]
  if (old === undefined)
    throw new Unpatchable(`replace operation does not apply: doc is missing key: ${path}: missing value`, 422)
  if (deepEqual(old, value)) return parent
  return isList(parent) ? parent.with(index(parent, step, path, parent.length), value) : { ...parent, [step]: value }
}
function remove(parent: Container, step: string, path: string): Container {
  if (isList(parent)) return parent.toSpliced(index(parent, step, path, parent.length), 1)
  if (parent[step] === undefined)
    throw new Unpatchable(`remove operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`, 422)
  const { [step]: _, ...rest } = parent
  return rest
}
const isList = (container: Container): container is readonly unknown[] => Array.isArray(container)
