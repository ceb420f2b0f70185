// Models the side of plugin/pkg/admission/priority that looks at PriorityClasses: at most one is the cluster's default.
import { forbidden } from '../../api/status'
import type { Plugin } from '../attempt'

const CLASSES = 'priorityclasses.scheduling.k8s.io'

export const defaultPriority: Plugin = {
  name: 'Priority',
  operations: ['CREATE', 'UPDATE'],
  resources: [CLASSES],
  admit: ({ object, operation, type, name }, reader) => {
    if (object?.globalDefault !== true) return undefined
    for (const { globalDefault, metadata } of reader.list(CLASSES)) {
      if (globalDefault !== true || (operation === 'UPDATE' && metadata.name === object.metadata.name)) continue
      const why = `PriorityClass ${metadata.name} is already marked as default. Only one default can exist`
      return { refused: forbidden(type, object.metadata.name || name, why) }
    }
    return undefined
  },
}
