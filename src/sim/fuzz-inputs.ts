/** For tests: manifests, command lines and patches, and how chance damages them. */

export const MANIFESTS: readonly string[] = [
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: {app: web}
spec:
  replicas: 2
  selector:
    matchLabels: {app: web}
  strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: nginx
        image: nginx:1.27
        ports: [{containerPort: 80, name: http}]
        env: [{name: A, value: b}]
        resources: {requests: {cpu: 10m}, limits: {cpu: 20m}}
        readinessProbe: {httpGet: {path: /, port: http}}
`,
  `apiVersion: v1
kind: Pod
metadata: {name: box}
spec:
  restartPolicy: Never
  nodeSelector: {disk: ssd}
  containers:
  - {name: c, image: "busybox:1.36", command: [sleep, "3600"], volumeMounts: [{name: v, mountPath: /v}]}
  volumes:
  - name: v
    configMap: {name: settings, items: [{key: a, path: b}]}
`,
  `apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, targetPort: http, nodePort: 30080}]
`,
  `apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {a: "1", b: "2"}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
stringData: {password: "x"}
`,
  `apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec:
  schedule: "0 0 * * *"
  jobTemplate: {spec: {backoffLimit: 2, template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
`,
  `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  replicas: 1
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: x}]}
  volumeClaimTemplates:
  - metadata: {name: d}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front}
spec:
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
`,
  '{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "web"}, "spec": {"maxReplicas": 3, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}}\n',
  `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {minAvailable: 50%, selector: {matchLabels: {app: web}}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress: [{from: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}], ports: [{port: 80, endPort: 90}]}]
`,
  `apiVersion: v1
kind: ResourceQuota
metadata: {name: small}
spec: {hard: {pods: "20", requests.cpu: "4", count/jobs.batch: "9"}, scopes: [NotBestEffort]}
---
apiVersion: v1
kind: LimitRange
metadata: {name: usual}
spec: {limits: [{type: Container, default: {cpu: 20m}, defaultRequest: {cpu: 10m}, max: {cpu: "1"}, min: {cpu: 1m}}]}
`,
  `apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec: {capacity: {storage: 1Gi}, accessModes: [ReadWriteOnce], storageClassName: manual, hostPath: {path: /d}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteOnce], storageClassName: manual, resources: {requests: {storage: 1Gi}}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: example.com/fast
