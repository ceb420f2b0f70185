import type { KubeObject } from '../../api/types'

/** An object of a kind with its defaults filled in. Pure; what has them already is returned as it is. */
export type Default = (object: KubeObject) => KubeObject
