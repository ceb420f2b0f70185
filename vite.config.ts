import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  // Relative addresses, so that the build works from any path and any static server, also offline.
  base: './',
  plugins: [react()],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    // tools/size.mjs reads the manifest to tell the first load from what is lazy.
    manifest: true,
    // Inlined assets would be counted as JavaScript; the budget is stricter than Vite's own warning.
    chunkSizeWarningLimit: 1000,
    // The size is checked from the files themselves, gzipped once.
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
