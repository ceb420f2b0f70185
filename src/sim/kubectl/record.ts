// Models k8s.io/cli-runtime/pkg/genericclioptions/record_flags.go: `--record` keeps the command line in an annotation.
import type { KubeObject } from '../api/types'
import { flag } from './command'
import { isOn, type Session } from './session'

const CHANGE_CAUSE = 'kubernetes.io/change-cause'

export const RECORD = flag.bool('record', 'Record current kubectl command in the resource annotation.', {
  hidden: true,
  deprecated: '--record will be removed in the future',
})

/** The command line as ParseCommandArguments puts it together: what stands without a flag, then the flags by their long names. */
function changeCause(s: Session): string {
  const flags = [...s.flags.changed].flatMap(name => {
    const value = s.flags.values[name]
    return (Array.isArray(value) ? value : [value]).map(each => `--${name}=${each}`)
  })
  return [s.path, ...s.args, ...flags].join(' ')
}

/** What `scale` writes beside the size: the annotation alone. */
export const recordPatch = (s: Session): object => ({ metadata: { annotations: { [CHANGE_CAUSE]: changeCause(s) } } })

/** The object with the command line in its annotations, where `--record` asks for that. */
export function recorded<T extends KubeObject>(s: Session, object: T): T {
  if (!isOn(s, 'record')) return object
  const annotations = { ...object.metadata.annotations, [CHANGE_CAUSE]: changeCause(s) }
  return { ...object, metadata: { ...object.metadata, annotations } }
}
