/** `node tools/run-ts.mjs tools/replay.ts [ENTRIES] < LOG.json`: makes the app's cluster again from a log of commands and prints the trace's fingerprint. */
import { readFileSync } from 'node:fs'
import openapi from '../src/sim/api/data/openapi.json'
import { defaultCluster } from '../src/sim/cluster'
import { type BranchId, type CommandLog, History } from '../src/sim/kernel/history'

const log = JSON.parse(readFileSync(0, 'utf8')) as CommandLog
const main = 0 as BranchId
const history = History.replay(defaultCluster({ openapi }), log)
history.run(main, process.argv[2] ? { entries: Number(process.argv[2]) } : { settled: true })
console.log(history.branch(main).simulation.trace.hash())
