import { describe, expect, it } from 'vitest'
import type { HttpRequest } from '../api/messages'
import { type Scripted, TestKubectl } from './testing'

const config = (name: string, data: object = { a: '1' }) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '7',
    managedFields: [{ manager: 'kubectl-create', operation: 'Update' }],
  },
  data,
})
const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`
const TEXT = `apiVersion: v1
data:
  a: "1"
kind: ConfigMap
metadata:
  name: c
  namespace: default
  resourceVersion: "7"
  uid: uid-c
`
const refusal = (code: number, reason: string, more: object = {}): Scripted => ({
  code,
  body: { kind: 'Status', status: 'Failure', reason, message: 'no such luck', code, ...more },
})

/** kubectl before ConfigMaps c and d, with what the apiserver says to a patch. */
const kubectl = (patched: (request: HttpRequest) => Scripted = () => ({ body: config('c') })) =>
  new TestKubectl(request => {
    if (request.path.startsWith('/openapi')) return undefined
    if (request.method === 'PATCH') return patched(request)
    const name = request.path.split('/').pop() ?? ''
    return name === 'c' || name === 'd' ? { body: config(name) } : undefined
  })
const edit = (stdin: string, line = 'edit cm/c', to = kubectl()) => to.run(line, { stdin })

/** The texts with which the editor was opened. */
function editors({ simulation }: TestKubectl): readonly string[] {
  const texts: string[] = []
  for (const { reason, args } of simulation.trace.entries())
    if (reason === 'kubectl.editor') texts.push((args as { text: string }).text)
  return texts
}

describe('kubectl edit', () => {
  it('opens the object without managed fields, below a comment that says how', () => {
    const to = kubectl()
    const ran = edit(HEADER + TEXT, 'edit cm c', to)
    expect(editors(to)).toEqual([HEADER + TEXT])
    expect(ran).toMatchObject({ code: 0, stdout: '', stderr: 'Edit cancelled, no changes made.\n', bodies: [] })
  })

  it('sends what was changed as a strategic merge patch', () => {
    expect(edit(TEXT.replace('"1"', '"2"\n  b: x'))).toMatchObject({
      code: 0,
      stdout: 'configmap/c edited\n',
      requests: [
        'GET /api/v1/namespaces/default/configmaps/c',
        'PATCH /api/v1/namespaces/default/configmaps/c?fieldManager=kubectl-edit&fieldValidation=Strict',
      ],
      bodies: [{ data: { a: '2', b: 'x' } }],
    })
  })

  it('compares with what the person was shown, not with what the object has become meanwhile', () => {
    const opened = TEXT.replace('"7"', '"5"').replace('"1"', '"0"')
    const ran = kubectl().run('edit cm/c', { stdin: opened.replace('data:', 'data:\n  z: why'), opened })
    expect(ran.bodies).toEqual([{ data: { z: 'why' } }])
  })

  it('can show JSON, which has no comments, and then prints JSON', () => {
    const to = kubectl()
    const ran = edit(JSON.stringify(config('c', { a: '3' })), 'edit cm/c -o json', to)
    expect(editors(to)[0]).toMatch(/^\{\n {4}"apiVersion": "v1",/)
    expect(JSON.parse(ran.stdout)).toMatchObject({ kind: 'ConfigMap' })
    expect(edit(TEXT, 'edit cm/c -o name').stderr).toBe(
      'error: unable to match a printer suitable for the output format "name", allowed formats are: json,kyaml,yaml\n',
    )
  })

  it('shows several objects as a List, and sends what changed in each', () => {
    const to = kubectl()
    const items = [config('c'), config('d', { a: '4' })]
    const ran = edit(JSON.stringify({ apiVersion: 'v1', kind: 'List', metadata: {}, items }), 'edit cm c d', to)
    expect(editors(to)[0]).toContain('kind: List\nmetadata: {}\n')
    expect(ran.stdout).toBe('configmap/c skipped\nconfigmap/c edited\n')
    expect(ran.bodies).toEqual([{ data: { a: '4' } }])
  })

  it('shows the person again what the apiserver found invalid, and keeps a copy', () => {
    const to = kubectl(() => refusal(422, 'Invalid', { details: { causes: [{ field: 'data', message: 'Invalid value: "x"' }] } }))
    const ran = edit(TEXT.replace('"1"', '"2"'), 'edit cm/c', to)
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).toMatch(
      /^error: configmaps "c" is invalid\nA copy of your changes has been stored to "\/tmp\/kubectl-edit-\d+\.yaml"\nerror: Edit cancelled, no valid changes were saved\.\n$/,
    )
    expect(editors(to)[1]).toBe(
      `${HEADER}# configmaps "c" was not valid:\n# * data: Invalid value: "x"\n#\n${TEXT.replace('"1"', '"2"')}`,
    )
  })

  it('does not ask the apiserver about a text that is no object', () => {
    const to = kubectl()
    const ran = edit('a: [', 'edit cm/c', to)
    expect(ran.requests).toEqual(['GET /api/v1/namespaces/default/configmaps/c'])
    expect(ran.stderr).toMatch(/^error: configmaps "c" is invalid\nA copy /)
    expect(editors(to)[1]).toContain('# * <nil>: Invalid value: "The edited file failed validation": yaml: ')
    expect(edit('# nothing\n', 'edit cm/c --validate=false')).toMatchObject({
      code: 0,
      stderr: 'Edit cancelled, saved file was empty.\n',
    })
  })

  it('keeps what another error refused in a file, for replace', () => {
    const to = kubectl(() => refusal(409, 'Conflict'))
    const { stderr, code } = edit(TEXT.replace('"1"', '"2"'), 'edit cm/c', to)
    expect(code).toBe(1)
    const path =
      /^error: configmaps "c" could not be patched: no such luck\nYou can run `kubectl replace -f (\S+)` to try this update again\.\n$/.exec(
        stderr,
      )?.[1]
    expect(to.run(`replace -f ${path} --dry-run=client`).stdout).toBe('configmap/c replaced (dry run)\n')
    expect(
      edit(
        TEXT.replace('"1"', '"2"'),
        'edit cm/c',
        kubectl(() => refusal(404, 'NotFound')),
      ).stderr,
    ).toMatch(
      /^error: configmaps "c" could not be found on the server\nThe edits you made on deleted resources have been saved to "/,
    )
  })

  it('of a type alone is of all its objects', () => {
    const to = new TestKubectl(({ path }) =>
      path.endsWith('/configmaps') ? { body: { items: [config('c'), config('d')] } } : undefined,
    )
    expect(to.run('edit cm').requests).toEqual(['GET /api/v1/namespaces/default/configmaps'])
    expect(editors(to)[0]).toContain('kind: List\n')
  })

  it('does not let names, kinds and namespaces be changed', () => {
    expect(edit(TEXT.replace('name: c', 'name: e')).stderr).toMatch(
      /^A copy of your changes .*\nerror: At least one of apiVersion, kind and name was changed\n$/,
    )
    expect(edit(TEXT.replace('namespace: default', 'namespace: other')).stderr).toContain(
      `the namespace from the provided object "other" does not match the namespace "default". You must pass '--namespace=other'`,
    )
    expect(edit(TEXT.replace('uid-c', 'uid-e')).stderr).toContain(
      'error: no original object found for &unstructured.Unstructured{Object:map[string]interface {}{"apiVersion":"v1",',
    )
  })

  it('keeps the configuration for apply where it is asked to', () => {
    const ran = edit(TEXT.replace('"1"', '"2"'), 'edit cm/c --save-config --output-patch')
    expect(JSON.stringify(ran.bodies[0])).toContain('kubectl.kubernetes.io/last-applied-configuration')
    expect(ran.stdout).toMatch(/^Patch: \{"data":\{"a":"2"\},"metadata":.*\nconfigmap\/c edited\n$/)
  })

  it('without a person says that it needs one, and what is not there in the apiserver’s words', () => {
    expect(kubectl().run('edit cm/c').stderr).toBe(
      'error: edit needs a person at an editor: what they save comes as standard input, and there is none\n',
    )
    expect(kubectl().run('edit cm/x').stderr).toBe('Error from server (NotFound): configmaps "x" not found\n')
    expect(kubectl().run('edit cm/c --subresource=scale').stderr).toContain(
      'invalid subresource value: "scale". Must be one of [status]',
    )
  })
})
