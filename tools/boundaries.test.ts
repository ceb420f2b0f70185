import { expect, test } from 'vitest'
import { checkBoundaries } from './boundaries.mjs'
import { DEBT } from './boundaries-rules.mjs'

const packages = new Set(['react', 'comlink', 'yaml', 'pure-rand'])

/** Checks a small repository; files that are only named as targets are empty. */
function check(source: Record<string, string>, options: { debt?: typeof DEBT } = {}): string[] {
  return checkBoundaries(new Map(Object.entries(source)), { packages, ...options })
}

const targets = Object.fromEntries(
  [
    'src/sim/kernel/trace.ts',
    'src/sim/api/types.ts',
    'src/sim/client/informer.ts',
    'src/sim/etcd/mvcc.ts',
    'src/sim/cluster.ts',
    'src/sim/controllers/index.ts',
    'src/sim/controllers/pod-control.ts',
    'src/sim/controllers/deployment/sync.ts',
    'src/sim/controllers/replicaset/sync.ts',
    'src/sim/scheduler/framework.ts',
    'src/sim/scheduler/plugins/index.ts',
    'src/sim/scheduler/plugins/node-name/filter.ts',
    'src/view/fold.ts',
    'src/worker/protocol.ts',
    'src/worker/client.ts',
    'src/worker/server.ts',
    'src/content/locales/en/ui.json',
    'src/ui/shared/button.tsx',
    'src/ui/panels/index.ts',
    'src/ui/panels/timeline/timeline.tsx',
    'src/main.tsx',
  ].map(path => [path, '']),
)

const allowed: [file: string, code: string][] = [
  [
    'src/sim/kernel/bus.ts',
    "import { trace } from './trace'\nimport { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'",
  ],
  ['src/sim/api/pod.ts', "import type { Pod } from 'kubernetes-types/core/v1'\nimport '../kernel/trace'"],
  ['src/sim/apiserver/pipeline.ts', "import '../kernel/trace'\nimport '../api/types'\nimport '../client/informer'"],
  ['src/sim/kubectl/apply.ts', "import { parse } from 'yaml'"],
  ['src/sim/controllers/job/sync.ts', "import '../pod-control'\nimport './status'"],
  ['src/sim/controllers/index.ts', "import './deployment/sync'\nimport './replicaset/sync'"],
  ['src/sim/scheduler/plugins/index.ts', "import './node-name/filter'"],
  ['src/sim/scheduler/plugins/node-ports/filter.ts', "import '../../framework'"],
  ['src/sim/cluster.ts', "import './etcd/mvcc'\nimport './controllers/index'"],
  ['src/sim/etcd/mvcc.test.ts', "import { test } from 'vitest'\nimport '../cluster'\nimport '../api/types'"],
  ['src/view/objects.ts', "import type { Entry } from '../sim/kernel/trace'\nimport './fold'\nimport '../worker/protocol'"],
  [
    'src/worker/server.ts',
    "import { expose } from 'comlink'\nimport '../sim/cluster'\nimport '../view/fold'\nimport './protocol'",
  ],
  ['src/worker/client.ts', "import Server from './server?worker'"],
  ['src/content/captions.ts', "import words from './locales/en/ui.json'\nimport type { X } from '../sim/api/types'"],
  [
    'src/ui/app.tsx',
    "import { useState } from 'react'\nimport '../view/fold'\nimport '../worker/client'\nimport './panels/index'",
  ],
  ['src/ui/panels/index.ts', "const panels = import.meta.glob('./*/index.tsx')"],
  ['src/ui/panels/why/why.tsx', "import '../../shared/button'\nimport '../../../content/locales/en/ui.json'"],
]

test('what the design allows is allowed', () => {
  expect(check({ ...targets, 'src/sim/controllers/job/status.ts': '', ...Object.fromEntries(allowed) })).toEqual([])
})

