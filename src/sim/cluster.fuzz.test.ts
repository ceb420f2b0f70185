/** Bad input through the whole cluster: manifests, command lines and patches that chance has damaged. */
import { expect, test } from 'vitest'
import openapi from './api/data/openapi.json'
import { hollowNode } from './api/node-profile'
import { createCluster } from './cluster'
import { inputOf, MANIFESTS, randomOf } from './fuzz-inputs'
import { prepared, tryAll } from './fuzz-run'

/** More with `KUBESTAGE_FUZZ=100000 npx vitest run src/sim/cluster.fuzz`; another beginning with KUBESTAGE_FUZZ_SEED. */
const RUNS = Number(process.env.KUBESTAGE_FUZZ ?? 10_000)
const SEED = Number(process.env.KUBESTAGE_FUZZ_SEED ?? 1)

const config = createCluster({ seed: 3, openapi, nodes: [hollowNode('node-1')] })

test(`${RUNS} damaged inputs (seed ${SEED}) are each answered in Kubernetes’ words, and what is refused changes nothing`, () => {
  const begin = prepared(config, MANIFESTS.slice(0, 4))
  const { failures, succeeded, changed } = tryAll(config, begin, RUNS, i => inputOf(randomOf(SEED * 1_000_003 + i)))
  if (process.env.KUBESTAGE_FUZZ) console.log(`${succeeded} succeeded, ${changed} changed something`)
  expect(failures).toEqual([])
  // not all is refused at the door
  expect(succeeded).toBeGreaterThan(RUNS / 20)
  expect(changed).toBeGreaterThan(RUNS / 30)
}, 600_000)
