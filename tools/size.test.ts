import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { measure } from './size.mjs'

/** JavaScript of about so many kB that gzip cannot make smaller. */
const weigh = (kB: number) => `/* ${randomBytes(kB * 1000).toString('base64')} */`

function build(files: Record<string, string>) {
  return new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))
}

test('the first load holds what index.html asks for and what that imports, and nothing lazy', () => {
  const parts = measure(
    build({
      'index.html': `
        <script type="module" crossorigin src="./assets/index-1.js"></script>
        <link rel="modulepreload" crossorigin href="./assets/react-1.js">
        <link rel="stylesheet" crossorigin href="./assets/index-1.css">`,
      'assets/index-1.js': `import './shared-1.js'; const editor = () => import('./editor-1.js'); ${weigh(10)}`,
      'assets/shared-1.js': `export const a = 1 ${weigh(20)}`,
      'assets/react-1.js': weigh(30),
      'assets/index-1.css': weigh(4),
      'assets/editor-1.js': `import './shared-1.js'; import './codemirror-1.js'; ${weigh(5)}`,
      'assets/codemirror-1.js': weigh(50),
      'assets/worker-1.js': `import './kernel-1.js'; const schema = () => import('./openapi-1.js'); ${weigh(7)}`,
      'assets/painter-1.js': weigh(5),
      'assets/kernel-1.js': weigh(8),
      'assets/openapi-1.js': weigh(22),
      '.vite/manifest.json': JSON.stringify({
        'index.html': { file: 'assets/index-1.js', src: 'index.html', isEntry: true },
        'src/ui/panels/editor/editor.tsx': {
          file: 'assets/editor-1.js',
          src: 'src/ui/panels/editor/editor.tsx',
          isDynamicEntry: true,
        },
      }),
    }),
  )
  const sizes = Object.fromEntries(parts.map(({ name, kB, budget }) => [name, [Math.round(kB), budget]]))
  expect(sizes).toEqual({
    'first JavaScript': [60, 190],
    'first CSS': [4, 12],
    'lazy: src/ui/panels/editor/editor.tsx': [55, 160],
    worker: [15, 480],
    painter: [5, 10],
    'lazy: assets/openapi-1.js': [22, 100],
  })
})
