/** What `kubectl describe` reads for an object, and how its text is made of it: data and pure functions, so that a command can run them. */
import type { KubeObject } from '../../api/types'
import type { Time } from '../../kernel/types'
import type { Writer } from './writer'

/** One GET that a describer needs; `query` is decoded. */
export interface ReadSpec {
  readonly path: string
  readonly query: Readonly<Record<string, string>>
}
/** A read with the name under which its answer is found. */
export interface NamedRead extends ReadSpec {
  readonly name: string
  /** kubectl says the error and describes nothing if this read fails; failures of the others show in the text, or not at all. */
  readonly required?: true
}
/** What came back: a code, and an object, a list or a Status. */
export interface Answer {
  readonly code: number
  readonly body: unknown
}

export interface DescribeSettings {
  /** `--show-events`; kubectl turns it off by itself when it describes several objects and nobody asked for it. */
  readonly showEvents: boolean
  /** `--chunk-size`: the limit of a list. */
  readonly chunkSize: number
}
export const DESCRIBE_SETTINGS: DescribeSettings = { showEvents: true, chunkSize: 500 }

/** What is known when the text is made. */
export interface DescribeContext {
  readonly now: Time
  readonly settings: DescribeSettings
  /** Items of a list that was read; empty if the read failed; undefined if it was not made. */
  readonly items: <T>(name: string) => readonly T[] | undefined
  /** An object that was read; undefined if the read failed or was not made. */
  readonly object: <T>(name: string) => T | undefined
  /** What the apiserver said when the read failed. */
  readonly error: (name: string) => string | undefined
}

/** How one kind is described. */
export interface Describer {
  /** What is read after the object itself, in order. */
  readonly related: (object: KubeObject, settings: DescribeSettings) => readonly NamedRead[]
  readonly write: (writer: Writer, object: KubeObject, context: DescribeContext) => void
}
/** Describers by kind, with the group where it is not the core's: `Pod`, `Deployment.apps`. */
export type Describers = Readonly<Record<string, Describer>>

/** A describer out of functions of the kind's own type. The registry finds it by the object's kind, so the object has that type. */
export const describer = <T>(
  related: (object: T & KubeObject, settings: DescribeSettings) => readonly NamedRead[],
  write: (writer: Writer, object: T, context: DescribeContext) => void,
): Describer => ({
  related: (object, settings) => related(object as T & KubeObject, settings),
  write: (writer, object, context) => write(writer, object as T, context),
})
