// Models pkg/apis/admissionregistration/validation/validation.go and apiserver/pkg/util/webhook/validation.go: webhooks. Expressions are let pass.
import { duplicate, type FieldError, invalid, notSupported, required } from '../../api/field-error'
import { dns1035LabelErrors, dns1123SubdomainErrors, portNumberErrors } from '../../api/names'
import type { KubeObject, LabelSelector } from '../../api/types'
import { optionalEnumErrors } from './enums'
import { domainErrors } from './paths'
import { selectorErrors } from './placement'

const NONE: readonly FieldError[] = Object.freeze([])
const SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
/** Versions of AdmissionReview that an apiserver speaks. */
const REVIEWS = ['v1', 'v1beta1']
const MOST_SECONDS = 30

type Texts = readonly string[]
interface Rule {
  readonly operations?: Texts
  readonly apiGroups?: Texts
  readonly apiVersions?: Texts
  readonly resources?: Texts
  readonly scope?: string
}
interface Service {
  readonly name?: string
  readonly namespace?: string
  readonly path?: string
  readonly port?: number
}
interface Webhook {
  readonly name?: string
  readonly rules?: readonly Rule[]
  readonly failurePolicy?: string
  readonly matchPolicy?: string
  readonly sideEffects?: string
  readonly timeoutSeconds?: number
  readonly namespaceSelector?: LabelSelector
  readonly objectSelector?: LabelSelector
  readonly reinvocationPolicy?: string
  readonly admissionReviewVersions?: Texts
  readonly clientConfig?: { readonly url?: string; readonly service?: Service }
}

/** ValidateValidatingWebhookConfiguration and ValidateMutatingWebhookConfiguration, beside the metadata. */
export function validateWebhooks({ webhooks }: KubeObject): readonly FieldError[] {
  const hooks = (webhooks ?? []) as readonly Webhook[]
  return hooks.flatMap((hook, i) => {
    const at = `webhooks[${i}]`
    const isRepeated = hook.name && hooks.findIndex(({ name }) => name === hook.name) < i
    return [
      ...hookErrors(hook, at),
      ...versionErrors(hook.admissionReviewVersions ?? [], `${at}.admissionReviewVersions`),
      ...(isRepeated ? [duplicate(`${at}.name`, hook.name)] : NONE),
    ]
  })
}

function hookErrors(hook: Webhook, at: string): readonly FieldError[] {
  const { name = '', rules = [], sideEffects, timeoutSeconds: seconds, namespaceSelector, objectSelector } = hook
  const errors: FieldError[] = domainErrors(name, `${at}.name`, 'three')
  rules.forEach((rule, i) => {
    errors.push(...ruleErrors(rule, `${at}.rules[${i}]`))
  })
  errors.push(...optionalEnumErrors(hook.failurePolicy, ['Fail', 'Ignore'], `${at}.failurePolicy`))
  errors.push(...optionalEnumErrors(hook.matchPolicy, ['Equivalent', 'Exact'], `${at}.matchPolicy`))
  if (sideEffects === undefined) errors.push(required(`${at}.sideEffects`, `must specify one of ${SIDE_EFFECTS.join(', ')}`))
  else errors.push(...optionalEnumErrors(sideEffects, SIDE_EFFECTS, `${at}.sideEffects`))
  if (seconds !== undefined && (seconds > MOST_SECONDS || seconds < 1))
    errors.push(invalid(`${at}.timeoutSeconds`, seconds, 'the timeout value must be between 1 and 30 seconds'))
  if (namespaceSelector) errors.push(...selectorErrors(namespaceSelector, `${at}.namespaceSelector`))
  if (objectSelector) errors.push(...selectorErrors(objectSelector, `${at}.objectSelector`))
  errors.push(...optionalEnumErrors(hook.reinvocationPolicy, ['IfNeeded', 'Never'], `${at}.reinvocationPolicy`))
  return [...errors, ...clientErrors(hook.clientConfig ?? {}, `${at}.clientConfig`)]
}

function clientErrors({ url, service }: NonNullable<Webhook['clientConfig']>, at: string): readonly FieldError[] {
  if ((url === undefined) === (service === undefined)) return [required(at, 'exactly one of url or service is required')]
  return url === undefined ? serviceErrors(service as Service, `${at}.service`) : urlErrors(url, `${at}.url`)
}

const FORM = '; desired format: https://host[/path]'