volumeBindingMode: WaitForFirstConsumer
`,
  `apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: [{apiGroups: [""], resources: [pods], verbs: [get, list]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects: [{kind: User, name: jane}, {kind: ServiceAccount, name: default, namespace: default}]
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: high}
value: 1000
`,
  'apiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: crlf}\r\ndata:\r\n  a: &x one\r\n  b: *x # twice\r\n',
  '{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"l1"}},{"apiVersion":"batch/v1","kind":"Job","metadata":{"name":"l2"},"spec":{"completions":2,"completionMode":"Indexed","template":{"spec":{"restartPolicy":"Never","containers":[{"name":"c","image":"busybox"}]}}}}]}\n',
]

const TAKING = [
  'apply -f -',
  'create -f -',
  'apply --server-side -f -',
  'apply --server-side --force-conflicts -f -',
  'replace -f -',
  'delete -f - --wait=false',
  'diff -f -',
  'create --dry-run=server -f -',
  'apply --dry-run=client -o yaml -f -',
  'apply --force -f -',
  'replace --force -f -',
  'apply set-last-applied --create-annotation -f -',
  'apply view-last-applied -f -',
  'create --validate=warn -f -',
  'label a=b -f -',
  'describe -f -',
]

const LINES: readonly string[] = [
  'get pods -o wide -A',
  'get deployments,services -l app=web -o yaml',
  "get pods -o jsonpath='{.items[*].metadata.name}'",
  'get deployment web -o go-template={{.metadata.name}}',
  'get pods --sort-by=.metadata.name -o custom-columns=N:.metadata.name',
  'get events --field-selector type=Warning',
  'describe deployment web',
  'create deployment more --image=nginx --replicas=2 --port=80',
  'create configmap c --from-literal=a=b',
  'create secret generic s --from-literal=a=b',
  'create job once --image=busybox -- date',
  'create cronjob c --image=busybox --schedule="*/5 * * * *" -- date',
  'create role r --verb=get,list --resource=pods',
  'create rolebinding b --role=r --user=jane',
  'create ingress i --rule=a.example/x=web:80',
  'create quota q --hard=pods=3',
  'create service clusterip s --tcp=80:80',
  'run box2 --image=busybox --restart=Never --labels=a=b -- sleep 1',
  'expose deployment web --port=80 --target-port=8080 --name=shown',
  'scale deployment web --replicas=3 --current-replicas=2',
  'autoscale deployment web --min=1 --max=3 --cpu=50%',
  'set image deployment/web nginx=nginx:1.28',
  'set env deployment/web A=b C-',
  'set resources deployment web --limits=cpu=100m',
  'label deployment web tier=front --overwrite',
  'annotate service web note=x',
  'taint nodes node-1 a=b:NoSchedule',
  'cordon node-1',
  'drain node-1 --ignore-daemonsets --force',
  'rollout history deployment/web --revision=1',
  'rollout undo deployment/web --to-revision=1',
  'rollout restart deployment web',
  'delete deployment web --cascade=orphan --wait=false',
  'delete pods --all --grace-period=0 --force --wait=false',
  'auth can-i create pods --as=jane',
  'explain deployment.spec.strategy --recursive',
  'api-resources --namespaced=true -o name',
  'wait deployment/web --for=condition=Available --timeout=1s',
  'logs deployment/web --tail=1',
  'top pods',
  'version -o json',
  'config view',
  'set selector service web app=web,tier=front',
  'set serviceaccount deployment web default',
  'set subject rolebinding readers --user=bob --serviceaccount=default:default',
  'set env deployment/web --from=configmap/settings --prefix=P_ --keys=a',
  'get deployment web --subresource=scale -o wide',
  'get pods,services,deployments.apps/web -L app --show-kind --no-headers',
  "get all -A -l 'app in (web,db),tier!=x' --ignore-not-found",
  'describe networkpolicy deny',
  'describe node node-1 --show-events=false',
  'scale deployment web --replicas=2 --timeout=2s',
  'run box3 --image=busybox --overrides={\\"spec\\":{\\"nodeName\\":\\"node-1\\"}} --dry-run=server -o yaml',
  'expose deployment web --port=80 --overrides={} --name=again --dry-run=client -o json',
  'create priorityclass p --value=10 --global-default --preemption-policy=Never',
  'create poddisruptionbudget b --selector=app=web --min-available=50%',
  'create clusterrole c --verb=get --non-resource-url=/healthz',
  'create token default --duration=10m',
  'rollout status deployment/web --timeout=1s',
  'rollout pause deployment/web',
  "wait pods --all --for=jsonpath='{.status.phase}'=Running --timeout=1s",
  'annotate pods --all a=b c-',
  'label node node-1 disk=ssd --resource-version=1',
  'config set-context --current --namespace=default',
  'get pods --as=jane --as-group=system:masters -n default',
  'auth can-i --list -n default',
  'patch service web --type=json -p \'[{"op":"remove","path":"/spec/selector"}]\'',
]

const PATCHES: readonly string[] = [
  '{"spec":{"replicas":3,"template":{"spec":{"containers":[{"name":"nginx","image":"nginx:1.28"}]}}}}',
  '{"metadata":{"labels":{"a":"b","app":null},"annotations":{"x/y":"z"},"finalizers":["a.b/c"]}}',
  '[{"op":"replace","path":"/spec/replicas","value":5},{"op":"add","path":"/metadata/labels/x","value":"y"},{"op":"test","path":"/kind","value":"Deployment"}]',
  '{"spec":{"template":{"spec":{"containers":[{"$patch":"delete","name":"nginx"}],"$setElementOrder/containers":[{"name":"a"}]}}}}',
  '{"data":{"a":"9"},"immutable":true}',
  '{"spec":{"type":"ClusterIP","clusterIP":"10.96.3.4","ports":[{"port":81,"nodePort":30081}]}}',
  '{"spec":{"taints":[{"key":"a","value":"b","effect":"NoSchedule"}],"unschedulable":true}}',
  '[{"op":"copy","from":"/metadata/name","path":"/metadata/labels/n"},{"op":"move","from":"/spec/a","path":"/spec/b"},{"op":"remove","path":"/spec/containers/0"}]',
]
const PATCHED = [
  'deployment web',
  'configmap settings',
  'service web',
  'pod box',
  'node node-1',
  'namespace default',
  'deployment web --subresource=status',
  'deployment web --subresource=scale',
  'nothing web',
]

const JUNK = [
  '',
  ' ',
  '-',
  '--',
  '0',
  '-1',
  '1.5',
  '1e999',
  'null',
  '~',
  'true',
  '{}',
  '[]',
  '{',
  ']',
  ':',
  '"',
  "'",
  '\t',
  '\n',
  '\u0000',
  'é',
  '𝒳',
  '100%',
  '1Gi',
  'a/b',
  '..',
  '$(x)',
  '*',
  '&a *a',
  '!!binary x',
  '| ',
  '<<: x',
  '%',
  '\\',
  '=',
  ',',
  'x'.repeat(300),
  '__proto__',
  'constructor',
  'toString',
  'kind: List',
  'apiVersion: v2',
  'metadata: x',
  '- ',
]

export type Random = (below: number) => number

/** A stream of whole numbers (mulberry32). */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T

/** A text with one damage done: its pieces are words and marks. */
function damaged(random: Random, text: string): string {
  const pieces = text.match(/\s+|[\w./-]+|[^\w\s]/g) ?? []
  const at = random(pieces.length + 1)
  const other = pieces[random(pieces.length + 1)] ?? ''
  switch (random(7)) {
    case 0:
      pieces.splice(at, 1)
      break
    case 1:
      pieces.splice(at, 0, pick(random, JUNK))
      break
    case 2:
      pieces.splice(at, 1, pick(random, JUNK))
      break
    case 3:
      pieces.splice(at, 1, other)
      break
    case 4:
      pieces.splice(at, 0, other)
      break
    case 5:
      return text.slice(0, random(text.length + 1))
    default: {
      const from = random(text.length + 1)
      return text.slice(0, from) + text.slice(from + random(12))
    }
  }
  return pieces.join('')
}

export function damage(random: Random, text: string): string {
  let so = text
  // mostly once, so that what comes after the first check is met, too
  for (let n = [0, 1, 1, 1, 1, 2, 2, 3][random(8)] ?? 1; n > 0; n--) so = damaged(random, so)
  return so
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

export interface Input {
  readonly line: string
  readonly stdin?: string
}

export function inputOf(random: Random): Input {
  switch (random(3)) {
    case 0:
      return { line: pick(random, TAKING), stdin: damage(random, pick(random, MANIFESTS)) }
    case 1:
      return { line: damage(random, pick(random, LINES)) }
    default: {
      const type = pick(random, ['strategic', 'merge', 'json'])
      const patch = random(4) === 0 ? pick(random, PATCHES) : damage(random, pick(random, PATCHES))
      return { line: `patch ${pick(random, PATCHED)} --type=${type} -p ${quote(patch)}` }
    }
  }
}
