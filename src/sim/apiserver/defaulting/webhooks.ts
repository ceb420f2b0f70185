// Models pkg/apis/admissionregistration/v1/defaults.go
import type { Default } from './types'

interface Webhook {
  readonly rules?: readonly { readonly scope?: string }[]
  readonly clientConfig?: { readonly service?: { readonly port?: number } }
}
const COMMON = Object.freeze({ failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10 })

const webhooks =
  (more: object): Default =>
  object =>
    object.webhooks ? { ...object, webhooks: (object.webhooks as Webhook[]).map(hook => filled(hook, more)) } : object

function filled(hook: Webhook, more: object): Webhook {
  const { rules, clientConfig } = hook
  const service = clientConfig?.service
  return {
    ...COMMON,
    namespaceSelector: {},
    objectSelector: {},
    ...more,
    ...hook,
    ...(rules && { rules: rules.map(rule => ({ scope: '*', ...rule })) }),
    ...(service && { clientConfig: { ...clientConfig, service: { port: 443, ...service } } }),
  } as Webhook
}

/** By kind. */
export const WEBHOOK_DEFAULTS: Readonly<Record<string, Default>> = {
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration': webhooks({}),
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration': webhooks({ reinvocationPolicy: 'Never' }),
}
