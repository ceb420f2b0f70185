import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import openapi from '../../src/sim/api/data/openapi.json'
import { compareScenario } from './compare.mjs'
import bars from './data/real-to-real.json'
import { writeRecording } from './files'
import { play } from './player'
import { recordingOf } from './recording'
import { readScenario } from './scenario'

const DATA = join(import.meta.dirname, 'data')
const OUT = mkdtempSync(join(tmpdir(), 'kubestage-golden-'))
afterAll(() => rmSync(OUT, { recursive: true }))

type Figures = Record<string, { score: number; differ: string[] }>

/** Scenarios are compared with the bar: what recordings of the real cluster reach against each other. */
describe.each(readdirSync(DATA).filter(name => !name.includes('.')))('%s', name => {
  const scenario = readScenario(readFileSync(join(DATA, name, 'scenario.yaml'), 'utf8'))
  const played = play(scenario, openapi)
  writeRecording(join(OUT, name), recordingOf(scenario, played, openapi))
  const figures = compareScenario(join(DATA, name), join(OUT, name)) as Figures
  const bar = (bars as Record<string, Record<string, number>>)[name] ?? {}

  it('is played as it says', () => {
    expect(played.left).toEqual([])
  })
  it.each(Object.keys(figures))('is as close to the real cluster in %s as the real cluster is to itself', measure => {
    const { score, differ } = figures[measure] ?? { score: 0, differ: [] }
    const reached = Math.round(score * 1e4) / 1e4
    expect(reached, differ.slice(0, 20).join('\n')).toBeGreaterThanOrEqual((bar[measure] ?? 1) - 0.0005)
  })
})
