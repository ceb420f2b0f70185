import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Relative addresses, so that the build works from any path and any static server, also offline.
  base: './',
  plugins: [react()],
  // The simulation's worker, and the one that paints; tools/size.mjs knows them by these names.
  worker: {
    format: 'es',
    rolldownOptions: {
      output: { entryFileNames: ({ name }) => `assets/${name === 'painter' ? 'painter' : 'worker'}-[hash].js` },
    },
  },
  build: {
    target: 'es2023',
    // tools/size.mjs reads the manifest to tell the first load from what is lazy.
    manifest: true,
    // tools/size.mjs measures the files, against a budget for each part.
    chunkSizeWarningLimit: 1000,
    reportCompressedSize: false,
  },
  // `npm start` and the browser tests choose a port; nothing here opens a browser by itself.
  preview: { host: '127.0.0.1' },
  test: {
    include: ['src/**/*.test.{ts,tsx}', 'tools/**/*.test.ts'],
    // The simulation needs no page. A UI test asks for one in its first line: // @vitest-environment jsdom
    environment: 'node',
    css: { modules: { classNameStrategy: 'non-scoped' } },
    coverage: {
      provider: 'v8',
      include: ['src/**/*.{ts,tsx}'],
      exclude: ['src/**/*.test.{ts,tsx}'],
      reportsDirectory: 'node_modules/.cache/kubestage/coverage',
    },
  },
})
