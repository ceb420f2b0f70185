// Models validateProbe, validateHandler and their parts in pkg/apis/core/validation/validation.go.
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { portNameErrors, portNumberErrors, regexError } from '../../api/names'
import type { Container } from '../../api/types'

type Probe = NonNullable<Container['livenessProbe']>
type Handler = NonNullable<NonNullable<Container['lifecycle']>['postStart']>

const portError = (port: number | string | undefined, field: string): FieldError[] =>
  (typeof port === 'string' ? portNameErrors(port) : portNumberErrors(port ?? 0)).map(why => invalid(field, port ?? 0, why))

type Check = (handler: Handler & Pick<Probe, 'grpc'>, field: string, graceSeconds: number | undefined) => readonly FieldError[]

/** The ways to do it, in the order in which upstream looks: of two, the later one is too many. */
const WAYS: Readonly<Record<string, Check>> = {
  exec: ({ exec }, field) => ((exec?.command?.length ?? 0) === 0 ? [required(`${field}.command`)] : []),
  httpGet: ({ httpGet }, field) => httpErrors(httpGet ?? { port: 0 }, field),
  tcpSocket: ({ tcpSocket }, field) => portError(tcpSocket?.port, `${field}.port`),
  grpc: ({ grpc }, field) => portError(grpc?.port, `${field}.port`),
  sleep: (handler, field, graceSeconds) => {
    const { seconds = 0 } = (handler as { sleep?: { readonly seconds?: number } }).sleep ?? {}
    if (graceSeconds === undefined || (seconds >= 0 && seconds <= graceSeconds)) return []
    return [invalid(field, seconds, `must be non-negative and less than terminationGracePeriodSeconds (${graceSeconds})`)]
  },
}

/** validateHandler: exactly one way to do it. */
export function handlerErrors(
  handler: Handler & Pick<Probe, 'grpc'>,
  field: string,
  graceSeconds: number | undefined,
): FieldError[] {
  const errors: FieldError[] = []
  let ways = 0
  for (const way in WAYS) {
    const given = (handler as Record<string, unknown>)[way]
    if (given === undefined || given === null) continue
    if (++ways > 1) errors.push(forbidden(`${field}.${way}`, 'may not specify more than 1 handler type'))
    else errors.push(...(WAYS[way]?.(handler, `${field}.${way}`, graceSeconds) ?? []))
  }
  if (ways === 0) errors.push(required(field, 'must specify a handler type'))
  return errors
}

const HEADER = '[-A-Za-z0-9]+'

/** validateHTTPGetAction */
function httpErrors({ path, port, scheme = '', httpHeaders }: NonNullable<Probe['httpGet']>, field: string): FieldError[] {
  const errors = path ? [] : [required(`${field}.path`)]
  errors.push(...portError(port, `${field}.port`))
  if (scheme !== 'HTTP' && scheme !== 'HTTPS') errors.push(notSupported(`${field}.scheme`, scheme, ['HTTP', 'HTTPS']))
  for (const { name } of httpHeaders ?? [])
    if (!new RegExp(`^${HEADER}$`).test(name))
      errors.push(
        invalid(
          `${field}.httpHeaders`,
          name,
          regexError("a valid HTTP header must consist of alphanumeric characters or '-'", HEADER, 'X-Header-Name'),
        ),
      )
  return errors
}

const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const

export function probeErrors(
  probe: Probe,
  field: string,
  kind: 'livenessProbe' | 'readinessProbe' | 'startupProbe',
): FieldError[] {
  const errors = handlerErrors(probe, field, undefined)
  for (const name of NUMBERS)
    if ((probe[name] ?? 0) < 0) errors.push(invalid(`${field}.${name}`, probe[name], 'must be greater than or equal to 0'))
  const { terminationGracePeriodSeconds: grace, successThreshold = 1 } = probe
  const at = `${field}.terminationGracePeriodSeconds`
  if (grace !== undefined && grace <= 0) errors.push(invalid(at, grace, 'must be greater than 0'))
  if (grace !== undefined && kind === 'readinessProbe') errors.push(invalid(at, grace, 'must not be set for readinessProbes'))
  if (kind !== 'readinessProbe' && successThreshold !== 1)
    errors.push(invalid(`${field}.successThreshold`, successThreshold, 'must be 1'))
  return errors
}
