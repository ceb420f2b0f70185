/** SHA-256 (FIPS 180-4) of a text's UTF-8 bytes; kube-proxy names its chains by it, registries their images. */

const K = Uint32Array.from(
  `428a2f98 71374491 b5c0fbcf e9b5dba5 3956c25b 59f111f1 923f82a4 ab1c5ed5 d807aa98 12835b01 243185be 550c7dc3 72be5d74 80deb1fe
  9bdc06a7 c19bf174 e49b69c1 efbe4786 0fc19dc6 240ca1cc 2de92c6f 4a7484aa 5cb0a9dc 76f988da 983e5152 a831c66d b00327c8 bf597fc7
  c6e00bf3 d5a79147 06ca6351 14292967 27b70a85 2e1b2138 4d2c6dfc 53380d13 650a7354 766a0abb 81c2c92e 92722c85 a2bfe8a1 a81a664b
  c24b8b70 c76c51a3 d192e819 d6990624 f40e3585 106aa070 19a4c116 1e376c08 2748774c 34b0bcb5 391c0cb3 4ed8aa4a 5b9cca4f 682e6ff3
  748f82ee 78a5636f 84c87814 8cc70208 90befffa a4506ceb bef9a3f7 c67178f2`.split(/\s+/),
  word => Number.parseInt(word, 16),
)
const START = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]

const rotate = (x: number, n: number): number => (x >>> n) | (x << (32 - n))

/** A text's UTF-8 bytes. */
export function utf8(text: string): number[] {
  const bytes: number[] = []
  for (const character of text) {
    const c = character.codePointAt(0) ?? 0
    if (c < 0x80) bytes.push(c)
    else if (c < 0x800) bytes.push(0xc0 | (c >> 6), 0x80 | (c & 63))
    else if (c < 0x10000) bytes.push(0xe0 | (c >> 12), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
    else bytes.push(0xf0 | (c >> 18), 0x80 | ((c >> 12) & 63), 0x80 | ((c >> 6) & 63), 0x80 | (c & 63))
  }
  return bytes
}

/** The eight words of a text's hash. */
export const sha256 = (text: string): Uint32Array => sha256Bytes(utf8(text))

/** The eight words of the hash of some bytes. */
export function sha256Bytes(content: readonly number[]): Uint32Array {
  const bytes = [...content]
  const bits = bytes.length * 8
  bytes.push(0x80)
  while (bytes.length % 64 !== 56) bytes.push(0)
  for (let shift = 56; shift >= 0; shift -= 8)
    bytes.push(shift >= 32 ? Math.floor(bits / 2 ** 32) >>> (shift - 32) : (bits >>> shift) & 255)
  const hash = Uint32Array.from(START)
  const w = new Uint32Array(64)
  for (let block = 0; block < bytes.length; block += 64) {
    for (let i = 0; i < 16; i++) {
      const at = block + 4 * i
      w[i] = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
    }
    compress(hash, w)
  }
  return hash
}

function compress(hash: Uint32Array, w: Uint32Array): void {
  const word = (i: number): number => w[i] ?? 0
  for (let i = 16; i < 64; i++) {
    const x = word(i - 15)
    const y = word(i - 2)
    w[i] = word(i - 16) + (rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)) + word(i - 7) + (rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10))
  }
  let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number]
  for (let i = 0; i < 64; i++) {
    const t1 = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (K[i] ?? 0) + word(i)) | 0
    const t2 = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + t1) | 0, c, b, a, (t1 + t2) | 0]
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i] ?? 0) + value
}

/** Pods of one workload ask for the digest of one image, one after the other. */
let lastText = ''
let lastHex = ''

/** The hash as 64 hex digits. */
export function sha256Hex(text: string): string {
  if (text === lastText && lastHex !== '') return lastHex
  lastText = text
  lastHex = Array.from(sha256(text), word => word.toString(16).padStart(8, '0')).join('')
  return lastHex
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** The first `length` letters of the hash in base 32 (RFC 4648). */
export function sha256Base32(text: string, length: number): string {
  const words = sha256(text)
  let letters = ''
  for (let i = 0; i < length; i++) {
    const bit = 5 * i
    const high = words[bit >> 5] ?? 0
    const low = words[(bit >> 5) + 1] ?? 0
    const room = 32 - (bit & 31)
    const five = room >= 5 ? (high >>> (room - 5)) & 31 : ((high << (5 - room)) | (low >>> (27 + room))) & 31
    letters += BASE32[five]
  }
  return letters
}