/** ValidateWebhookURL */
function urlErrors(url: string, field: string): readonly FieldError[] {
  const [, scheme = '', user, host = '', , query = '', fragment = ''] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/(?:([^@/?#]*)@)?([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? []
  const errors: FieldError[] = []
  if (scheme.toLowerCase() !== 'https') errors.push(invalid(field, scheme, `'https' is the only allowed URL scheme${FORM}`))
  if (host === '') errors.push(invalid(field, '', `host must be specified${FORM}`))
  if (user !== undefined) errors.push(invalid(field, user, 'user information is not permitted in the URL'))
  if (fragment !== '') errors.push(invalid(field, fragment, 'fragments are not permitted in the URL'))
  return query === '' ? errors : [...errors, invalid(field, query, 'query parameters are not permitted in the URL')]
}

/** ValidateWebhookService */
function serviceErrors({ name, namespace, path, port = 0 }: Service, at: string): readonly FieldError[] {
  const errors: FieldError[] = []
  if (!name) errors.push(required(`${at}.name`, 'service name is required'))
  if (!namespace) errors.push(required(`${at}.namespace`, 'service namespace is required'))
  const wrong = portNumberErrors(port)
  if (wrong.length > 0) errors.push(invalid(`${at}.port`, port, `port is not valid: ${wrong.join(', ')}`))
  if (!path || path === '/') return errors
  const no = (why: string): FieldError => invalid(`${at}.path`, path, why)
  if (!path.startsWith('/')) errors.push(no("must start with a '/'"))
  const steps = path.slice(1).replace(/\/$/, '').split('/')
  steps.forEach((step, i) => {
    if (step === '') errors.push(no(`segment[${i}] may not be empty`))
    else errors.push(...dns1123SubdomainErrors(step).map(why => no(`segment[${i}]: ${why}`)))
  })
  return errors
}

/** validateAdmissionReviewVersions */
function versionErrors(versions: Texts, field: string): readonly FieldError[] {
  if (versions.length === 0) return [required(field, `must specify one of ${REVIEWS.join(', ')}`)]
  const errors = versions.flatMap((version, i) =>
    versions.indexOf(version) < i
      ? [invalid(`${field}[${i}]`, version, 'duplicate version')]
      : dns1035LabelErrors(version).map(why => invalid(`${field}[${i}]`, version, why)),
  )
  const isKnown = versions.some(version => REVIEWS.includes(version))
  return isKnown ? errors : [...errors, invalid(field, versions, `must include at least one of ${REVIEWS.join(', ')}`)]
}

/** validateRuleWithOperations */
function ruleErrors(
  { operations = [], apiGroups = [], apiVersions = [], resources = [], scope }: Rule,
  at: string,
): readonly FieldError[] {
  const list = (values: Texts, field: string, others: string): FieldError[] => {
    if (values.length === 0) return [required(`${at}.${field}`)]
    const isMixed = values.length > 1 && values.includes('*')
    return isMixed ? [invalid(`${at}.${field}`, values, `if '*' is present, must not specify other ${others}`)] : []
  }
  return [
    ...list(operations, 'operations', 'operations'),
    ...operations.flatMap((operation, i) =>
      OPERATIONS.includes(operation) ? NONE : [notSupported(`${at}.operations[${i}]`, operation, OPERATIONS)],
    ),
    ...list(apiGroups, 'apiGroups', 'API groups'),
    ...list(apiVersions, 'apiVersions', 'API versions'),
    ...apiVersions.flatMap((version, i) => (version === '' ? [required(`${at}.apiVersions[${i}]`)] : NONE)),
    ...resourceErrors(resources, `${at}.resources`),
    ...optionalEnumErrors(scope, SCOPES, `${at}.scope`),
  ]
}

/** validateResources */
function resourceErrors(resources: Texts, field: string): readonly FieldError[] {
  if (resources.length === 0) return [required(field)]
  const errors: FieldError[] = []
  const whole = new Set<string>()
  const everywhere = new Set<string>()
  resources.forEach((text, i) => {
    if (text === '') errors.push(required(`${field}[${i}]`))
    const slash = text.indexOf('/')
    if (slash < 0) return
    const [resource, sub] = [text.slice(0, slash), text.slice(slash + 1)]
    const beside = (other: string) =>
      errors.push(invalid(`${field}[${i}]`, text, `if '${other}' is present, must not specify ${text}`))
    if (whole.has(resource)) beside(`${resource}/*`)
    if (everywhere.has(sub)) beside(`*/${sub}`)
    if (sub === '*') whole.add(resource)
    if (resource === '*') everywhere.add(sub)
  })
  if (resources.length > 1 && resources.includes('*/*'))
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"))
  // upstream looks at the last of them that has no subresource
  const last = resources.filter(text => text !== '' && !text.includes('/')).at(-1)
  if (resources.includes('*') && last !== undefined && last !== '*')
    errors.push(invalid(field, resources, "if '*' is present, must not specify other resources without subresources"))
  return errors
}
