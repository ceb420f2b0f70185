/** Manifests to begin with. They are Kubernetes' own language, so they are the same in every language. */

const DEPLOYMENT = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: nginx
          image: nginx:1.27
          ports:
            - containerPort: 80
          resources:
            requests:
              cpu: 100m
              memory: 64Mi
`

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: 80
`

const POD = `apiVersion: v1
kind: Pod
metadata:
  name: hello
spec:
  containers:
    - name: nginx
      image: nginx:1.27
`

/** By the catalogue's key of their name. */
export const EXAMPLES = {
  'editor.deployment': DEPLOYMENT,
  'editor.service': SERVICE,
  'editor.pod': POD,
  'editor.both': `${DEPLOYMENT}---\n${SERVICE}`,
} as const

export type ExampleName = keyof typeof EXAMPLES
export const EXAMPLE_NAMES = Object.keys(EXAMPLES) as readonly ExampleName[]
