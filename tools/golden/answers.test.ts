/**
 * What a real apiserver answered to each write of a recording, ours answers to the same write: the whole body, word for word.
 * And what kubectl printed of what was there it prints here. `answers/` holds the writes (Events aside) of recordings that are not among those of `data/`, as they stand in their requests.jsonl.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { answersOf, readsOf, type Row } from './answers'
import type { Transcript } from './player'
import { readScenario } from './scenario'

const DATA = join(import.meta.dirname, 'data')
const MORE = join(import.meta.dirname, 'answers')

/** Writes whose answer does not follow from the writes before it, by place: why. */
const OTHERWISE: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  daemonset: { 57: 'one that had come 2 ms before was not yet done' },
  'kubectl-tour': {
    344: 'asked as somebody else, which the audit log does not say',
    346: 'asked as somebody else, which the audit log does not say',
    389: 'the Endpoints of a Service go when it has gone, which was after a write that had come later',
  },
  rbac: { 19: 'a controller had gathered the rules of the ClusterRole "edit"' },
}

/** Commands that show what was there before the first write of the recording, beyond what its rows say. */
const BEFORE: Readonly<Record<string, string>> = {
  'add-node': 'get nodes',
  'config-secret': 'get configmap,secret',
  daemonset: 'get nodes',
  'node-failure': 'describe node node-2',
  'real-create-deployment': 'describe node node-1',
}

const rowsOf = (file: string): Row[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Row)

const recordings = [
  ...readdirSync(DATA).filter(name => !name.includes('.')).map(name => [name, join(DATA, name, 'requests.jsonl')] as const),
  ...readdirSync(MORE).map(file => [file.replace('.jsonl', ''), join(MORE, file)] as const),
]

const flagsOf = (name: string): readonly string[] | undefined => {
  const scenario = join(DATA, name, 'scenario.yaml')
  return existsSync(scenario) ? readScenario(readFileSync(scenario, 'utf8')).flags['kube-apiserver'] : undefined
}

describe.each(recordings)('%s', (name, file) => {
  const flags = flagsOf(name)
  const all = answersOf(rowsOf(file), flags)
  const otherwise = OTHERWISE[name] ?? {}

  it('has writes', () => expect(all.length).toBeGreaterThan(5))

  it.each(all.filter(({ index }) => !otherwise[index]).map(a => [`${a.index}: ${a.row.actor} ${a.row.verb} ${a.row.uri} ${a.row.code}`, a] as const))(
    'request %s is answered as a real apiserver answered it',
    (_, { row, code, recorded, ours }) => {
      expect(ours).toEqual(recorded)
      expect(code).toBe(row.code)
    },
  )
})

/** How many commands of the recordings of `data/` are read again: so that none is lost unseen. */
const READS = 251

describe('a command that reads', () => {
  const all = recordings.flatMap(([name, file]) => {
    const transcript = join(DATA, name, 'transcript.json')
    if (!existsSync(transcript)) return []
    const commands = JSON.parse(readFileSync(transcript, 'utf8')) as Transcript[]
    return readsOf(rowsOf(file), commands, flagsOf(name)).map(read => ({ name, ...read }))
  })

  it('is found in all recordings', () => expect(all).toHaveLength(READS))

  it.each(all.filter(({ name, command }) => BEFORE[name] !== command))(
    '$name: kubectl $command prints what it printed of the same objects',
    ({ recorded, ours }) => {
      expect(recorded).not.toBe('')
      expect(ours).toBe(recorded)
    },
  )
})
