// Models runtime.Scheme.Default: defaults by kind (pkg/apis/<group>/<version>/defaults.go). Pure; what has its defaults already is returned as it is.
import type { KubeObject, Pod } from '../../api/types'
import { CORE_DEFAULTS } from './others'
import { defaultPod, defaultPodTemplate } from './pod'
import type { Default } from './types'
import { WEBHOOK_DEFAULTS } from './webhooks'
import { APPS_DEFAULTS } from './workloads'

const DEFAULTS: Readonly<Record<string, Default>> = {
  'v1 Pod': object => defaultPod(object as Pod) as KubeObject,
  'v1 PodTemplate': object => {
    const template = defaultPodTemplate(object.template)
    return template === object.template ? object : { ...object, template }
  },
  ...APPS_DEFAULTS,
  ...CORE_DEFAULTS,
  ...WEBHOOK_DEFAULTS,
}

/** Fills in the defaults of an object's kind, as the audit log of the apiserver shows requests. */
export function applyDefaults(object: KubeObject): KubeObject {
  const fill = DEFAULTS[`${object.apiVersion} ${object.kind}`]
  return fill ? fill(object) : object
}
