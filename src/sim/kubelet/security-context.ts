// Models pkg/kubelet/kuberuntime/security_context.go, and pkg/securitycontext DetermineEffectiveSecurityContext: whom a container's program runs as.
import type { Container, Pod } from '../api/types'

interface RunAs {
  readonly runAsUser?: number
  readonly runAsGroup?: number
  readonly runAsNonRoot?: boolean
}
interface PodRunAs extends RunAs {
  readonly fsGroup?: number
  readonly supplementalGroups?: readonly number[]
}

/** The hub's own images, and the ones that examples use: they run as root but for those that name a user of their own, or give its number. */
const ROOTED = /^((docker\.io\/)?(library\/)?[^/:@]+|polinux\/stress|registry\.k8s\.io\/e2e-test-images\/agnhost)([:@]|$)/
const NAMED_USER: readonly (readonly [image: RegExp, user: string])[] = (
  [
    ['memcached', 'memcache'],
    ['haproxy', 'haproxy'],
    ['varnish', 'varnish'],
    ['jetty', 'jetty'],
  ] as const
).map(([name, user]) => [new RegExp(`^((docker\\.io/)?library/)?${name}([:@]|$)`), user])
const NUMBERED_USER = /^((docker\.io\/)?library\/)?(elasticsearch|kibana|logstash|solr)([:@]|$)/

/** Why a container may not run as whom it would run; undefined where it may. A fake runtime knows no image's user, and that is root. */
export function nonRootError(
  { metadata, spec }: Pod,
  { name, image = '', securityContext }: Container,
  isFake: boolean,
): string | undefined {
  const own: RunAs = securityContext ?? {}
  const pods: PodRunAs = spec.securityContext ?? {}
  if (!(own.runAsNonRoot ?? pods.runAsNonRoot)) return undefined
  const user = own.runAsUser ?? pods.runAsUser
  const where = `(pod: "${metadata.name}_${metadata.namespace}(${metadata.uid})", container: ${name})`
  if (user !== undefined) return user === 0 ? `container's runAsUser breaks non-root policy ${where}` : undefined
  const named = isFake ? undefined : NAMED_USER.find(([pattern]) => pattern.test(image))?.[1]
  if (named !== undefined)
    return `container has runAsNonRoot and image has non-numeric user (${named}), cannot verify user is non-root ${where}`
  return isFake || (ROOTED.test(image) && !NUMBERED_USER.test(image))
    ? `container has runAsNonRoot and image will run as root ${where}`
    : undefined
}

/** Whom a program runs as, as containerd tells it (`user` of a container's status): its group comes first among the others. */
export function userOf({ spec }: Pod, { securityContext }: Container): object {
  const own: RunAs = securityContext ?? {}
  const { fsGroup, supplementalGroups = [], ...pods }: PodRunAs = spec.securityContext ?? {}
  const gid = own.runAsGroup ?? pods.runAsGroup ?? 0
  const others = [...(fsGroup === undefined ? [] : [fsGroup]), ...supplementalGroups]
  return {
    linux: {
      uid: own.runAsUser ?? pods.runAsUser ?? 0,
      gid,
      supplementalGroups: others.includes(gid) ? others : [gid, ...others],
    },
  }
}
