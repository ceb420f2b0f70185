// Models k8s.io/apiserver/pkg/endpoints/handlers/negotiation: in which forms a client may be answered, and may send its body.
import { type HttpRequest, MEDIA } from '../api/messages'
import type { Verb } from '../api/reasons'
import { notAcceptable, unsupportedMediaType } from '../api/status'
import type { Status } from '../api/types'

/** What the apiserver reads and writes, and what it streams. */
const FORMS = [MEDIA.json, MEDIA.yaml, 'application/vnd.kubernetes.protobuf']
const STREAMS = FORMS.filter(form => form !== MEDIA.yaml).map(form => `${form};stream=watch`)

/** What is wrong with a request's Accept header, or with the type of its body. Patches have types of their own. */
export function negotiationError(verb: Verb, { headers, body }: HttpRequest): Status | undefined {
  const { accept, contentType } = headers
  if (accept !== undefined && accept !== MEDIA.json && accept !== MEDIA.table && !accept.split(',').some(isAccepted))
    return notAcceptable(verb === 'watch' ? STREAMS : FORMS)
  if (contentType === undefined || contentType === MEDIA.json || body === undefined || verb === 'patch') return undefined
  return FORMS.includes(typeOf(contentType)) ? undefined : unsupportedMediaType(FORMS)
}

const typeOf = (clause: string): string => (clause.split(';')[0] ?? '').trim().toLowerCase()

/** One clause of an Accept header; of what an object can be shown as, only a Table is known here. */
function isAccepted(clause: string): boolean {
  const type = typeOf(clause)
  const [, as] = /;\s*as=([^;]*)/.exec(clause) ?? []
  return (as === undefined || as.trim() === 'Table') && (FORMS.includes(type) || type === '*/*' || type === 'application/*')
}
