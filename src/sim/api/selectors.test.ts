import { describe, expect, test } from 'vitest'
import { fieldLabels, parseFieldSelector } from './field-selectors'
import { formatLabelSelector, formatLabels, labelSelector, mapSelector, parseSelector } from './selectors'
import type { KubeObject } from './types'

describe('a label selector', () => {
  test.each([
    ['app=web', 'app=web'],
    ['app==web', 'app==web'],
    ['b!=1, a=2', 'a=2,b!=1'],
    ['e in (y, x),!f,g', 'e in (x,y),!f,g'],
    ['e notin (x)', 'e notin (x)'],
    ['n>1,m<2', 'm<2,n>1'],
    ['in in (in)', 'in in (in)'],
    ['a=', 'a='],
    ['a in (,x)', 'a in (,x)'],
    ['', ''],
  ])('%s prints as %s', (source, text) => {
    expect(parseSelector(source).value?.text).toBe(text)
  })
  test.each([
    ['app=web', { app: 'web' }, true],
    ['app!=web', {}, true],
    ['app in (web,db)', { app: 'db' }, true],
    ['app notin (web,db)', {}, true],
    ['app notin (web,db)', { app: 'db' }, false],
    ['!app', { app: 'x' }, false],
    ['app', { app: '' }, true],
    ['n>3', { n: '4' }, true],
    ['n>3', { n: 'x' }, false],
    ['a=1,b=2', { a: '1' }, false],
    ['', undefined, true],
  ])('%s of %o is %s', (source, labels, expected) => {
    expect(parseSelector(source).value?.matches(labels as Record<string, string>)).toBe(expected)
  })
  test.each([
    ['a=b,', "found '', expected: identifier after ','"],
    ['=b', "found '=', expected: !, identifier, or 'end of string'"],
    ['a b', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
    ['a in x', "unable to parse requirement: found 'x' expected: '('"],
    ['a in (x', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a in ()', "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"],
    ['n>x', `unable to parse requirement: values[0]: Invalid value: "x": for 'Gt', 'Lt' operators, the value must be an integer`],
  ])('%s is refused', (source, error) => {
    expect(parseSelector(source).error).toBe(error)
  })
  test('with a bad key or value says which', () => {
    expect(parseSelector('a_/b=c').error).toMatch(
      /^unable to parse requirement: <nil>: Invalid value: "a_\/b": prefix part a lowercase/,
    )
    expect(parseSelector('a=-x').error).toMatch(
      /^unable to parse requirement: values\[0\]\[a\]: Invalid value: "-x": a valid label must/,
    )
  })
})

describe('the selector of an object', () => {
  const source = {
    matchLabels: { tier: 'a', app: 'web' },
    matchExpressions: [{ key: 'env', operator: 'In', values: ['b', 'a'] }],
  }
  test('is compiled once', () => {
    expect(labelSelector(source)).toBe(labelSelector(source))
  })
  test('prints by key', () => {
    expect(formatLabelSelector(source)).toBe('app=web,env in (a,b),tier=a')
    expect(formatLabelSelector({})).toBe('<none>')
    expect(formatLabels({ b: '1', a: '2' })).toBe('a=2,b=1')
    expect(formatLabels(undefined)).toBe('<none>')
  })
  test('selects nothing when it is missing and everything when it is empty', () => {
    expect(labelSelector(undefined).matches({})).toBe(false)
    expect(labelSelector({}).matches({ a: 'b' })).toBe(true)
    expect(mapSelector({ app: 'web' }).matches({ app: 'web', x: 'y' })).toBe(true)
  })
})

describe('a field selector', () => {
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web', namespace: 'default' },
    spec: { nodeName: 'node-1' },
    status: { phase: 'Running' },
  } as KubeObject
  test('matches fields of the object', () => {
    expect(parseFieldSelector('spec.nodeName=node-1,status.phase!=Failed').value?.matches(pod)).toBe(true)
    expect(parseFieldSelector('status.podIP=').value?.matches(pod)).toBe(true)
    expect(parseFieldSelector('spec.hostNetwork=false').value?.matches(pod)).toBe(true)
    expect(parseFieldSelector('metadata.name==other').value?.matches(pod)).toBe(false)
  })
  test('tells the one name that it asks for', () => {
    const selector = parseFieldSelector('metadata.name=web').value
    expect(selector?.exact('metadata.name')).toBe('web')
    expect(selector?.exact('metadata.namespace')).toBeUndefined()
    expect(selector?.text).toBe('metadata.name=web')
  })
  test('is refused for fields that the resource cannot be selected by', () => {
    expect(parseFieldSelector('spec.foo=1', fieldLabels('pods')).error).toBe('field label not supported: spec.foo')
    expect(parseFieldSelector('spec.nodeName=node-1', fieldLabels('deployments.apps')).error).toBe(
      '"spec.nodeName" is not a known field selector: only "metadata.name", "metadata.namespace"',
    )
    expect(parseFieldSelector('involvedObject.kind=Node', fieldLabels('events')).error).toBeUndefined()
    expect(parseFieldSelector('foo').error).toBe("invalid selector: 'foo'; can't understand 'foo'")
  })
  test('reads escaped commas', () => {
    expect(parseFieldSelector('metadata.name=a\\,b').value?.exact('metadata.name')).toBe('a,b')
    expect(parseFieldSelector('metadata.name=a\\,b').value?.text).toBe('metadata.name=a\\,b')
  })
})