const forbidden: [file: string, code: string, words: string][] = [
  ['src/sim/kernel/bus.ts', "import '../api/types'", 'the kernel knows no Kubernetes'],
  ['src/sim/kernel/bus.ts', "import type { Pod } from '../api/types'", 'the kernel knows no Kubernetes'],
  ['src/sim/kernel/bus.ts', "import { parse } from 'yaml'", 'npm packages allowed here: pure-rand'],
  ['src/sim/api/pod.ts', "import '../etcd/mvcc'", 'so they depend on no room'],
  ['src/sim/client/reflector.ts', "import '../etcd/mvcc'", 'depends on no room'],
  ['src/sim/apiserver/storage.ts', "import '../etcd/mvcc'", 'rooms share no state'],
  ['src/sim/apiserver/storage.ts', "export * from '../etcd/mvcc'", 'rooms share no state'],
  ['src/sim/apiserver/storage.ts', "const later = import('../etcd/mvcc')", 'rooms share no state'],
  ['src/sim/apiserver/storage.ts', "let store: import('../etcd/mvcc').Store", 'rooms share no state'],
  ['src/sim/apiserver/storage.ts', "import { readFileSync } from 'node:fs'", 'rooms share no state'],
  ['src/sim/controllers/job/sync.ts', "import '../deployment/sync'", 'never imports a sibling'],
  ['src/sim/controllers/job/sync.ts', "import '..'", 'never imports a sibling'],
  ['src/sim/controllers/job/sync.test.ts', "import '../deployment/sync'", 'never imports a sibling'],
  ['src/sim/controllers/shared.ts', "import './deployment/sync'", 'only controllers/index.ts knows them all'],
  ['src/sim/scheduler/plugins/node-ports/filter.ts', "import '../node-name/filter'", 'never imports a sibling'],
  ['src/sim/cluster.ts', "import '../worker/protocol'", 'the simulation is complete without'],
  ['src/view/objects.ts', "import { Trace } from '../sim/kernel/trace'", 'as data: its types only'],
  ['src/view/objects.ts', "import '../ui/shared/button'", 'as data: its types only'],
  ['src/worker/protocol.ts', "import '../sim/cluster'", 'the protocol is types only'],
  ['src/worker/client.ts', "import '../sim/cluster'", 'not the simulation'],
  ['src/worker/server.ts', "import '../ui/shared/button'", 'no user interface'],
  ['src/content/catalogue.ts', "import { useState } from 'react'", 'content is data'],
  ['src/content/catalogue.ts', "import { run } from '../sim/cluster'", 'content is data'],
  ['src/ui/app.tsx', "import '../sim/cluster'", 'cannot show what is not in the trace'],
  ['src/ui/app.tsx', "import type { Trace } from '../sim/kernel/trace'", 'cannot show what is not in the trace'],
  ['src/ui/app.tsx', "import '../worker/server'", 'cannot show what is not in the trace'],
  ['src/ui/app.tsx', "import { chunk } from 'lodash'", 'package.json does not list it'],
  ['src/ui/panels/why/why.tsx', "import '../timeline/timeline'", 'never imports a sibling'],
  ['src/ui/panels/why/why.tsx', "const all = import.meta.glob('../timeline/*.tsx')", 'never imports a sibling'],
  ['src/main.tsx', "import './sim/cluster'", 'only mounts the user interface'],
  ['src/ui/app.tsx', "import './nowhere'", 'there is no such file'],
  ['src/utils/strings.ts', "import 'react'", 'no rule'],
]

test.each(forbidden)('%s may not: %s', (file, code, words) => {
  const problems = check({ ...targets, [file]: `// first line\n${code}\n` })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toMatch(new RegExp(`^${file}:2: imports `))
  expect(problems[0]).toContain(words)
})

test('a cycle of imports is reported once, with each of its places', () => {
  const problems = check({
    'src/view/a.ts': "import './b'",
    'src/view/b.ts': "\nimport './c'",
    'src/view/c.ts': "import './a'",
  })
  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain('src/view/a.ts:1 → src/view/b.ts:2 → src/view/c.ts:1')
})

test('type imports and lazy imports make no cycle', () => {
  const files = {
    'src/view/a.ts': "import './b'",
    'src/view/b.ts': "import type { A } from './a'\nconst lazy = () => import('./a')",
  }
  expect(check(files)).toEqual([])
})

test('technical debt excuses one import, and must be removed when it is paid', () => {
  const debt = [{ file: 'src/ui/app.tsx', target: 'src/sim/cluster.ts', reason: 'until the worker exists' }]
  expect(check({ ...targets, 'src/ui/app.tsx': "import '../sim/cluster'" }, { debt })).toEqual([])
  expect(check({ ...targets, 'src/ui/app.tsx': '' }, { debt })[0]).toContain('nobody owes')
})

test('there is no technical debt', () => {
  expect(DEBT).toEqual([])
})
