// Models k8s.io/kubectl/pkg/cmd/create/create_ingress.go
import { flag } from '../command'
import { fail } from '../errors'
import { list, type Session, text } from '../session'
import { creating } from './generator'

const RULE = /^(?:(?:\*\.)?[\w\-.]+)?\/[^=]*=[\w-]+:[\w-]+(?:,tls(?:=[\w\-.]*)?)?$/

interface Rule {
  readonly host?: string
  readonly http: { readonly paths: readonly object[] }
}
interface Tls {
  readonly hosts?: readonly string[]
  readonly secretName?: string
}

function build(s: Session) {
  const given = list(s, 'rule')
  const backend = text(s, 'default-backend')
  if (backend === '' && given.length === 0)
    fail(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    )
  for (const rule of given)
    if (!RULE.test(rule)) fail(`rule ${rule} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`)
  if (backend !== '' && backend.split(':').length !== 2) fail('default-backend should be in format servicename:serviceport')
  const annotations = Object.fromEntries(
    list(s, 'annotation').map(pair => {
      const at = pair.indexOf('=')
      return at < 0
        ? fail(`annotation ${pair} is invalid and should be in format key=[value]`)
        : [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
  const rules = rulesOf(given)
  const tls = tlsOf(given)
  return {
    metadata: { ...(Object.keys(annotations).length > 0 && { annotations }) },
    spec: {
      ...(text(s, 'class') !== '' && { ingressClassName: text(s, 'class') }),
      ...(backend !== '' && { defaultBackend: backendOf(backend) }),
      ...(tls.length > 0 && { tls }),
      ...(rules.length > 0 && { rules }),
    },
    status: { loadBalancer: {} },
  }
}

/** Rules of one host are one rule with several paths. */
function rulesOf(given: readonly string[]): readonly Rule[] {
  const rules: Rule[] = []
  for (const rule of given) {
    const body = rule.split(',')[0] ?? ''
    const slash = body.indexOf('/')
    const host = body.slice(0, slash)
    const path = pathOf(body.slice(slash + 1))
    const at = rules.findIndex(known => (known.host ?? '') === host)
    const known = rules[at]
    if (known) rules[at] = { ...known, http: { paths: [...known.http.paths, path] } }
    else rules.push({ ...(host !== '' && { host }), http: { paths: [path] } })
  }
  return rules
}

/** A star at the end of a path means what begins with it. */
function pathOf(text: string): object {
  const at = text.indexOf('=')
  const path = `/${text.slice(0, at)}`
  const prefix = path.endsWith('*')
  return {
    backend: backendOf(text.slice(at + 1)),
    path: prefix ? path.slice(0, -1) : path,
    pathType: prefix ? 'Prefix' : 'Exact',
  }
}

function backendOf(service: string): object {
  const [name = '', port = ''] = service.split(':')
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } }
}

/** Hosts with the same secret share an entry. */
function tlsOf(given: readonly string[]): readonly Tls[] {
  const entries: Tls[] = []
  const seen = new Set<string>()
  for (const rule of given) {
    const [body = '', tls] = rule.split(',')
    const host = body.slice(0, body.indexOf('/'))
    if (tls === undefined || seen.has(host)) continue
    seen.add(host)
    const secretName = tls.split('=')[1] ?? ''
    const at = entries.findIndex(entry => (entry.secretName ?? '') === secretName)
    const known = entries[at]
    if (known) entries[at] = { ...known, hosts: [...(known.hosts ?? []), host] }
    else if (host !== '' || secretName !== '')
      entries.push({ ...(host !== '' && { hosts: [host] }), ...(secretName !== '' && { secretName }) })
  }
  return entries
}

export const ingress = creating({
  name: 'ingress',
  aliases: ['ing'],
  use: 'ingress NAME --rule=host/path=service:port[,tls[=secret]] ',
  short: 'Create an ingress with the specified name',
  long: 'Create an ingress with the specified name.',
  examples: [
    "# Create a single ingress called 'simple' that directs requests to foo.com/bar to svc1:8080",
    'kubectl create ingress simple --rule="foo.com/bar=svc1:8080"',
    '',
    '# Create an ingress for all paths of a host',
    'kubectl create ingress simple --rule="foo.com/*=svc1:80"',
  ],
  flags: [
    flag.array('annotation', 'Annotation to insert in the ingress object, in the format annotation=value'),
    flag.string('class', 'Ingress Class to be used'),
    flag.string('default-backend', 'Default service for backend, in format of svcname:port'),
    flag.array(
      'rule',
      "Rule in format host/path=service:port[,tls=secretname]. Paths containing the leading character '*' are considered pathType=Prefix. tls argument is optional.",
    ),
  ],
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  failure: 'failed to create ingress: ',
  build,
})
