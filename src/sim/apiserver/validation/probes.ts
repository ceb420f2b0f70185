// Models validateProbe, validateHandler and their parts in pkg/apis/core/validation/validation.go.
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/field-error'
import { portNameErrors, portNumberErrors } from '../../api/names'
import type { Container } from '../../api/types'

type Probe = NonNullable<Container['livenessProbe']>
type Handler = NonNullable<NonNullable<Container['lifecycle']>['postStart']>

const portError = (port: number | string | undefined, field: string): FieldError[] =>
  (typeof port === 'string' ? portNameErrors(port) : portNumberErrors(port ?? 0)).map(why => invalid(field, port ?? 0, why))

/** Exactly one way to do it. */
export function handlerErrors(handler: Handler & Pick<Probe, 'grpc'>, field: string): FieldError[] {
  const errors: FieldError[] = []
  const ways = (['exec', 'httpGet', 'tcpSocket', 'grpc', 'sleep'] as const).filter(
    way => (handler as Record<string, unknown>)[way] !== undefined,
  )
  for (const way of ways.slice(1)) errors.push(forbidden(`${field}.${way}`, 'may not specify more than 1 handler type'))
  const { exec, httpGet, tcpSocket, grpc } = handler
  if (exec && (exec.command?.length ?? 0) === 0) errors.push(required(`${field}.exec.command`))
  if (httpGet) {
    if (!httpGet.path) errors.push(required(`${field}.httpGet.path`))
    errors.push(...portError(httpGet.port, `${field}.httpGet.port`))
    if (httpGet.scheme !== 'HTTP' && httpGet.scheme !== 'HTTPS')
      errors.push(notSupported(`${field}.httpGet.scheme`, httpGet.scheme, ['HTTP', 'HTTPS']))
  }
  if (tcpSocket) errors.push(...portError(tcpSocket.port, `${field}.tcpSocket.port`))
  if (grpc) errors.push(...portError(grpc.port, `${field}.grpc.port`))
  if (ways.length === 0) errors.push(required(field, 'must specify a handler type'))
  return errors
}

const NUMBERS = ['initialDelaySeconds', 'timeoutSeconds', 'periodSeconds', 'successThreshold', 'failureThreshold'] as const

export function probeErrors(
  probe: Probe,
  field: string,
  kind: 'livenessProbe' | 'readinessProbe' | 'startupProbe',
): FieldError[] {
  const errors = handlerErrors(probe, field)
  for (const name of NUMBERS)
    if ((probe[name] ?? 0) < 0) errors.push(invalid(`${field}.${name}`, probe[name], 'must be greater than or equal to 0'))
  const { terminationGracePeriodSeconds: grace, successThreshold = 1 } = probe
  if (grace !== undefined && kind === 'readinessProbe')
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must not be set for readinessProbes'))
  else if (grace !== undefined && grace <= 0)
    errors.push(invalid(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than 0'))
  if (kind !== 'readinessProbe' && successThreshold !== 1)
    errors.push(invalid(`${field}.successThreshold`, successThreshold, 'must be 1'))
  return errors
}
