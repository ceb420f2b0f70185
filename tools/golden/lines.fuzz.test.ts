/** The command lines of all recordings, damaged by chance, in a cluster that has objects: an answer in kubectl's words to each. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import openapi from '../../src/sim/api/data/openapi.json'
import { hollowNode } from '../../src/sim/api/node-profile'
import { createCluster } from '../../src/sim/cluster'
import { damage, type Input, MANIFESTS, pick, type Random, randomOf } from '../../src/sim/fuzz-inputs'
import { prepared, tryAll } from '../../src/sim/fuzz-run'
import { readScenario } from './scenario'

/** More with `KUBESTAGE_FUZZ=10000 npx vitest run tools/golden/lines.fuzz`; another beginning with KUBESTAGE_FUZZ_SEED. */
const RUNS = Number(process.env['KUBESTAGE_FUZZ'] ?? 1500)
const SEED = Number(process.env['KUBESTAGE_FUZZ_SEED'] ?? 1)

const files = [
  ...readdirSync(join(import.meta.dirname, 'data'))
    .filter(name => !name.includes('.'))
    .map(name => join(import.meta.dirname, 'data', name, 'scenario.yaml')),
  ...readdirSync(join(import.meta.dirname, 'unrecorded')).map(name => join(import.meta.dirname, 'unrecorded', name)),
]
const COMMANDS: readonly Input[] = files.flatMap(file =>
  readScenario(readFileSync(file, 'utf8')).steps.flatMap((step): Input[] =>
    step.kind === 'kubectl' ? [{ line: step.line, ...(step.stdin !== undefined && { stdin: step.stdin }) }] : step.kind === 'watch' ? [{ line: step.line }] : [],
  ),
)

const WITH_FILES = COMMANDS.filter(({ stdin }) => stdin !== undefined)

/** A line's words, with what is in quotes as one. */
const wordsOf = (line: string): string[] => line.match(/(?:'[^']*'|"[^"]*"|\S)+/g) ?? []
const FLAGS = ['--frob', '--frob=1', '-Z', '-o', '-n', '--dry-run', '--dry-run=server', '--dry-run=client', '-A', '-f', '-l', '--all', '--wait=false', '-h', '--help']
const FORMATS = ['yaml', 'json', 'wide', 'name', 'jsonpath={.metadata.name}', 'jsonpath={..x[', 'go-template={{.kind}}', 'go-template={{range}}', 'custom-columns=A:.b', 'frob']
const VALUES = ['', '=', '-1', '0', '99999999999', '1e9', 'x', 'A_b', '..', '/', 'a/b/c', 'web', 'web=', '=x', '{}', '[', "''", '"', 'true', 'null', 'é', 'constructor', '__proto__', '*', 'pods/', 'x'.repeat(70)]

/** A list with one of it less, twice or elsewhere. */
function withOther(random: Random, list: readonly string[]): string[] {
  const now = [...list]
  const at = random(now.length + 1)
  const [one = ''] = random(3) === 0 ? now.slice(at, at + 1) : now.splice(at, 1)
  if (now.length === list.length || random(2) === 0) now.splice(random(now.length + 1), 0, one)
  return now
}

/** One word more, less, elsewhere or otherwise. */
function withOtherWord(random: Random, words: readonly string[]): string[] {
  const now = [...words]
  const at = random(now.length + 1)
  const word = now[at] ?? ''
  switch (random(9)) {
    case 0:
    case 1:
    case 2:
      return withOther(random, now)
    case 3:
      now.splice(at, 0, pick(random, FLAGS))
      break
    case 4:
      now.splice(at, 0, '-o', pick(random, FORMATS))
      break
    case 5:
      now.splice(at, 1, word.includes('=') ? `${word.slice(0, word.indexOf('=') + 1)}${pick(random, VALUES)}` : pick(random, VALUES))
      break
    case 6:
      now.splice(at, 1, pick(random, wordsOf(pick(random, COMMANDS).line)))
      break
    case 7:
      now.splice(at, 0, pick(random, wordsOf(pick(random, COMMANDS).line)))
      break
    default:
      return wordsOf(damage(random, words.join(' ')))
  }
  return now
}

/** A file with a line less, twice, elsewhere, further in or further out; or with other damage. */
function withOtherLine(random: Random, text: string): string {
  const lines = text.split('\n')
  const at = random(lines.length)
  const line = lines[at] ?? ''
  switch (random(7)) {
    case 0:
    case 1:
    case 2:
      return withOther(random, lines).join('\n')
    case 3:
      lines[at] = `  ${line}`
      break
    case 4:
      lines[at] = line.replace(/^ {1,2}/, '')
      break
    case 5:
      lines[at] = line.replace(/: .*$/, `: ${pick(random, VALUES)}`)
      break
    default:
      return damage(random, text)
  }
  return lines.join('\n')
}

function inputOf(random: Random): Input {
  const { line, stdin } = pick(random, random(3) === 0 ? WITH_FILES : COMMANDS)
  let words = wordsOf(line)
  let file = stdin
  for (let n = [1, 1, 1, 2, 2, 3][random(6)] ?? 1; n > 0; n--)
    if (file !== undefined && random(2) === 0) file = withOtherLine(random, file)
    else words = withOtherWord(random, words)
  return { line: words.join(' '), ...(file !== undefined && { stdin: file }) }
}

const config = createCluster({ seed: 4, openapi, nodes: [hollowNode('node-1')] })

test('there are hundreds of command lines to begin with, and dozens have files', () => {
  expect(COMMANDS.length).toBeGreaterThan(500)
  expect(WITH_FILES.length).toBeGreaterThan(60)
})

test(`${RUNS} damaged command lines of the recordings (seed ${SEED}) are each answered in Kubernetes’ words, and what is refused changes nothing`, () => {
  const begin = prepared(config, MANIFESTS)
  const { failures, succeeded, changed } = tryAll(config, begin, RUNS, i => inputOf(randomOf(SEED * 1_000_003 + i)))
  if (process.env['KUBESTAGE_FUZZ']) console.log(`${succeeded} succeeded, ${changed} changed something`)
  expect(failures).toEqual([])
  // not all is refused at the door
  expect(succeeded).toBeGreaterThan(RUNS / 20)
  expect(changed).toBeGreaterThan(RUNS / 30)
}, 3_600_000)
