import { describe, expect, it } from 'vitest'
import { splitLine } from './line'

const words = (line: string) => {
  const split = splitLine(line)
  return 'error' in split ? split.error : split.words
}

describe('a command line', () => {
  it('is split at blanks, and a leading kubectl is left out', () => {
    expect(words('kubectl  get   pods')).toEqual(['get', 'pods'])
    expect(words('get pods')).toEqual(['get', 'pods'])
  })

  it('keeps what is quoted together', () => {
    expect(words(`patch deployment web -p '{"spec":{"replicas":3}}'`)).toEqual([
      'patch',
      'deployment',
      'web',
      '-p',
      '{"spec":{"replicas":3}}',
    ])
    expect(words('annotate deployment/web note="to nginx 1.27"')).toEqual(['annotate', 'deployment/web', 'note=to nginx 1.27'])
    expect(words(`get pods -o jsonpath='{"\\t"}'`)).toEqual(['get', 'pods', '-o', 'jsonpath={"\\t"}'])
  })

  it('reads escapes as a shell does', () => {
    expect(words('label pod a b\\ c "x\\"y" ""')).toEqual(['label', 'pod', 'a', 'b c', 'x"y', ''])
    expect(words('get \\\n pods # all of them')).toEqual(['get', 'pods'])
  })

  it('refuses what only a shell can do, in words', () => {
    expect(words('get pods | grep web')).toMatch(/no pipes/)
    expect(words('get pods > file')).toMatch(/no redirections/)
    expect(words('delete pod $(cat x)')).toMatch(/command substitution/)
    expect(words('get pods && get nodes')).toMatch(/background/)
    expect(words("get 'pods")).toMatch(/not closed/)
  })

  it('leaves a dollar alone where it is no variable', () => {
    expect(words("run box -- sh -c 'echo $HOME'")).toEqual(['run', 'box', '--', 'sh', '-c', 'echo $HOME'])
  })
})
