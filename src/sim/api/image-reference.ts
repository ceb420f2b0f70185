// Models github.com/distribution/reference (regexp.go, normalize.go): which names of images are well formed, and what is said of the others.

/** Registry, repository, tag and digest of a well-formed name. */
export const IMAGE_REFERENCE =
  /^(?:([a-zA-Z0-9.-]+(?::\d+)?)\/)?([a-z0-9]+(?:[._/-]+[a-z0-9]+)*)(?::([\w][\w.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/

/** Why a name is not well formed, as reference.ParseNormalizedNamed says it; undefined where it is. */
export function imageReferenceError(image: string): string | undefined {
  if (/^[0-9a-f]{64}$/.test(image)) return `invalid repository name (${image}), cannot specify 64-byte hexadecimal strings`
  if (IMAGE_REFERENCE.test(image)) return undefined
  const [repository = ''] = withoutRegistry(image).split(':')
  if (repository !== repository.toLowerCase())
    return `invalid reference format: repository name (${repository}) must be lowercase`
  return 'invalid reference format'
}

/** What comes after the registry; the hub's own images stand in `library`. */
function withoutRegistry(image: string): string {
  const slash = image.indexOf('/')
  if (slash < 0) return `library/${image}`
  const first = image.slice(0, slash)
  return /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase() ? image.slice(slash + 1) : image
}
