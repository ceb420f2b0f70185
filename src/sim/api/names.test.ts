import { describe, expect, test } from 'vitest'
import * as names from './names'

const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const qualified =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

describe('names are refused in the words of the real apiserver', () => {
  test('as the recorded Deployment Web_1 was', () => {
    expect(names.dns1123SubdomainErrors('Web_1')).toEqual([subdomain])
    expect(names.dns1123SubdomainErrors('web-1.example')).toEqual([])
    expect(names.dns1123SubdomainErrors('a'.repeat(254))).toEqual(['must be no more than 253 bytes'])
  })
  test('as labels', () => {
    expect(names.dns1123LabelErrors('web')).toEqual([])
    expect(names.dns1123LabelErrors('a.b')).toEqual(['must not contain dots'])
    expect(names.dns1123LabelErrors('-web')).toEqual([
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ])
  })
  test('as qualified names', () => {
    expect(names.qualifiedNameErrors('app.kubernetes.io/name')).toEqual([])
    expect(names.qualifiedNameErrors('/name')).toEqual(['prefix part must be non-empty'])
    expect(names.qualifiedNameErrors('A_b/name')).toEqual([`prefix part ${subdomain}`])
    expect(names.qualifiedNameErrors('a b')).toEqual([`name part ${qualified}`])
    expect(names.qualifiedNameErrors('')).toEqual(['name part must be non-empty', `name part ${qualified}`])
    expect(names.qualifiedNameErrors('a/b/c')).toEqual([
      `a valid label key ${qualified} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ])
  })
  test('as values of labels', () => {
    expect(names.labelValueErrors('')).toEqual([])
    expect(names.labelValueErrors('a b')).toEqual([
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ])
  })
  test('as ports and keys', () => {
    expect(names.portNameErrors('http')).toEqual([])
    expect(names.portNameErrors('8080')).toEqual(['must contain at least one letter (a-z)'])
    expect(names.portNameErrors('a--B-')).toHaveLength(3)
    expect(names.portNumberErrors(70000)).toEqual(['must be between 1 and 65535, inclusive'])
    expect(names.configKeyErrors('nginx.conf')).toEqual([])
    expect(names.configKeyErrors('..')).toEqual(["must not be '..'"])
    expect(names.envVarNameErrors('A=B')).toHaveLength(1)
    expect(names.envVarNameErrors('my.var-1')).toEqual([])
    expect(names.pathSegmentErrors('a/b')).toEqual(["may not contain '/'"])
  })
})

describe('generated names', () => {
  test('have five safe characters after the base', () => {
    let n = 0
    expect(names.generateName('web-', () => (n += 0.1))).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })
  test('never exceed 63 characters', () => {
    expect(names.generateName('a'.repeat(80), () => 0)).toBe(`${'a'.repeat(58)}bbbbb`)
  })
  test('are checked with the dash at the end masked', () => {
    expect(names.maskTrailingDash('web-')).toBe('wea')
    expect(names.maskTrailingDash('web')).toBe('web')
  })
})

test('every short string is a good subdomain when the pattern says so', () => {
  const label = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
  const pattern = new RegExp(`^${label}(\\.${label})*$`)
  const check = (value: string, more: number): void => {
    expect({ value, good: names.dns1123SubdomainErrors(value).length === 0 }).toEqual({ value, good: pattern.test(value) })
    if (more > 0) for (const c of 'a0-._A') check(value + c, more - 1)
  }
  check('', 5)
})
