// Models CreateSubcommandOptions of k8s.io/kubectl/pkg/cmd/create: a flag table and a function to an object, one of each for every kind.
import { mustResource } from '../../api/kinds'
import type { KubeObject, Status } from '../../api/types'
import { type Command, type Flag, flag } from '../command'
import { dryRunOf, warnDryRun } from '../dry-run'
import { fail, failWith, usageError, wordsOf } from '../errors'
import { DRY_RUN, fieldManager, PRINT_FLAGS, SAVE_CONFIG, VALIDATE } from '../flags'
import { saveLastApplied } from '../last-applied'
import { printChanged } from '../output'
import { createObject } from '../requests'
import { ask, isOn, type Run, type Session, text } from '../session'

/** One `create KIND`. */
export interface Generator {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly use: string
  readonly short: string
  readonly long?: string
  readonly examples?: readonly string[]
  readonly flags: readonly Flag[]
  readonly apiVersion: string
  readonly kind: string
  /** What stands before the apiserver's words when it refuses: `failed to create deployment: `. */
  readonly failure?: string
  /** Checks flags and makes the object: as kubectl sends it, before any defaults. */
  readonly build: (s: Session, name: string) => Body | Run<Body>
  /** Another name for what was built. */
  readonly rename?: (s: Session, name: string, body: Body) => string
}
/** An object without its apiVersion, kind, name and namespace, which are filled in. */
export interface Body {
  readonly metadata?: { readonly labels?: Readonly<Record<string, string>>; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}

/** The command of a generator. */
export const creating = (generator: Generator): Command => ({
  name: generator.name,
  ...(generator.aliases && { aliases: generator.aliases }),
  use: generator.use,
  short: generator.short,
  ...(generator.long && { long: generator.long }),
  ...(generator.examples && { examples: generator.examples }),
  flags: [...generator.flags, ...PRINT_FLAGS, SAVE_CONFIG, VALIDATE, DRY_RUN, fieldManager('kubectl-create')],
  arguments: 'none',
  run: s => run(s, generator),
})

/** The one name that `create KIND` takes. */
export function nameArgument(s: Session): string {
  const names = s.dash < 0 ? s.args : s.args.slice(0, s.dash)
  const [name] = names
  if (names.length !== 1 || name === undefined) return usageError(s.path, `exactly one NAME is required, got ${names.length}`)
  return name
}

/** What stands after the name: the command of a container. */
export const commandWords = (s: Session): readonly string[] => s.args.slice(1)

function* run(s: Session, generator: Generator): Run {
  const name = nameArgument(s)
  const dryRun = dryRunOf(s)
  const validation = validationOf(s)
  yield* warnDryRun(s)
  const built = generator.build(s, name)
  const body = isProcedure(built) ? yield* built : built
  const resource = mustResource(generator.apiVersion, generator.kind)
  const { metadata, ...rest } = body
  let object: KubeObject = {
    apiVersion: generator.apiVersion,
    kind: generator.kind,
    metadata: {
      ...metadata,
      name: generator.rename?.(s, name, body) ?? name,
      ...(s.namespaceSet && resource.namespaced && { namespace: s.namespace }),
    },
    ...rest,
  }
  if (isOn(s, 'save-config')) object = saveLastApplied(object)
  if (dryRun !== 'client') {
    const query = {
      ...(dryRun === 'server' && { dryRun: 'All' }),
      fieldManager: text(s, 'field-manager'),
      fieldValidation: validation,
    }
    const response = yield* ask<KubeObject | Status>(s, createObject(resource, s.namespace, object, query))
    if (response.code >= 300) {
      const status = response.body as Status
      if (generator.failure === undefined) failWith({ kind: 'status', status })
      fail(generator.failure + wordsOf({ kind: 'status', status }))
    }
    object = response.body as KubeObject
  }
  yield* printChanged(s, resource, object, 'created', dryRun)
}

const isProcedure = (built: Body | Run<Body>): built is Run<Body> => typeof (built as { next?: unknown }).next === 'function'

/** The fieldValidation parameter of `--validate`. */
export function validationOf(s: Session): string {
  const value = text(s, 'validate')
  if (value === 'strict' || value === 'true') return 'Strict'
  if (value === 'warn') return 'Warn'
  if (value === 'ignore' || value === 'false') return 'Ignore'
  return fail(`invalid - validate option ${JSON.stringify(value)}; must be one of: strict (or true), warn, ignore (or false)`)
}

export const image = (help: string, required = true): Flag => flag.string('image', help, { required })
