// Models the discovery endpoints of k8s.io/apiserver/pkg/endpoints/discovery, and the other paths that are no resource's.
import { GROUP_VERSIONS, parseApiVersion, RESOURCES, type Resource } from '../api/kinds'
import type { HttpHeaders } from '../api/messages'
import type { Schema } from '../api/schema'
import { internalError, unknownResource } from '../api/status'
import type { Status } from '../api/types'
import { answerOpenApi } from './openapi'

/** What `kubectl version` shows of the server. */
export const VERSION = Object.freeze({
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: 'v1.36.3',
  gitTreeState: 'clean',
  compiler: 'gc',
  platform: 'linux/amd64',
})

const HEALTH = new Set(['/healthz', '/livez', '/readyz'])

/**
 * What the health endpoints say while etcd is not there (pkg/server/healthz); the real one says it in plain text, the Status is what client-go
 * makes of it.
 */
export function unhealthy(path: string): Status | undefined {
  if (!HEALTH.has(path)) return undefined
  const text = `[+]ping ok\n[+]log ok\n[-]etcd failed: reason withheld\n${path.slice(1)} check failed`
  return {
    ...internalError(''),
    message: `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding`,
  }
}

/** The answer to a path that is no resource's. */
export function answerPath(
  path: string,
  headers: HttpHeaders,
  schema: Schema,
): { readonly code: number; readonly body: unknown } {
  if (HEALTH.has(path)) return { code: 200, body: 'ok' }
  if (path === '/version') return { code: 200, body: VERSION }
  if (path === '/api' || path === '/apis')
    return {
      code: 200,
      body: headers.accept?.includes('APIGroupDiscoveryList') ? aggregated(path) : path === '/api' ? coreVersions() : groups(),
    }
  if (path.startsWith('/openapi/')) {
    const body = answerOpenApi(path, schema, VERSION.gitVersion)
    return body === undefined ? { code: 404, body: unknownResource() } : { code: 200, body }
  }
  const apiVersion = path.startsWith('/apis/') ? path.slice(6) : path.startsWith('/api/') ? path.slice(5) : ''
  if (GROUP_VERSIONS.includes(apiVersion)) return { code: 200, body: resources(apiVersion) }
  return { code: 404, body: unknownResource() }
}

const coreVersions = (): unknown => Object.freeze({ kind: 'APIVersions', versions: ['v1'] })

function versionsByGroup(): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { group, version } of GROUP_VERSIONS.map(parseApiVersion)) found.set(group, [...(found.get(group) ?? []), version])
  return found
}

function groups(): unknown {
  const list = [...versionsByGroup()].filter(([name]) => name !== '')
  return Object.freeze({
    kind: 'APIGroupList',
    apiVersion: 'v1',
    groups: list.map(([name, versions]) => {
      const all = versions.map(version => ({ groupVersion: `${name}/${version}`, version }))
      return { name, versions: all, preferredVersion: all[0] }
    }),
  })
}

const ofVersion = (apiVersion: string): readonly Resource[] => RESOURCES.filter(r => r.apiVersion === apiVersion)

function resources(apiVersion: string): unknown {
  const list = ofVersion(apiVersion).flatMap(r => [
    {
      name: r.plural,
      singularName: r.singular,
      namespaced: r.namespaced,
      kind: r.kind,
      verbs: r.verbs,
      ...(r.shortNames.length > 0 && { shortNames: r.shortNames }),
      ...(r.categories.length > 0 && { categories: r.categories }),
    },
    ...r.subresources.map(s => ({
      name: `${r.plural}/${s.name}`,
      singularName: '',
      namespaced: r.namespaced,
      kind: s.kind,
      verbs: s.verbs,
    })),
  ])
  return Object.freeze({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: list })
}

/** apidiscovery.k8s.io/v2: everything in two answers. */
function aggregated(path: string): unknown {
  const items = [...versionsByGroup()]
    .filter(([name]) => (name === '') === (path === '/api'))
    .map(([name, versions]) => ({
      metadata: name === '' ? {} : { name },
      versions: versions.map(version => ({
        version,
        freshness: 'Current',
        resources: ofVersion(name === '' ? version : `${name}/${version}`).map(discovered),
      })),
    }))
  return Object.freeze({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items })
}

const discovered = (r: Resource): unknown => ({
  resource: r.plural,
  responseKind: { group: r.group, version: r.version, kind: r.kind },
  scope: r.namespaced ? 'Namespaced' : 'Cluster',
  singularResource: r.singular,
  verbs: r.verbs,
  ...(r.shortNames.length > 0 && { shortNames: r.shortNames }),
  ...(r.categories.length > 0 && { categories: r.categories }),
  ...(r.subresources.length > 0 && {
    subresources: r.subresources.map(s => ({
      subresource: s.name,
      responseKind: { ...parseApiVersion(s.apiVersion), kind: s.kind },
      verbs: s.verbs,
    })),
  }),
})
