/**
 * Maps for rooms' states that know what was done to them since they were last saved, so that saving costs what has changed and not what
 * is there. For Maps that grow with the cluster. They behave as Maps do.
 */

/** @internal Stands in a log before the key of something that was taken out. */
export const TAKEN: unique symbol = Symbol('taken')

/** A Map of values that are never changed: primitives, or frozen throughout. */
export class StateMap<K, V> extends Map<K, V> {
  /** @internal What it was when it was last saved, as `clone.ts` keeps it; undefined when it has to be saved whole. */
  saved: object | undefined
  /** @internal What was done since, in order: keys of what was put in, and, behind `TAKEN`, of what was taken out. */
  log: unknown[] = []

  constructor() {
    super()
    this.saved = undefined
  }

  override set(key: K, value: V): this {
    super.set(key, value)
    if (this.saved !== undefined) this.remember(key)
    return this
  }

  override delete(key: K): boolean {
    const there = super.delete(key)
    if (there && this.saved !== undefined) {
      this.log.push(TAKEN)
      this.remember(key)
    }
    return there
  }

  override clear(): void {
    super.clear()
    this.forget()
  }

  /** The value of a key, only to be read. */
  peek(key: K): V | undefined {
    return super.get(key)
  }

  /** @internal The map has just been saved as this. */
  kept(saved: object): void {
    this.saved = saved
    this.log = []
  }

  protected remember(key: K): void {
    this.log.push(key)
    // so much has been done to it that all of it is less
    if (this.log.length > this.size + 32) this.forget()
  }

  private forget(): void {
    this.saved = undefined
    this.log = []
  }
}

/**
 * A Map of records that change. Whoever is to change one gets it by its key, in the same delivery: that is what the map notices. What it
 * is iterated for is only to be read.
 */
export class RecordMap<K, V extends object> extends StateMap<K, V> {
  private readonly touched = new Set<K>()

  override get(key: K): V | undefined {
    const value = super.get(key)
    if (value !== undefined && this.saved !== undefined && !this.touched.has(key)) {
      this.touched.add(key)
      this.remember(key)
    }
    return value
  }

  override kept(saved: object): void {
    super.kept(saved)
    this.touched.clear()
  }

  override peek(key: K): Readonly<V> | undefined {
    return super.peek(key)
  }

  override values(): MapIterator<Readonly<V>> {
    return super.values()
  }

  override entries(): MapIterator<[K, Readonly<V>]> {
    return super.entries()
  }

  override [Symbol.iterator](): MapIterator<[K, Readonly<V>]> {
    return super[Symbol.iterator]()
  }
}
