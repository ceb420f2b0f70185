// What every tool needs to know of where it runs. Plain Node: `npm start` and `npm test` use it before anything is installed.
import { realpathSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

/** The repository's root, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Whether a module is the program that runs, rather than imported by another.
 * @param {string} url its `import.meta.url`
 */
export function isMain(url) {
  const [, program] = process.argv
  // Node names the module by its real path, and the program as it was typed.
  return program !== undefined && realpathSync(program) === realpathSync(fileURLToPath(url))
}
