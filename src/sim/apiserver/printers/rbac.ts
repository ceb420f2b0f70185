// Models printRoleBinding of pkg/printers/internalversion/printers.go. Role and ClusterRole have no columns of their own.
import type { ClusterRoleBinding, RoleBinding } from '../../api/types'
import { age } from './cells'
import { AGE, column, NAME, type Printers, printer, wideColumn } from './types'

type Binding = RoleBinding | ClusterRoleBinding

const subjects = ({ subjects = [] }: Binding, kind: string): string =>
  subjects
    .filter(subject => subject.kind === kind)
    .map(({ namespace, name }) => (kind === 'ServiceAccount' && namespace ? `${namespace}/${name}` : name))
    .join(', ')

const binding = printer<Binding>(
  [NAME, column('Role'), AGE, wideColumn('Users'), wideColumn('Groups'), wideColumn('ServiceAccounts')],
  (object, now) => [
    object.metadata.name,
    `${object.roleRef.kind}/${object.roleRef.name}`,
    age(object, now),
    subjects(object, 'User'),
    subjects(object, 'Group'),
    subjects(object, 'ServiceAccount'),
  ],
)

export const rbacPrinters: Printers = { RoleBinding: binding, ClusterRoleBinding: binding }
