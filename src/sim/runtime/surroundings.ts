// What a program finds in its container: its environment, as containerd and runc make it, and its files, as far as they are known.
import type { ContainerConfig, Mount } from '../api/cri'
import { linkVariables } from '../api/service-links'
import { isInBusybox } from './busybox'
import { parseReference } from './images'
import type { Around, Look } from './shell'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** All variables of a container's processes. What else an image's own configuration sets is not known. */
export function variablesOf({ hostname, environment, links }: ContainerConfig): [string, string][] {
  const all = new Map<string, string>([
    ['PATH', PATH],
    ['HOSTNAME', hostname],
  ])
  for (const [name, value] of [...linkVariables(links), ...environment]) all.set(name, value)
  if (!all.has('HOME')) all.set('HOME', '/root')
  return [...all]
}

/** Stands for a file that is there, and nobody knows what it says. */
const UNKNOWN = '\u0000'

/** What mounts say of a path; 'unknown' where it is below one that may hold more; undefined where none is about it. */
function mounted(mounts: readonly Mount[], path: string): { readonly text: string | undefined | 'unknown' } | undefined {
  let best: Mount | undefined
  for (const mount of mounts)
    if ((path === mount.path || path.startsWith(`${mount.path}/`)) && mount.path.length >= (best?.path.length ?? 0)) best = mount
  if (!best) return undefined
  const below = path.slice(best.path.length + 1).replace(/^\.\.data\//, '')
  const text = best.files[below]
  return { text: text === UNKNOWN || (text === undefined && best.open) ? 'unknown' : text }
}

/** Reads files that mounts and the container's own processes have made; of others only /tmp is known to be empty. */
export function lookIn(mounts: readonly Mount[], written: (path: string) => string | null | undefined): Look {
  return path => {
    const own = written(path)
    if (own !== undefined) return own ?? undefined
    const found = mounted(mounts, path)
    if (found) return found.text
    return path.startsWith('/tmp/') ? undefined : 'unknown'
  }
}

/** Names in a folder that a volume is, or that one is in. */
export function entriesIn(mounts: readonly Mount[], path: string): readonly string[] | undefined | 'unknown' {
  const mount = mounts.find(each => each.path === path && each.files[''] === undefined)
  if (mount?.open) return 'unknown'
  if (mount) {
    const names = new Set(Object.keys(mount.files).map(file => file.split('/')[0] as string))
    return [...(mount.version === undefined ? [] : [mount.version, '..data']), ...names]
  }
  const inside = mounts.find(each => path.startsWith(`${each.path}/`) && each.files[''] === undefined)
  if (!inside)
    return mounts.some(each => each.path === path) || path.startsWith('/tmp/') ? undefined : path === '/tmp' ? [] : 'unknown'
  const below = `${path.slice(inside.path.length + 1)}/`
  const names = Object.keys(inside.files).filter(file => file.startsWith(below))
  return names.length > 0 ? [...new Set(names.map(file => file.slice(below.length).split('/')[0] as string))] : undefined
}

/** What a container's own program finds. Files that others make while it runs are not among it. */
export function aroundProgram(config: ContainerConfig): Around {
  const mounts = config.mounts ?? []
  return {
    environment: variablesOf(config),
    look: path => mounted(mounts, path)?.text ?? 'unknown',
    entries: path => (mounts.some(mount => mount.path === path) ? entriesIn(mounts, path) : 'unknown'),
    isMissing: program => isMissingIn(config, program),
  }
}

/** What such an image has at its root; nothing else is there but what is mounted. */
const STANDARD = /^\/(bin|dev|etc|home|lib|lib64|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var)(\/|$)/

/** Whether a container's image is known to have no such file. */
export const isNowhere = ({ image }: ContainerConfig, path: string): boolean =>
  path.startsWith('/') && BUSYBOX.has(parseReference(image)?.repository ?? '') && path !== '/' && !STANDARD.test(path)

const BUSYBOX = new Set(['library/busybox', 'library/alpine'])
/** Programs that people look for in images that have none of them. */
const NOT_IN_ALPINE = /^(bash|curl|apt|apt-get|python3?|node|java|systemctl|dig|jq|vim|nano)$/
/** Images with one program and nothing else. */
const BARE = new Set(['pause', 'library/hello-world', 'metrics-server/metrics-server'])
/** Commands that no image has. */
const MISSING = /^(nope|no-such-.*|does-not-exist|missing|typo)$/

/** Whether a container's image is known to have no such program, and no mount brings it. */
export function isMissingIn(config: ContainerConfig, command: string): boolean {
  const { image, mounts = [] } = config
  const name = command.replace(/^\/(usr\/)?(local\/)?s?bin\//, '')
  if (name.includes('/')) {
    if (mounts.some(({ path }) => name === path || name.startsWith(`${path}/`))) return false
    return isNowhere(config, name) || MISSING.test(name.slice(1))
  }
  const repository = parseReference(image)?.repository ?? ''
  if (MISSING.test(name) || BARE.has(repository)) return true
  return repository === 'library/busybox' ? !isInBusybox(name) : repository === 'library/alpine' && NOT_IN_ALPINE.test(name)
}

/** Why a program can't be executed, in the words of runc. */
export function missingError(name: string): string {
  const why = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'
  return `unable to start container process: exec: ${JSON.stringify(name)}: ${why}`
}
