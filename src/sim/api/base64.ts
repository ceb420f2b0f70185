/** Base64 (RFC 4648) of bytes. */

import { utf8 } from './sha256'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Bytes as base64url without padding. */
export function base64Url(bytes: readonly number[]): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at
    const group = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    for (let digit = 0; digit < (left > 2 ? 4 : left + 1); digit++) text += DIGITS[(group >> (18 - 6 * digit)) & 63]
  }
  return text
}

/** Text as base64 of its UTF-8 bytes. */
export function base64Of(text: string): string {
  const digits = base64Url(utf8(text)).replaceAll('-', '+').replaceAll('_', '/')
  return digits.padEnd(Math.ceil(digits.length / 4) * 4, '=')
}

/** The bytes of base64 text, of either alphabet, padded or not; undefined for what is none. Line breaks are skipped, as Go does. */
export function bytesOfBase64(text: string): number[] | undefined {
  const digits = text.replaceAll(/[\r\n]/g, '').replace(/=+$/, '')
  if (digits.length % 4 === 1) return undefined
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const character of digits) {
    const digit = DIGITS.indexOf(character === '+' ? '-' : character === '/' ? '_' : character)
    if (digit < 0) return undefined
    held = ((held << 6) | digit) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 0xff)
  }
  return bytes
}

/** The text that UTF-8 bytes spell; a byte that can't stand where it does is replaced. */
export function textOf(bytes: readonly number[]): string {
  let text = ''
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at] ?? 0
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 0
    const rest = bytes.slice(at + 1, at + length)
    if (length === 0 || rest.length < length - 1 || rest.some(byte => byte >> 6 !== 2)) {
      text += '\ufffd'
      at++
      continue
    }
    const head = length === 1 ? first : first & (0xff >> (length + 1))
    const code = rest.reduce((so, byte) => so * 64 + (byte & 63), head)
    text += code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd'
    at += length
  }
  return text
}
