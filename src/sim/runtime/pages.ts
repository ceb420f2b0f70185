/** What programs answer to who asks over HTTP, as far as they are known. */
import { filesIn, sceneIn } from './exec'
import { parseReference } from './images'
import type { RuntimeContainer } from './state'

/** Where images that serve files have them. */
const ROOTS: Readonly<Record<string, string>> = {
  'library/nginx': '/usr/share/nginx/html',
  'library/httpd': '/usr/local/apache2/htdocs',
}

interface HttpAnswer {
  readonly status: number
  /** The program is known to say so. */
  readonly isSure?: boolean
  /** Absent: nobody knows the page. */
  readonly body?: string
}

/** How a container answers a GET; a program that is not known is taken to find everything. */
export function httpAnswer(container: RuntimeContainer, port: number, path: string, now: number): HttpAnswer {
  const known = knownAnswer(container, port, path, now)
  return known ? { ...known, isSure: true } : { status: 200 }
}

/** How a container is known to answer a GET: by the files that it serves, or as its image does. */
export function knownAnswer(container: RuntimeContainer, port: number, path: string, now: number): HttpAnswer | undefined {
  const served = sceneIn(container, now)?.servers.get(port)
  const { config, status, userland } = container
  const [asked = '/'] = path.split('?')
  const repository = parseReference(config.image)?.repository ?? ''
  const root = served ?? (Object.hasOwn(ROOTS, repository) ? ROOTS[repository] : undefined)
  if (root !== undefined) {
    const file = `${root}${asked.endsWith('/') ? `${asked}index.html` : asked}`
    const text = filesIn(container, config.mounts ?? [], now)(file)
    if (text !== 'unknown') return text === undefined ? { status: 404 } : { status: 200, body: text }
    const isMounted = config.mounts?.some(mount => mount.path === root)
    const isThere =
      isMounted ||
      (served === undefined &&
        (file === `${root}/index.html` || userland.contents[root]?.some(name => file === `${root}/${name}`)))
    return { status: isThere ? 200 : 404 }
  }
  const words = [...config.command, ...config.args]
  if (repository === 'e2e-test-images/agnhost') {
    // agnhost's `liveness` is well for its first ten seconds
    if (words.includes('liveness')) return { status: now - status.startedAt > 10_000_000 ? 500 : 200 }
    if (words.includes('serve-hostname') || asked === '/hostname') return { status: 200, body: config.hostname }
  }
  return undefined
}
