// What a program finds in its container: its environment, as containerd and runc make it, and its files, as far as they are known.
import type { ContainerConfig, Mount } from '../api/cri'
import { linkVariables } from '../api/service-links'
import type { Problem } from './complaints'
import type { Around, Look } from './shell'
import { has, type Userland } from './userlands'

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** What a container is made of: what the kubelet has said of it, and what its image brings. */
export interface Made {
  readonly config: ContainerConfig
  readonly userland: Userland
}

/** The user that its program runs as; undefined where that is in an image that is not known. */
const userIn = ({ config, userland }: Made): number | undefined =>
  config.user ?? (userland.family === 'unknown' || userland.family === 'bare' ? undefined : 0)

/** All variables of a container's processes that are known, and whether these are all. */
export function variablesOf(made: Made): {
  readonly variables: readonly (readonly [string, string])[]
  readonly isWhole: boolean
} {
  const { config, userland } = made
  const { hostname, environment, links } = config
  const all = new Map<string, string>([['HOSTNAME', hostname]])
  for (const [name, value] of [...linkVariables(links), ...environment]) all.set(name, value)
  // runc looks the user up in the image's /etc/passwd; who is not there is at home in /
  const user = userIn(made)
  const home = user === 0 ? '/root' : user !== undefined && user >= 1000 && userland.isWhole ? '/' : undefined
  if (!all.has('HOME') && home !== undefined) all.set('HOME', home)
  const path = all.get('PATH') ?? (userland.path === 'unknown' ? undefined : PATH)
  all.delete('PATH')
  const variables = [...(path === undefined ? [] : [['PATH', path] as const]), ...all]
  return { variables, isWhole: userland.path === 'alone' && all.has('HOME') }
}

/** Stands for a file that is there, and nobody knows what it says. */
const UNKNOWN = '\u0000'

/** The mount that a path is in. */
function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  let best: Mount | undefined
  for (const mount of mounts)
    if ((path === mount.path || path.startsWith(`${mount.path}/`)) && mount.path.length >= (best?.path.length ?? 0)) best = mount
  return best
}

/** What mounts say of a path; 'unknown' where it is below one that may hold more; undefined where none is about it. */
function mounted(mounts: readonly Mount[], path: string): { readonly text: string | undefined | 'unknown' } | undefined {
  const best = mountOf(mounts, path)
  if (!best) return undefined
  const below = path.slice(best.path.length + 1).replace(/^\.\.data(\/|$)/, '')
  const text = best.files[below]
  return { text: text === UNKNOWN || (text === undefined && best.open) ? 'unknown' : text }
}

/** Reads files that mounts and the container's own processes have made; of others it is known of some that they are not there. */
export function lookIn({ userland }: Made, mounts: readonly Mount[], written: (path: string) => string | null | undefined): Look {
  return path => {
    const own = written(path)
    if (own !== undefined) return own ?? undefined
    const found = mounted(mounts, path)
    if (found) return found.text
    const brought = userland.files[path]
    if (brought !== undefined) return brought
    return path.startsWith('/tmp/') || isNowhere(userland, path) ? undefined : 'unknown'
  }
}

/** Names in a folder that a volume is, that one is in, or that is known of the image; undefined where there is no such folder. */
export function entriesIn({ userland }: Made, mounts: readonly Mount[], path: string): readonly string[] | undefined | 'unknown' {
  const mount = mounts.find(each => each.path === path && each.files[''] === undefined)
  if (mount?.open) return 'unknown'
  if (mount) {
    const names = new Set(Object.keys(mount.files).map(file => file.split('/')[0] as string))
    return [...(mount.version === undefined ? [] : [mount.version, '..data']), ...names, ...mountsBelow(mounts, path)]
  }
  const inside = mounts.find(each => path.startsWith(`${each.path}/`) && each.files[''] === undefined)
  if (!inside) {
    if (mounts.some(each => each.path === path)) return undefined
    const below = mountsBelow(mounts, path)
    if (path === '/') return userland.root ? [...new Set([...userland.root, ...below])] : 'unknown'
    const known = path === '/tmp' ? [] : (userland.contents[path] ?? 'unknown')
    if (known !== 'unknown') return [...new Set([...known, ...below])]
    if (!path.startsWith('/tmp/') && !isNowhere(userland, path)) return 'unknown'
    return below.length > 0 ? below : undefined
  }
  const below = `${path.slice(inside.path.length + 1)}/`
  const names = Object.keys(inside.files).filter(file => file.startsWith(below))
  return names.length > 0 ? [...new Set(names.map(file => file.slice(below.length).split('/')[0] as string))] : undefined
}

