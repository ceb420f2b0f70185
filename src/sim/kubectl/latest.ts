// Models the resource builder's Latest(): the objects that arguments or files name, as the apiserver has them now.
import { mustResource } from '../api/kinds'
import type { KubeObject } from '../api/types'
import { type Found, type Info, isStatus, readAll, readInfo, type Selected, type SelectOptions, select } from './builder'
import { CommandFailed, fail, failWithAll, type KubectlError } from './errors'
import { localObjects, readObjects } from './files'
import { isOn, list, type Run, type Session } from './session'

export interface LatestOptions extends SelectOptions {
  /** Objects of files are taken as the files have them: commands without Latest(). */
  readonly asGiven?: boolean
  readonly subresource?: string
}

export type Latest = Info & { readonly object: KubeObject }

/** Reads what the command's arguments (`args`, all of them unless given) or `-f` choose; goes on after an object that is not there. */
export function* readLatest(
  s: Session,
  options: LatestOptions = {},
  args: readonly string[] = s.args,
): Run<Found & { readonly infos: readonly Latest[] }> {
  const late: KubectlError[] = []
  const selected = yield* selectOrFiles(s, options, args, late)
  if (selected.kind === 'named' && options.asGiven && selected.items.every(hasObject))
    return { infos: selected.items, errors: late }
  const found = yield* readAll(s, selected, {
    goOn: true,
    ...(options.subresource !== undefined && { subresource: options.subresource }),
  })
  return { infos: found.infos.filter(hasObject), errors: [...found.errors, ...late] }
}

const hasObject = (info: Info): info is Latest => info.object !== undefined

/**
 * Reads the chosen objects one by one and takes a step with each as soon as it is there, as commands do that visit; what goes wrong with
 * one does not stop the others. Returns how many there were.
 */
export function* visitLatest(
  s: Session,
  step: (info: Latest) => Run,
  options: LatestOptions = {},
  args: readonly string[] = s.args,
): Run<number> {
  const errors: KubectlError[] = []
  let visited = 0
  function* visit(info: Latest): Run {
    visited++
    try {
      yield* step(info)
    } catch (problem) {
      if (!(problem instanceof CommandFailed)) throw problem
      errors.push(problem.why)
    }
  }
  const late: KubectlError[] = []
  const selected = yield* selectOrFiles(s, options, args, late)
  if (selected.kind === 'lists') {
    const found = yield* readAll(s, selected, { goOn: true })
    errors.push(...found.errors)
    for (const info of found.infos.filter(hasObject)) yield* visit(info)
  } else
    for (const item of selected.items) {
      if ((options.asGiven || isOn(s, 'local')) && hasObject(item)) {
        yield* visit(item)
        continue
      }
      const found = yield* readInfo(s, item, options.subresource === undefined ? {} : { subresource: options.subresource })
      if (isStatus(found)) errors.push({ kind: 'status', status: found })
      else yield* visit(found as Latest)
    }
  failWithAll([...errors, ...late])
  return visited
}

/** What was wrong with files goes to `late`: it is said after what was wrong with objects. */
function* selectOrFiles(s: Session, options: LatestOptions, args: readonly string[], late: KubectlError[]): Run<Selected> {
  if (list(s, 'filename').length === 0) return yield* select(s, args, options)
  if (isOn(s, 'local')) {
    const { objects, errors } = localObjects(s)
    late.push(...errors)
    return { kind: 'named', items: objects.map(localInfo) }
  }
  if (args.length > 0) fail('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
  const files = yield* readObjects(s, false)
  late.push(...files.errors)
  return { kind: 'named', items: options.asGiven ? files.infos : files.infos.map(nameOnly) }
}

/** An object of a file that nobody is asked about. */
export const localInfo = (object: KubeObject): Latest => ({
  resource: mustResource(object.apiVersion, object.kind),
  namespace: object.metadata.namespace,
  name: object.metadata.name,
  object,
})

/** What is to be read again; an object without a name cannot be. */
const nameOnly = ({ object, ...info }: Info): Info => (info.name === '' && object ? { ...info, object } : info)
