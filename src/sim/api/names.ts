/**
 * What names may look like, in upstream's words, and how they are generated.
 * Models k8s.io/apimachinery/pkg/util/validation/validation.go and apiserver/pkg/storage/names. Each check returns what is wrong: none, or several.
 */

const DNS1123_LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const DNS1123_SUBDOMAIN = `${DNS1123_LABEL}(\\.${DNS1123_LABEL})*`
const QUALIFIED_NAME = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const CONFIG_KEY = '[-._a-zA-Z0-9]+'

const whole = (pattern: string) => new RegExp(`^${pattern}$`)
const DNS1123_LABEL_RE = whole(DNS1123_LABEL)
const QUALIFIED_NAME_RE = whole(QUALIFIED_NAME)
const LABEL_VALUE_RE = whole(`(${QUALIFIED_NAME})?`)
const CONFIG_KEY_RE = whole(CONFIG_KEY)

const QUALIFIED_NAME_SHAPE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"

/** `message (e.g. 'a', or 'b', regex used for validation is '…')` */
export function regexError(message: string, pattern: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${pattern}')`
  const list = examples.map(example => `'${example}', `).join(' or ')
  return `${message} (e.g. ${list}regex used for validation is '${pattern}')`
}
export const maxLengthError = (length: number): string => `must be no more than ${length} bytes`

const NONE: readonly string[] = Object.freeze([])

const DASH = 45
const DOT = 46

/** What the pattern of a subdomain says, read once: every object that is created comes by here, Events too. */
function isSubdomain(value: string): boolean {
  let before = DOT
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    const isLetterOrDigit = (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
    if (!isLetterOrDigit) {
      if (code !== DASH && code !== DOT) return false
      if (before === DOT || (code === DOT && before === DASH)) return false
    }
    before = code
  }
  return before !== DOT && before !== DASH
}

/** Label of DNS, RFC 1123: names of namespaces, containers, volumes. */
export function dns1123LabelErrors(value: string): readonly string[] {
  if (value.length <= 63 && DNS1123_LABEL_RE.test(value)) return NONE
  const errors = value.length > 63 ? [maxLengthError(63)] : []
  if (DNS1123_LABEL_RE.test(value)) return errors
  // What is a good subdomain is no good label because of its dots: upstream says just that.
  if (isSubdomain(value)) return [...errors, 'must not contain dots']
  const shape =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
  return [...errors, regexError(shape, DNS1123_LABEL, 'my-name', '123-abc')]
}

/** Label of DNS, RFC 1035: names of versions. */
export function dns1035LabelErrors(value: string): readonly string[] {
  const errors = value.length > 63 ? [maxLengthError(63)] : []
  if (/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(value)) return errors
  const shape =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
  return [...errors, regexError(shape, '[a-z]([-a-z0-9]*[a-z0-9])?', 'my-name', 'abc-123')]
}

/** Subdomain of DNS, RFC 1123: names of most objects. */
export function dns1123SubdomainErrors(value: string): readonly string[] {
  if (value.length <= 253 && isSubdomain(value)) return NONE
  const errors = value.length > 253 ? [maxLengthError(253)] : []
  if (isSubdomain(value)) return errors
  const shape =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
  return [...errors, regexError(shape, DNS1123_SUBDOMAIN, 'example.com')]
}

/** A name with an optional domain before a slash: keys of labels and annotations, taints, resources, finalizers. Models content.IsLabelKey. */
export function qualifiedNameErrors(value: string): readonly string[] {
  if (value.length <= 63 && QUALIFIED_NAME_RE.test(value)) return NONE
  const parts = value.split('/')
  const errors: string[] = []
  if (parts.length > 2) {
    const shape = regexError(`a valid label key ${QUALIFIED_NAME_SHAPE}`, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc')
    return [`${shape} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`]
  }
  const [prefix = ''] = parts
  if (parts.length === 2) {
    if (prefix === '') errors.push('prefix part must be non-empty')
    else errors.push(...dns1123SubdomainErrors(prefix).map(error => `prefix part ${error}`))
  }
  const name = parts[parts.length - 1] ?? ''
  if (name === '') errors.push('name part must be non-empty')
  else if (name.length > 63) errors.push(`name part ${maxLengthError(63)}`)
  if (!QUALIFIED_NAME_RE.test(name))
    errors.push(`name part ${regexError(QUALIFIED_NAME_SHAPE, QUALIFIED_NAME, 'MyName', 'my.name', '123-abc')}`)
  return errors
}
/** Keys of labels. */
export const labelKeyErrors = qualifiedNameErrors

export function labelValueErrors(value: string): readonly string[] {
  if (value.length <= 63 && LABEL_VALUE_RE.test(value)) return NONE
  const errors = value.length > 63 ? [maxLengthError(63)] : []
  if (LABEL_VALUE_RE.test(value)) return errors
  const shape = `a valid label must be an empty string or consist of ${QUALIFIED_NAME_SHAPE.slice('must consist of '.length)}`
  return [...errors, regexError(shape, `(${QUALIFIED_NAME})?`, 'MyValue', 'my_value', '12345')]
}

export const portNumberErrors = (port: number): string[] =>
  port >= 1 && port <= 65535 ? [] : ['must be between 1 and 65535, inclusive']

/** Name of a port of a container. */
export function portNameErrors(name: string): string[] {
  const errors = name.length > 15 ? [maxLengthError(15)] : []
  if (!/^[-a-z0-9]+$/.test(name)) errors.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!/[a-z]/.test(name)) errors.push('must contain at least one letter (a-z)')
  if (name.includes('--')) errors.push('must not contain consecutive hyphens')
  if (name.startsWith('-') || name.endsWith('-')) errors.push('must not begin or end with a hyphen')
  return errors
}

/** Keys of ConfigMaps and Secrets. */
export function configKeyErrors(key: string): string[] {
  const errors = key.length > 253 ? [maxLengthError(253)] : []
  if (!CONFIG_KEY_RE.test(key)) {
    const shape = "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
    errors.push(regexError(shape, CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name'))
  }
  if (key === '.') errors.push("must not be '.'")
  else if (key === '..') errors.push("must not be '..'")
  else if (key.startsWith('..')) errors.push("must not start with '..'")
  return errors
}

/** Names of environment variables: any printable ASCII but `=`. */
export function envVarNameErrors(name: string): string[] {
  if (name === '') return ['environment variable name must not be empty']
  return /^[ -<>-~]+$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

/** Names that are a segment of a path: roles, bindings. Models path.ValidatePathSegmentName. */
export function pathSegmentErrors(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter(illegal => name.includes(illegal)).map(illegal => `may not contain '${illegal}'`)
}

/** What a name is checked as when a suffix will follow: a dash at its end stands for it. Models maskTrailingDash. */
export const maskTrailingDash = (name: string): string => (name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name)

/** Consonants and digits that make no words and are not mistaken for each other. Models util/rand. */
export const SAFE_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** `length` characters of the safe alphabet. Models rand.String. */
export function randomSuffix(random: () => number, length = 5): string {
  let text = ''
  for (let i = 0; i < length; i++) text += SAFE_ALPHABET[Math.floor(random() * SAFE_ALPHABET.length)]
  return text
}

/** A name for an object that has only `generateName`. Models SimpleNameGenerator: the base is cut so that 63 characters hold all. */
export const generateName = (base: string, random: () => number): string => base.slice(0, 58) + randomSuffix(random)
