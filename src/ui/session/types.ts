/** What the UI takes from the worker's protocol and from the folds, in one place. */
export type * from '../../view/types'
export type * from '../../worker/protocol'
