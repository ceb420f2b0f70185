// @vitest-environment jsdom
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it, vi } from 'vitest'
import { useSession } from '../../session/session'
import type { Frame, Seq, TerminalLine } from '../../session/types'
import Terminal, { isTable, visibleLines } from '.'
import { accept, commonPrefix, complete } from './completion'
import { readHistory } from './history'
import { commandsOf, isManifest, readsKeyboard } from './input'
import { keyAction, shortName } from './prompt-line'

const options = (...labels: string[]) => ({ from: 4, options: labels.map(label => ({ label })) })

it('a command that goes on is told by its name', () => {
  for (const line of ['port-forward web 80', 'kubectl port-forward web 80', 'k -n a --as=b port-forward web 80'])
    expect(shortName(line)).toBe('port-forward')
})

describe('completion', () => {
  it('takes the only option, with a space after it', () => {
    expect(complete({ text: 'get po', cursor: 6 }, options('pods'))).toEqual({ line: { text: 'get pods ', cursor: 9 }, menu: [] })
  })
  it('goes as far as all options agree, and offers them', () => {
    const { line, menu } = complete({ text: 'get d', cursor: 5 }, options('deployments', 'deployments.apps'))
    expect(line).toEqual({ text: 'get deployments', cursor: 15 })
    expect(menu).toHaveLength(2)
  })
  it('keeps what stands after the cursor', () => {
    expect(accept({ text: 'get po -o wide', cursor: 6 }, 4, 'pods')).toEqual({ text: 'get pods -o wide', cursor: 8 })
    expect(accept({ text: 'get --out', cursor: 9 }, 4, '--output=')).toEqual({ text: 'get --output=', cursor: 13 })
  })
  it('finds nothing in nothing', () => {
    expect(commonPrefix([])).toBe('')
    expect(complete({ text: 'x', cursor: 1 }, { from: 0, options: [] }).menu).toEqual([])
  })
})

it('a table is known by its head, and nothing else is one', () => {
  expect(isTable('NAME   READY   UP-TO-DATE   AVAILABLE   AGE\nweb    3/3     3            3           12s')).toBe(true)
  expect(isTable('LAST SEEN   TYPE     REASON\n1s   Normal   Pulled')).toBe(true)
  expect(isTable('NAME                   PORT(S)   CPU(cores)')).toBe(true)
  for (const text of ['deployment.apps/web created', 'Name:   web\nNamespace:  default', 'apiVersion: v1\nkind: Pod', 'NAME\nx'])
    expect(isTable(text), text).toBe(false)
})

describe('what is pasted', () => {
  it('is one command a line, without comments and copied prompts', () => {
    expect(commandsOf('# first\n$ kubectl get pods\n\nkubectl run web \\\n  --image=nginx\n').map(c => c.line)).toEqual([
      'kubectl get pods',
      'kubectl run web --image=nginx',
    ])
  })
  it('feeds a command with what follows <<EOF', () => {
    expect(commandsOf("kubectl apply -f - <<'EOF'\nkind: Pod\nEOF\nget pods")).toEqual([
      { line: 'kubectl apply -f -', stdin: 'kind: Pod\n' },
      { line: 'get pods' },
    ])
  })
  it('is a manifest when it looks like one', () => {
    expect(isManifest('apiVersion: v1\nkind: Pod')).toBe(true)
    expect(isManifest('kubectl apply -f - <<EOF\nkind: Pod\nEOF')).toBe(false)
  })
  it('reads from the keyboard with -f -', () => {
    expect(readsKeyboard({ line: 'apply -f -' })).toBe(true)
    expect(readsKeyboard({ line: 'apply -f - --dry-run=server' })).toBe(true)
    expect(readsKeyboard({ line: 'apply -f web.yaml' })).toBe(false)
    expect(readsKeyboard({ line: 'apply -f -', stdin: 'x' })).toBe(false)
  })
})

describe('keys', () => {
  const target = Object.assign(document.createElement('textarea'), { value: 'get pods' })
  const press = (
    key: string,
    more: { ctrlKey?: boolean; shiftKey?: boolean } = {},
    state: Partial<Parameters<typeof keyAction>[1]> = {},
  ) =>
    keyAction(
      { key, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, currentTarget: target, ...more },
      { line: 'get pods', hasMenu: false, isLeaving: false, ...state },
    )

  it('complete with Tab, except from an empty prompt and after Escape', () => {
    expect(press('Tab')).toBe('complete')
    expect(press('Tab', {}, { line: '' })).toBeUndefined()
    expect(press('Tab', {}, { isLeaving: true })).toBeUndefined()
    expect(press('Tab', { shiftKey: true })).toBeUndefined()
  })
  it('walk through history, or through the menu when it is open', () => {
    expect(press('ArrowUp')).toBe('older')
    expect(press('ArrowUp', {}, { hasMenu: true })).toBe('previous')
    expect(press('Enter', {}, { hasMenu: true })).toBe('choose')
  })
  it('interrupt with Ctrl-C, unless something is selected to be copied', () => {
    target.setSelectionRange(0, 0)
    expect(press('c', { ctrlKey: true })).toBe('interrupt')
    target.setSelectionRange(0, 3)
    expect(press('c', { ctrlKey: true })).toBeUndefined()
    expect(press('l', { ctrlKey: true })).toBe('clear')
  })
})

describe('the terminal', () => {
  const line = (seq: number, kind: TerminalLine['kind'], text: string): TerminalLine => ({ seq: seq as Seq, id: 1, kind, text })
  const lines = [line(5, 'command', 'get pods'), line(9, 'stdout', 'NAME   READY\n')]

  it('hides what was cleared, and shows it again when one steps back before that', () => {
    expect(visibleLines([...lines, line(20, 'command', 'x')], 9 as Seq)).toHaveLength(1)
    expect(visibleLines(lines.slice(0, 1), 9 as Seq)).toHaveLength(1)
  })
  it('survives a broken history', () => {
    expect(readHistory('{')).toEqual([])
    expect(readHistory('["a", 1]')).toEqual(['a'])
  })
  it('shows commands and output, and says that a command in the past forks', async () => {
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    const positions = { story: { n: 4, count: 7 }, requests: { n: 0, count: 0 }, internals: { n: 0, count: 0 } }
    useSession.setState({
      frame: {
        terminal: lines,
        goesOn: ['kubectl -n shop port-forward svc/web 8080:80'],
        cursor: 4,
        length: 9,
        depth: 'story',
        positions,
      } as unknown as Frame,
    })
    const place = document.createElement('div')
    const root = createRoot(place)
    await act(async () => root.render(<Terminal place="bottom" close={() => {}} />))
    const output = place.querySelector('[data-testid="terminal"]')
    expect([...(output?.children ?? [])].map(p => p.textContent)).toEqual(['$ kubectl get pods', 'NAME   READY'])
    expect(place.querySelector('textarea')?.getAttribute('aria-label')).toBe('kubectl')
    expect(place.querySelector('textarea')?.placeholder).toBe('port-forward · Ctrl-C')
    expect(place.querySelector('[role="status"]')?.textContent).toContain('4 / 7')
    await act(async () => root.unmount())
  })
})
