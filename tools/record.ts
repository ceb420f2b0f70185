/** `npm run -s record -- SCENARIO.yaml OUTDIR`: plays a scenario on the simulation and writes what a recorder writes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapi from '../src/sim/api/data/openapi.json'
import { play } from './golden/player'
import { recordingOf } from './golden/recording'
import { readScenario } from './golden/scenario'

const [file, out] = process.argv.slice(2)
if (!file || !out) {
  console.error('usage: npm run -s record -- SCENARIO.yaml OUTDIR')
  process.exit(2)
}
try {
  const scenario = readScenario(readFileSync(file, 'utf8'))
  const recording = recordingOf(scenario, play(scenario, openapi))
  mkdirSync(out, { recursive: true })
  const lines = (rows: readonly object[]) => rows.map(r => `${JSON.stringify(r)}\n`).join('')
  writeFileSync(join(out, 'requests.jsonl'), lines(recording.requests))
  writeFileSync(join(out, 'scores.jsonl'), lines(recording.scores))
  writeFileSync(join(out, 'transcript.json'), JSON.stringify(recording.transcript, undefined, 1))
  writeFileSync(join(out, 'events.json'), JSON.stringify(recording.events, undefined, 1))
  writeFileSync(join(out, 'objects.json'), JSON.stringify(recording.objects, undefined, 1))
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(1)
}
