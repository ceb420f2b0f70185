// Models validatePodDNSConfig, ValidateHostAliases and validatePodHostNetworkDeps in pkg/apis/core/validation/validation.go.
import { type FieldError, invalid, required } from '../../api/field-error'
import { dns1123SubdomainErrors, regexError } from '../../api/names'
import type { PodSpec } from '../../api/types'
import { addressErrors } from './paths'

const NONE: readonly FieldError[] = Object.freeze([])
const MOST = { nameservers: 3, searches: 32, searchCharacters: 2048 }
/** A label of DNS, in which an underscore is let pass. */
const LABEL = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`

const searchErrors = (search: string, field: string): FieldError[] =>
  search === '' || !new RegExp(`^${SUBDOMAIN}$`).test(search)
    ? [
        invalid(
          field,
          search,
          regexError(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
            SUBDOMAIN,
            'example.com',
          ),
        ),
      ]
    : []

/** What is wrong with how a pod resolves names. */
export function dnsConfigErrors({ dnsConfig, dnsPolicy }: PodSpec, field: string): readonly FieldError[] {
  if (dnsPolicy === 'None') {
    if (!dnsConfig) return [required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if (!dnsConfig.nameservers?.length)
      return [required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
  }
  if (!dnsConfig) return NONE
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  const errors: FieldError[] = []
  if (nameservers.length > MOST.nameservers)
    errors.push(invalid(`${field}.nameservers`, nameservers, `must not have more than ${MOST.nameservers} nameservers`))
  nameservers.forEach((address, i) => {
    errors.push(...addressErrors(address, `${field}.nameservers[${i}]`))
  })
  if (searches.length > MOST.searches)
    errors.push(invalid(`${field}.searches`, searches, `must not have more than ${MOST.searches} search paths`))
  if (searches.join(' ').length > MOST.searchCharacters)
    errors.push(
      invalid(
        `${field}.searches`,
        searches,
        `must not have more than ${MOST.searchCharacters} characters (including spaces) in the search list`,
      ),
    )
  searches.forEach((search, i) => {
    if (search !== '.') errors.push(...searchErrors(search.replace(/\.$/, ''), `${field}.searches[${i}]`))
  })
  options.forEach(({ name }, i) => {
    if (!name) errors.push(required(`${field}.options[${i}]`, 'must not be empty'))
  })
  return errors
}

/** What is wrong with the lines that a pod's /etc/hosts is given. */
export const hostAliasErrors = ({ hostAliases }: PodSpec, field: string): readonly FieldError[] =>
  hostAliases?.flatMap(({ ip, hostnames = [] }, i) => [
    ...addressErrors(ip ?? '', `${field}[${i}].ip`),
    ...hostnames.flatMap((name, j) =>
      dns1123SubdomainErrors(name).map(why => invalid(`${field}[${i}].hostnames[${j}]`, name, why)),
    ),
  ]) ?? NONE

/** A pod in its node's network has no ports but the node's; in a template they may be left to defaulting. */
export function hostNetworkErrors({ hostNetwork, containers }: PodSpec, field: string, isPod: boolean): readonly FieldError[] {
  if (!hostNetwork || !containers) return NONE
  return containers.flatMap(({ ports = [] }, i) =>
    ports.flatMap(({ hostPort = 0, containerPort }, j) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            invalid(
              `${field}.containers[${i}].ports[${j}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [],
    ),
  )
}
