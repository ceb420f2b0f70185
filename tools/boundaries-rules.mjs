// Who may import whom. A file belongs to the first area whose pattern matches it, and may import what that area lists and nothing
// else. Adding a room, controller, plugin, panel, scenario, lesson or language needs no line here.
//
// In patterns, `*` stands for one name and `**` for any path; `{own}` is what `(*)` matched; a line that begins with `!` takes back
// what the lines before it allow.

/**
 * @typedef {object} Area
 * @property {string} files which files it holds
 * @property {readonly string[]} imports files that they may import
 * @property {readonly string[]} [types] files and packages that they may import types from
 * @property {readonly string[]} [packages] npm packages; `*` for any that package.json lists under dependencies
 * @property {string} reason
 */

/** @type {readonly Area[]} */
export const AREAS = [
  {
    files: 'src/sim/kernel/**',
    imports: ['src/sim/kernel/**'],
    packages: ['pure-rand'], // seeded random numbers, the same in Node and in every browser
    reason: 'the kernel knows no Kubernetes: it is a clock, a queue, a bus and a trace, and can be read and tested alone',
  },
  {
    files: 'src/sim/api/**',
    imports: ['src/sim/api/**', 'src/sim/kernel/**'],
    packages: ['yaml'], // pure parser whose errors carry lines
    types: ['kubernetes-types'], // the object types of Kubernetes, no code
    reason: 'the API types are what all rooms share, so they depend on no room',
  },
  {
    files: 'src/sim/client/**',
    imports: ['src/sim/client/**', 'src/sim/api/**', 'src/sim/kernel/**'],
    types: ['kubernetes-types'], // as above
    reason: 'the client machinery serves every room that watches, so it depends on no room',
  },
  {
    files: 'src/sim/controllers/index.ts',
    imports: ['src/sim/controllers/**', 'src/sim/api/**', 'src/sim/client/**', 'src/sim/kernel/**'],
    types: ['kubernetes-types'], // as above
    reason: 'the list of controllers knows all controllers and no other room',
  },
  {
    files: 'src/sim/controllers/*',
    imports: [
      'src/sim/controllers/*',
      '!src/sim/controllers/index.ts',
      'src/sim/api/**',
      'src/sim/client/**',
      'src/sim/kernel/**',
    ],
    types: ['kubernetes-types'], // as above
    reason: 'what controllers share names no controller; only controllers/index.ts knows them all',
  },
  {
    files: 'src/sim/controllers/(*)/**',
    imports: [
      'src/sim/controllers/{own}/**',
      'src/sim/controllers/*', // what controllers share
      '!src/sim/controllers/index.ts',
      'src/sim/api/**',
      'src/sim/client/**',
      'src/sim/kernel/**',
    ],
    types: ['kubernetes-types'], // as above
    reason:
      'a controller learns of others only through the apiserver, and its folder can be deleted, so it never imports a sibling',
  },
  {
    files: 'src/sim/scheduler/plugins/(*)/**',
    imports: [
      'src/sim/scheduler/plugins/{own}/**',
      'src/sim/scheduler/plugins/*', // what plugins share
      '!src/sim/scheduler/plugins/index.ts',
      'src/sim/scheduler/*', // the framework that runs them
      'src/sim/api/**',
      'src/sim/client/**',
      'src/sim/kernel/**',
    ],
    types: ['kubernetes-types'], // as above
    reason: 'a scheduler plugin gives its verdict alone, and its folder can be deleted, so it never imports a sibling',
  },
  {
    files: 'src/sim/(*)/**',
    imports: ['src/sim/{own}/**', 'src/sim/api/**', 'src/sim/client/**', 'src/sim/kernel/**'],
    packages: ['yaml'], // kubectl reads and prints it
    types: ['kubernetes-types'], // as above
    reason: 'rooms share no state and talk only by messages, so a room imports itself, kernel, api and client',
  },
  {
    files: 'src/sim/*',
    imports: ['src/sim/**'], // the composition root knows all rooms
    packages: ['yaml'], // as above
    types: ['kubernetes-types'], // as above
    reason: 'the simulation is complete without the worker, the page and Node',
  },
  {
    files: 'src/view/**',
    imports: ['src/view/**', 'src/worker/protocol.ts'],
    types: ['src/sim/**', 'kubernetes-types'], // shapes of entries and objects
    reason: 'the folds of the trace run in the worker and in the page, so they take the simulation as data: its types only',
  },
  {
    files: 'src/worker/protocol.ts',
    imports: [],
    types: ['src/sim/**', 'src/view/**', 'src/content/**', 'comlink', 'kubernetes-types'],
    reason: 'the protocol is types only: both sides of the worker load it, and it must bring neither side along',
  },
  {
    files: 'src/worker/client.ts',
    imports: ['src/worker/protocol.ts', 'src/worker/server.ts'], // the server only by its address, as a worker
    packages: ['comlink'], // calls into the worker
    types: ['src/sim/**', 'src/view/**'],
    reason: 'the client runs in the page, so it knows the protocol and not the simulation',
  },
  {
    files: 'src/worker/**',
    imports: ['src/worker/**', '!src/worker/client.ts', 'src/sim/**', 'src/view/**'],
    packages: ['comlink', 'fflate', 'yaml'], // calls from the page; share links; manifests
    types: ['src/content/**', 'kubernetes-types'],
    reason: 'the worker runs the simulation and its folds, and no user interface',
  },
  {
    files: 'src/content/**',
    imports: ['src/content/**'],
    types: ['src/**', 'kubernetes-types'],
    reason: 'content is data: it imports other content, and only types from the code',
  },
  {
    files: 'src/ui/panels/(*)/**',
    imports: [
      'src/ui/**',
      '!src/ui/panels/**',
      'src/ui/panels/*', // what panels share
      '!src/ui/panels/index.ts',
      '!src/ui/panels/index.tsx',
      'src/ui/panels/{own}/**',
      'src/view/**',
      'src/content/**',
      'src/worker/protocol.ts',
      'src/worker/client.ts',
    ],
    packages: ['*'],
    types: ['kubernetes-types'],
    reason:
      'a panel can be deleted with its folder, so it never imports a sibling, and it knows the simulation by its protocol only',
  },
  {
    files: 'src/ui/**',
    imports: ['src/ui/**', 'src/view/**', 'src/content/**', 'src/worker/protocol.ts', 'src/worker/client.ts'],
    packages: ['*'],
    types: ['kubernetes-types'],
    reason:
      'the page knows the simulation by worker/protocol and worker/client only, so that it cannot show what is not in the trace',
  },
  {
    files: 'src/main.tsx',
    imports: ['src/ui/**', 'src/worker/client.ts'],
    packages: ['*'],
    reason: 'the entry only mounts the user interface',
  },
]

/**
 * Technical debt: imports that break a rule for now, each with the reason and what will remove it. It is empty; keep it so.
 * @type {readonly { file: string, target: string, reason: string }[]}
 */
export const DEBT = []
