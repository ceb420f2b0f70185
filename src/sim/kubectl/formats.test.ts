import { describe, expect, it } from 'vitest'
import { TestKubectl } from './testing'

const pod = (name: string) => ({ metadata: { name }, status: { phase: 'Running' } })
const files = {
  'names.tpl': '{{range .items}}{{.metadata.name}} {{end}}',
  'names.jp': '{.items[*].metadata.name}',
  'columns.txt': 'NAME          PHASE\nmetadata.name status.phase\n',
  'web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: nginx, env: [{name: A, value: "1"}]}]}
`,
}
const kubectl = () =>
  new TestKubectl(({ path }) => (path.endsWith('/pods') ? { body: { metadata: {}, items: [pod('a'), pod('b')] } } : undefined))
const run = (line: string, stdin?: string) => kubectl().run(line, { files, ...(stdin !== undefined && { stdin }) })

describe('templates in files', () => {
  it('are read', () => {
    expect(run('get pods -o go-template-file=names.tpl').stdout).toBe('a b ')
    expect(run('get pods -o jsonpath-file --template names.jp').stdout).toBe('a b')
    expect(run('get pods -o custom-columns-file=columns.txt --no-headers').stdout).toBe(
      'NAME   PHASE\na      Running\nb      Running\n',
    )
  })
  it('must be there and must be columns', () => {
    expect(run('get pods -o jsonpath-file=x').stderr).toBe(
      'error: error reading --template x, open x: no such file or directory\n',
    )
    expect(run('get pods -o custom-columns-file=names.jp').stderr).toBe(
      'error: invalid template, missing spec line. Expected format is one line of space separated headers, one line of space separated column specs.\n',
    )
  })
})

describe('-o json', () => {
  it('has the fields of what kubectl makes in the order of Go’s structs, and maps by the alphabet', () => {
    const made = run('create deployment web --image=nginx --port=80 --dry-run=client -o json').stdout
    expect([...made.matchAll(/"(\w+)":/g)].map(([, key]) => key).join(' ')).toBe(
      'kind apiVersion metadata name labels app spec replicas selector matchLabels app template metadata labels app spec containers name image ports containerPort resources strategy status',
    )
    const data = run('create configmap c --from-literal=b=1 --from-literal=a=2 --dry-run=client -o json').stdout
    expect([...data.matchAll(/"(\w+)":/g)].map(([, key]) => key)).toEqual([
      'kind',
      'apiVersion',
      'metadata',
      'name',
      'data',
      'a',
      'b',
    ])
  })
  it('has the fields of what kubectl reads by the alphabet', () => {
    const read = run('create -f web.yaml --dry-run=client -o json').stdout
    expect(read).toMatch(/^\{\n {4}"apiVersion"/)
  })
})

describe('set --local', () => {
  it('changes what a file has, asks nobody, and prints it as a struct', () => {
    const ran = run('set image -f web.yaml nginx=nginx:2 --local -o yaml')
    expect(ran.requests).toEqual([])
    expect(ran.stdout).toContain('        image: nginx:2\n        name: nginx\n        resources: {}\nstatus: {}\n')
    expect(ran.stdout).toContain('  strategy: {}\n')
    expect(run('set image deploy/web nginx=nginx:2 --local').stderr).toMatch(
      /^error: you must specify resources by --filename when --local is set\.\n/,
    )
  })
})

describe('set env', () => {
  it('takes variables from standard input, and leaves out a line’s comment', () => {
    const { stdout } = run('set env -f web.yaml --local --list -', 'B=2 # two\n# C=3\nD=4\n')
    expect(stdout).toBe('# Deployment web, container nginx\nA=1\nB=2 \nD=4\n')
  })
  it('does not overwrite where that is not wanted, nor set what it takes away', () => {
    expect(run('set env -f web.yaml --local A=2 --overwrite=false').stderr).toBe(
      "error: deployments/web 'A' already has a value (1), and --overwrite is false\n",
    )
    expect(run('set env -f web.yaml --local A=2 A-').stderr).toBe(
      'error: can not both modify and remove the same environment variable in the same command\n',
    )
  })
})

describe('label, annotate and patch --local', () => {
  it('change what a file has and ask nobody', () => {
    expect(run('label -f web.yaml tier=front --local')).toMatchObject({ stdout: 'deployment.apps/web labeled\n', requests: [] })
    expect(run('annotate -f web.yaml a=b --local -o yaml').stdout).toContain('  annotations:\n    a: b\n')
    expect(run(`patch -f web.yaml --local --type=merge -p '{"spec":{"replicas":7}}' -o jsonpath={.spec.replicas}`).stdout).toBe(
      '7',
    )
    expect(run('patch deploy web --local -p {}').stderr).toBe('error: cannot specify --local and server resources\n')
  })
})

describe('flags of every command', () => {
  it('--request-timeout goes with each request, as Go writes a duration', () => {
    expect(run('get pods -o name --request-timeout=90s').requests).toEqual([
      'GET /api/v1/namespaces/default/pods?limit=500&timeout=1m30s',
    ])
    expect(run('get pods --request-timeout=soon').stderr).toMatch(/^error: Invalid timeout value\./)
  })
  it('--warnings-as-errors fails for a warning, in the end', () => {
    const warning = new TestKubectl(() => ({ body: { metadata: {}, items: [] }, warnings: ['old'] }))
    expect(warning.run('get pods -o name --warnings-as-errors')).toMatchObject({
      stderr: 'Warning: old\nerror: 1 warning received\n',
      code: 1,
    })
  })
})

describe('templates', () => {
  const print = (template: string) =>
    run(`patch -f web.yaml --local --type=merge -p '{"metadata":{"labels":{"a.b/c":"d"}}}' -o ${template}`).stdout
  it('read a quoted key of jsonpath as a path, whose dots may be escaped', () => {
    expect(print(`jsonpath="{.metadata.labels['a\\.b/c']}"`)).toBe('d')
    expect(print(`jsonpath="{['metadata.name','kind']}"`)).toBe('web Deployment')
    expect(run(`get pods -o jsonpath='{.items["a"]}'`).stderr).toBe(
      'error: error parsing jsonpath {.items["a"]}, invalid array index "a"\n',
    )
  })
  it('compare in a filter what is of one kind', () => {
    expect(run(`get pods -o jsonpath='{.items[?(@.metadata.name!="a")].metadata.name}'`).stdout).toBe('b')
    expect(run(`get pods -o jsonpath='{.items[?(@.metadata.name>1)].metadata.name}'`).stderr).toContain(
      'Error executing template: incompatible types for comparison.',
    )
    expect(run(`get pods -o jsonpath='{.items[?(@.metadata=="x")].metadata.name}'`).stderr).toContain(
      'Error executing template: invalid type for comparison.',
    )
  })
  it('take fields of what stands in parentheses, and give it its arguments', () => {
    expect(print(`go-template='{{(index .spec.template.spec.containers 0).image}}'`)).toBe('nginx')
    expect(print(`go-template='{{with (index .spec.template.spec.containers 0)}}{{.name}}{{end}}'`)).toBe('nginx')
  })
})
