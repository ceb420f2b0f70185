/** What a person says to kubectl: command lines and Ctrl-C. What it answers is in the trace, as notes of the room `kubectl`. */
import type { Message } from '../kernel/types'

/** One command line, run as a process of its own: several may run at the same time. */
export interface KubectlMessage extends Message {
  readonly type: 'kubectl'
  /** Names the process: its notes (`kubectl.output`, `kubectl.exit`) carry it. Unique, given by who sends. */
  readonly id: number
  /** As typed, with or without `kubectl` at the front. */
  readonly line: string
  readonly stdin?: string
  /**
   * What the editor showed to the person whose text `stdin` is, where `edit` is given after they were done with it: what they changed
   * is what differs from this, not from what the object has become meanwhile.
   */
  readonly opened?: string
  /** The user whose credential is used instead of the administrator's. */
  readonly user?: string
  /** Groups that this credential names (its certificate's organisations). */
  readonly groups?: readonly string[]
  /** Files that `-f` and the like can read, by path. */
  readonly files?: Readonly<Record<string, string>>
}

/** Ctrl-C: stops a running command. */
export interface KubectlInterrupt extends Message {
  readonly type: 'kubectl.interrupt'
  readonly id: number
}
