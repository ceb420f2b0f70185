/** `npm run -s record -- SCENARIO.yaml OUTDIR`: plays a scenario on the simulation and writes what a recorder writes. */
import { readFileSync } from 'node:fs'
import openapi from '../src/sim/api/data/openapi.json'
import { writeRecording } from './golden/files'
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
  const played = play(scenario, openapi)
  for (const what of played.left) console.error(`not as the scenario says: ${what}`)
  writeRecording(out, recordingOf(scenario, played, openapi))
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : String(error))
  process.exit(1)
}
