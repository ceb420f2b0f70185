// Models k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go: nothing is created in a namespace that is not there or
// goes away, and some namespaces stay.
import { resourceByPlural } from '../../api/kinds'
import { forbidden, namespaceTerminating, notFound } from '../../api/status'
import type { Plugin } from '../attempt'

const IMMORTAL = new Set(['default', 'kube-system', 'kube-public'])

export const namespaceLifecycle: Plugin = {
  name: 'NamespaceLifecycle',
  operations: ['CREATE', 'DELETE'],
  resources: ['*'],
  subresources: true,
  admit: ({ operation, type, namespace, name, asked }, reader) => {
    if (type.groupResource === 'namespaces')
      return operation === 'DELETE' && IMMORTAL.has(name)
        ? { refused: forbidden(type, name, 'this namespace may not be deleted') }
        : undefined
    if (operation === 'DELETE' || !type.namespaced) return undefined
    const namespaces = resourceByPlural('namespaces')
    if (!namespaces) return undefined
    let there = reader.get('namespaces', undefined, namespace)
    if (!there) {
      // the cache may be late: ask
      const [answer] = asked
      if (!answer) return { ask: { method: 'GET', verb: 'get', type: namespaces, namespace, name: namespace } }
      if (answer.code >= 300) return { refused: notFound(namespaces, namespace) }
      there = answer.body as typeof there
    }
    return there?.metadata.deletionTimestamp ? { refused: namespaceTerminating(type, name, namespace) } : undefined
  },
}
