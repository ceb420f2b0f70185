// Models the manifests of sigs.k8s.io/metrics-server/manifests/base, for a process beside the control plane instead of a Deployment.
import type { KubeObject } from '../api/types'

const NAMESPACE = 'kube-system'
const RBAC = 'rbac.authorization.k8s.io/v1'
const LABELS = Object.freeze({ 'k8s-app': 'metrics-server' })
const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object,
  namespace?: string,
  labels: object = LABELS,
): KubeObject => ({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }), labels }, ...rest }) as KubeObject

const SUBJECTS = [{ kind: 'ServiceAccount', name: 'metrics-server', namespace: NAMESPACE }]
const role = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name })
const READ = ['get', 'list', 'watch']
const AGGREGATED = Object.fromEntries(
  ['admin', 'edit', 'view'].map(to => [`rbac.authorization.k8s.io/aggregate-to-${to}`, 'true']),
)

/**
 * What a cluster with a metrics server has: its account and roles, and the APIService, which leads to a Service without a selector, and that
 * to the control plane's machine.
 */
export const metricsServerObjects = (address = '10.0.0.1'): readonly KubeObject[] => [
  object('v1', 'ServiceAccount', 'metrics-server', {}, NAMESPACE),
  object(
    RBAC,
    'ClusterRole',
    'system:aggregated-metrics-reader',
    { rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: READ }] },
    undefined,
    { ...LABELS, ...AGGREGATED },
  ),
  object(RBAC, 'ClusterRole', 'system:metrics-server', {
    rules: [
      { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
      { apiGroups: [''], resources: ['pods', 'nodes'], verbs: READ },
    ],
  }),
  object(RBAC, 'ClusterRoleBinding', 'system:metrics-server', {
    roleRef: role('ClusterRole', 'system:metrics-server'),
    subjects: SUBJECTS,
  }),
  object(RBAC, 'ClusterRoleBinding', 'metrics-server:system:auth-delegator', {
    roleRef: role('ClusterRole', 'system:auth-delegator'),
    subjects: SUBJECTS,
  }),
  object(
    RBAC,
    'RoleBinding',
    'metrics-server-auth-reader',
    { roleRef: role('Role', 'extension-apiserver-authentication-reader'), subjects: SUBJECTS },
    NAMESPACE,
  ),
  object(
    'v1',
    'Service',
    'metrics-server',
    { spec: { ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 4443 }] } },
    NAMESPACE,
  ),
  object(
    'v1',
    'Endpoints',
    'metrics-server',
    { subsets: [{ addresses: [{ ip: address }], ports: [{ name: 'https', port: 4443, protocol: 'TCP' }] }] },
    NAMESPACE,
  ),
  object('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.metrics.k8s.io', {
    spec: {
      group: 'metrics.k8s.io',
      groupPriorityMinimum: 100,
      insecureSkipTLSVerify: true,
      service: { name: 'metrics-server', namespace: NAMESPACE, port: 443 },
      version: 'v1beta1',
      versionPriority: 100,
    },
  }),
]
