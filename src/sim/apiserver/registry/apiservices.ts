// Models k8s.io/kube-aggregator/pkg/registry/apiservice/strategy.go: an APIService that names no Service is the apiserver's own.
import { rfc3339 } from '../../api/time'
import type { KubeObject } from '../../api/types'
import type { Reader } from '../state'
import type { Strategies } from './strategy'

/** NewLocalAvailableAPIServiceCondition */
export const localStatus = (at: string) => ({
  conditions: [
    {
      type: 'Available',
      status: 'True',
      lastTransitionTime: at,
      reason: 'Local',
      message: 'Local APIServices are always available',
    },
  ],
})

const prepareForCreate = (service: KubeObject, reader: Reader): KubeObject => ({
  ...service,
  status: service.spec?.service ? {} : localStatus(rfc3339(reader.now())),
})

/** By resource. */
export const APISERVICES: Strategies = { 'apiservices.apiregistration.k8s.io': { status: true, prepareForCreate } }
