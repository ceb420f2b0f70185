/** What `kubectl create` can make, as its help lists it. */
import type { Command } from '../command'
import { cronjob, job } from './batch'
import { configmap, namespace, secret, serviceaccount } from './config'
import { deployment } from './deployment'
import { ingress } from './ingress'
import { poddisruptionbudget, priorityclass, quota } from './policy'
import { clusterrole, clusterrolebinding, role, rolebinding } from './rbac'
import { serviceCommand } from './service'
import { token } from './token'

export const GENERATORS: readonly Command[] = [
  clusterrole,
  clusterrolebinding,
  configmap,
  cronjob,
  deployment,
  ingress,
  job,
  namespace,
  poddisruptionbudget,
  priorityclass,
  quota,
  role,
  rolebinding,
  secret,
  serviceCommand,
  serviceaccount,
  token,
]
