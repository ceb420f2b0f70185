/** For tests: good objects of each kind that people write, to be damaged. */
import type { KubeObject } from '../api/types'
import { deployment, pod } from './testing'

const template = deployment().spec.template
const selector = { matchLabels: { app: 'web' } }
const job = { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox' }] } } }
const of = (apiVersion: string, kind: string, rest: Readonly<Record<string, unknown>>): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'it', labels: { app: 'web' } },
  ...rest,
})

/** One good object of each kind that people write. */
export const SEEDS: readonly KubeObject[] = [
  pod('it', {
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
    containers: [
      {
        name: 'c',
        image: 'nginx',
        ports: [{ containerPort: 80 }],
        env: [{ name: 'A', value: 'b' }],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
        resources: { limits: { cpu: '1' } },
        livenessProbe: { httpGet: { port: 80 } },
      },
    ],
    tolerations: [{ key: 'a', operator: 'Exists' }],
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }],
        },
      },
    },
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'z', whenUnsatisfiable: 'DoNotSchedule', labelSelector: selector }],
  }),
  deployment('it'),
  of('apps/v1', 'ReplicaSet', { spec: { replicas: 1, selector, template } }),
  of('apps/v1', 'StatefulSet', {
    spec: {
      serviceName: 'x',
      selector,
      template,
      volumeClaimTemplates: [
        { metadata: { name: 'd' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
      ],
    },
  }),
  of('apps/v1', 'DaemonSet', { spec: { selector, template } }),
  of('batch/v1', 'Job', { spec: job }),
  of('batch/v1', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: job } } }),
  of('v1', 'ReplicationController', { spec: { selector: { app: 'web' }, template } }),
  of('v1', 'Service', { spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] } }),
  of('v1', 'ConfigMap', { data: { a: 'b' } }),
  of('v1', 'Secret', { stringData: { a: 'b' }, data: { c: 'ZA==' } }),
  of('v1', 'Namespace', { spec: {} }),
  of('v1', 'PersistentVolumeClaim', { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }),
  of('v1', 'PersistentVolume', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/x' } },
  }),
  of('v1', 'ResourceQuota', { spec: { hard: { pods: '3', 'requests.cpu': '1' } } }),
  of('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' }, defaultRequest: { cpu: '100m' } }] } }),
  of('v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '1.2.3.4' }], ports: [{ port: 80 }] }] }),
  of('v1', 'Node', {
    spec: { podCIDRs: ['10.0.0.0/24'], taints: [{ key: 'a', effect: 'NoSchedule' }] },
    status: { capacity: { cpu: '1' } },
  }),
  of('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['1.2.3.4'] }],
    ports: [{ port: 80 }],
  }),
  of('networking.k8s.io/v1', 'Ingress', {
    spec: {
      rules: [
        {
          host: 'a.b',
          http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'x', port: { number: 80 } } } }] },
        },
      ],
    },
  }),
  of('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: { maxReplicas: 3, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } },
  }),
  of('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
  of('scheduling.k8s.io/v1', 'PriorityClass', { value: 10 }),
  of('storage.k8s.io/v1', 'StorageClass', { provisioner: 'x' }),
  of('storage.k8s.io/v1', 'CSIDriver', { spec: { attachRequired: true } }),
  of('storage.k8s.io/v1', 'VolumeAttachment', {
    spec: { attacher: 'a.b', nodeName: 'node-1', source: { persistentVolumeName: 'pv' } },
  }),
  of('networking.k8s.io/v1', 'IngressClass', { spec: { controller: 'a.b/c' } }),
  of('networking.k8s.io/v1', 'ServiceCIDR', { spec: { cidrs: ['172.16.0.0/16'] } }),
  of('networking.k8s.io/v1', 'NetworkPolicy', { spec: { podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] } }),
  of('node.k8s.io/v1', 'RuntimeClass', { handler: 'a' }),
  of('coordination.k8s.io/v1', 'Lease', { spec: { holderIdentity: 'a', leaseDurationSeconds: 15 } }),
  of('v1', 'Event', { involvedObject: { kind: 'Pod', namespace: 'default', name: 'web' }, reason: 'Seen', type: 'Normal' }),
  of('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', {
    webhooks: [
      {
        name: 'a.b.c',
        clientConfig: { service: { namespace: 'default', name: 'x', path: '/y' } },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  }),
  of('rbac.authorization.k8s.io/v1', 'Role', { rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }] }),
  of('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    subjects: [{ kind: 'User', name: 'jane' }],
    roleRef: { kind: 'Role', name: 'x', apiGroup: 'rbac.authorization.k8s.io' },
  }),
]
