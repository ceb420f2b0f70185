/** Seeded randomness: one stream a room, so that a new room changes nobody else's trace. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

export type RandomStream = RandomGenerator

/** FNV-1a, 32 bits: the same text gives the same number on every engine. */
export function hash32(text: string, seed = 0x811c9dc5): number {
  let h = seed >>> 0
  for (let i = 0; i < text.length; i++) {
    h ^= text.charCodeAt(i)
    h = Math.imul(h, 0x01000193)
  }
  return h >>> 0
}

/** The stream that belongs to `name` under `seed`. */
export const randomStream = (seed: number, name: string): RandomStream => xoroshiro128plus(hash32(name, hash32(String(seed))))

/** Next number of a stream in [0, 1), with 32 bits of it random. */
export const nextRandom = (stream: RandomStream): number => (stream.next() >>> 0) / 4294967296

/** A number in [0, 1) that depends only on its arguments: for the n-th message of a link. */
export function randomOf(seed: number, n: number): number {
  let h = (seed ^ Math.imul(n + 1, 0x9e3779b1)) >>> 0
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296
}
