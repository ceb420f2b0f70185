// Models github.com/distribution/reference (normalize.go) and containerd's resolver: what an image's name means, and which pulls fail.
import type { CriImage } from '../api/cri'
import { IMAGE_REFERENCE } from '../api/image-reference'
import { sha256Hex } from '../api/sha256'

/** A reference with everything that people leave out: `docker.io/library/nginx:1.27`. */
export interface ImageReference {
  readonly registry: string
  readonly repository: string
  readonly tag: string
  /** Registry, repository and tag. */
  readonly name: string
}

/** Thousands of containers run a few images, whose names are read at every step. */
const parsed = new Map<string, ImageReference | undefined>()
const PARSED_LIMIT = 256

/** Reads an image's name; undefined where it is not well formed (InvalidImageName). Models reference.ParseDockerRef. */
export function parseReference(image: string): ImageReference | undefined {
  if (parsed.has(image)) return parsed.get(image)
  if (parsed.size >= PARSED_LIMIT) parsed.clear()
  const reference = parse(image)
  parsed.set(image, reference)
  return reference
}

function parse(image: string): ImageReference | undefined {
  const match = IMAGE_REFERENCE.exec(image)
  if (!match) return undefined
  const [, host, path = '', tag, digest] = match
  const isRegistry = host !== undefined && (host.includes('.') || host.includes(':') || host === 'localhost')
  const registry = isRegistry ? host : 'docker.io'
  const rest = isRegistry || host === undefined ? path : `${host}/${path}`
  const repository = registry === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest
  const version = tag ?? (digest ? '' : 'latest')
  const name = digest ? `${registry}/${repository}@${digest}` : `${registry}/${repository}:${version}`
  return Object.freeze({ registry, repository, tag: version, name })
}

/** Sizes of well-known images in bytes, as a registry would tell them. Others get one that follows from their name. */
const SIZES: Readonly<Record<string, number>> = {
  'library/nginx': 72_099_501,
  'library/httpd': 58_962_310,
  'library/busybox': 2_223_685,
  'library/alpine': 3_798_082,
  'library/redis': 52_430_114,
  'library/postgres': 160_207_417,
  'library/mysql': 243_310_208,
  'library/python': 364_128_905,
  'library/node': 398_211_337,
  'e2e-test-images/agnhost': 52_800_335,
  'polinux/stress': 4_041_495,
}

const sizeOf = (repository: string, sizes: Readonly<Record<string, number>> | undefined): number =>
  sizes?.[repository] ?? SIZES[repository] ?? 20_000_000 + (Number.parseInt(sha256Hex(repository).slice(0, 7), 16) % 80_000_000)

/** Tags that no registry of this world has. */
const MISSING_TAG = /^(9\.99.*|does-not-exist.*|doesnotexist|no-such.*|nope|missing|broken|typo)$/

/** Why a pull fails, as the runtime's gRPC error; undefined when it works. */
export function pullError(image: string): string | undefined {
  const reference = parseReference(image)
  if (!reference)
    return `rpc error: code = InvalidArgument desc = failed to parse image reference "${image}": invalid reference format`
  const { name, registry, repository, tag } = reference
  const failed = `desc = failed to pull and unpack image "${name}": failed to resolve image`
  if (registry.endsWith('.invalid') || registry.endsWith('.example')) {
    const url = `https://${registry}/v2/${repository}/manifests/${tag}`
    return `rpc error: code = Unknown ${failed}: failed to do request: Head "${url}": dial tcp: lookup ${registry}: no such host`
  }
  if (MISSING_TAG.test(tag)) return `rpc error: code = NotFound ${failed}: ${name}: not found`
  return undefined
}

/** What a pull of a well-formed reference brings. */
export function imageOf(reference: ImageReference, sizes: Readonly<Record<string, number>> | undefined): CriImage {
  const { registry, repository, name } = reference
  const byDigest = name.includes('@') ? name : `${registry}/${repository}@sha256:${sha256Hex(name)}`
  return Object.freeze({
    names: Object.freeze(byDigest === name ? [name] : [byDigest, name]),
    sizeBytes: sizeOf(repository, sizes),
  })
}
