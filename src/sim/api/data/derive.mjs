/**
 * Derives this folder's data from what a kube-apiserver publishes about itself:
 *
 *   node src/sim/api/data/derive.mjs GOLDEN/api
 *
 * `resources.json` is its discovery, trimmed; `openapi.json` is its OpenAPI document without prose, as recorded.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const from = process.argv[2]
if (from === undefined) throw new Error('usage: node derive.mjs FOLDER (with discovery.json and openapi.json)')
const here = import.meta.dirname

/** The verbs of most resources; a resource that has just these leaves them out. */
const usual = 'create,delete,deletecollection,get,list,patch,update,watch'

const trim = (group, version, r) => ({
  group,
  version,
  plural: r.resource,
  singular: r.singularResource,
  kind: r.responseKind.kind,
  ...(r.scope === 'Cluster' ? { cluster: true } : {}),
  ...(r.shortNames ? { shortNames: r.shortNames } : {}),
  ...(r.categories ? { categories: r.categories } : {}),
  ...(r.verbs.join() === usual ? {} : { verbs: r.verbs }),
  ...(r.subresources ? { subresources: r.subresources.map(subresource) } : {}),
})
const subresource = s => ({
  name: s.subresource,
  kind: s.responseKind.kind,
  ...(s.responseKind.version === '' ? {} : { group: s.responseKind.group, version: s.responseKind.version }),
  verbs: s.verbs,
})

const discovery = JSON.parse(readFileSync(join(from, 'discovery.json'), 'utf8'))
const resources = discovery.flatMap(g => g.versions.flatMap(v => v.resources.map(r => trim(g.group, v.version, r))))
writeFileSync(join(here, 'resources.json'), `[\n${resources.map(r => `  ${JSON.stringify(r)}`).join(',\n')}\n]\n`)
copyFileSync(join(from, 'openapi.json'), join(here, 'openapi.json'))
