// Models the strategic side of k8s.io/kubectl/pkg/cmd/apply/patcher.go
import { createThreeWayMergePatch } from '../api/patch'
import type { KubeObject } from '../api/types'
import type { Info } from './builder'
import { fail, withSource } from './errors'
import { lastApplied } from './last-applied'
import { compactJson } from './print/objects'
import type { Session } from './session'

/** Three ways: what was applied last, what is to be, what is. */
export function threeWayPatch(s: Session, info: Info, current: KubeObject, modified: KubeObject): object {
  const type = s.schema.typeOf(info.resource.apiVersion, info.resource.kind)
  if (!type) return fail(`no schema for ${info.resource.groupKind}`)
  const original = readJson(lastApplied(current))
  const made = createThreeWayMergePatch(original, modified, current, type)
  if (made.value === undefined)
    return fail(
      withSource(
        `creating patch with:\noriginal:\n${lastApplied(current) ?? ''}\nmodified:\n${compactJson(modified)}\ncurrent:\n${compactJson(current)}\nfor:`,
        info.source,
        String(made.error),
      ),
    )
  return made.value
}

function readJson(words: string | undefined): object | undefined {
  if (words === undefined) return undefined
  try {
    return JSON.parse(words) as object
  } catch {
    return undefined
  }
}