/** Names below a folder that lead to mounts. */
function mountsBelow(mounts: readonly Mount[], path: string): readonly string[] {
  const folder = path === '/' ? '/' : `${path}/`
  return mounts.filter(each => each.path.startsWith(folder)).map(each => each.path.slice(folder.length).split('/')[0] as string)
}

/** Whether a path is a directory: undefined where nobody knows. */
export function isFolderIn({ userland }: Made, mounts: readonly Mount[], path: string): boolean | undefined {
  if (path === '/') return true
  const inside = mountOf(mounts, path)
  if (inside) {
    if (path === inside.path) return inside.files[''] === undefined
    return inside.open
      ? undefined
      : Object.keys(inside.files).some(file => file.startsWith(`${path.slice(inside.path.length + 1)}/`))
  }
  if (mounts.some(each => each.path.startsWith(`${path}/`)) || userland.folders.includes(path)) return true
  if (/^\/(tmp|etc|usr|var|proc|sys|dev)$/.test(path)) return true
  const top = /^\/[^/.]+$/.test(path) && userland.root?.includes(path.slice(1))
  return top || (path.startsWith('/tmp/') || isNowhere(userland, path) ? false : undefined)
}

/** Whether an image is known to have nothing there: what is at its root is known. */
function isNowhere({ root }: Userland, path: string): boolean {
  const [, top = ''] = path.split('/')
  return root !== undefined && top !== '' && !root.includes(top)
}

/** Why a container's process can make or change nothing there; undefined where it can. */
export function refusalIn(made: Made, mounts: readonly Mount[], path: string): Problem | 'unknown' | undefined {
  const mount = mountOf(mounts, path)
  const user = userIn(made)
  if (mount?.readOnly) return 'Read-only file system'
  if (mount && (mount.path !== path || mount.files[''] === undefined)) return user === 0 || !mount.open ? undefined : 'unknown'
  if (path === '/dev/termination-log' || path.startsWith('/dev/shm/')) return undefined
  if (made.config.readOnlyRoot) return 'Read-only file system'
  if (user === 0 || /^\/(var\/)?tmp\//.test(path)) return undefined
  const folder = path.replace(/\/[^/]*$/, '') || '/'
  return user !== undefined && user >= 1000 && isSystem(folder, made.userland) ? 'Permission denied' : 'unknown'
}

/** Root's own directories. */
const isSystem = (folder: string, { isWhole, folders }: Userland): boolean =>
  isWhole && (folder === '/' || /^\/(bin|etc|home|lib|opt|root|sbin|srv|usr|var)$/.test(folder) || folders.includes(folder))

/** What a container's own program finds. Files that others make while it runs are not among it. */
export function aroundProgram(made: Made): Around {
  const mounts = made.config.mounts ?? []
  const { variables, isWhole } = variablesOf(made)
  const { workingDir = made.userland.workingDir } = made.config
  return {
    environment: variables,
    isWhole,
    ...voiceOf(made, made.config.command[0] ?? made.config.args[0]),
    ...(workingDir !== undefined && { workingDir }),
    look: lookIn(made, mounts, () => undefined),
    entries: path => entriesIn(made, mounts, path),
    isFolder: path => isFolderIn(made, mounts, path),
    refusal: path => refusalIn(made, mounts, path),
    has: program => (isMissingIn(made, program) ? false : has(made.userland, program)),
  }
}

/** How its programs and its shell speak. Where nobody knows, a person is told nothing; events of probes are busybox's. */
export const voiceOf = ({ userland: { family } }: Made, shell = 'sh', doubts = false): Pick<Around, 'voice'> => ({
  voice: { family: family === 'debian' ? 'gnu' : doubts && family === 'unknown' ? family : 'busybox', shell },
})

/** Whether a container's image is known to have no such program, and no mount brings it. */
export function isMissingIn({ config: { mounts = [] }, userland }: Made, command: string): boolean {
  const there = has(userland, command)
  if (there !== undefined) return !there
  const isMounted = mounts.some(({ path }) => command === path || command.startsWith(`${path}/`))
  return command.startsWith('/') && !isMounted && isNowhere(userland, command)
}

/** Why a program can't be executed, in the words of runc. */
export function missingError(name: string): string {
  const why = name.includes('/') ? `stat ${name}: no such file or directory` : 'executable file not found in $PATH'
  return `unable to start container process: exec: ${JSON.stringify(name)}: ${why}`
}
