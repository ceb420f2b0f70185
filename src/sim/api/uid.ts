/**
 * Unique ids of objects. Models k8s.io/apimachinery/pkg/util/uuid: a random (version 4) UUID.
 */

const FORM = 'xxxxxxxx-xxxx-4xxx-vxxx-xxxxxxxxxxxx'
const VARIANT = FORM.indexOf('v')
const DIGITS = [...FORM].flatMap((character, place) => (character === 'x' ? [place] : []))
const HEX = [...'0123456789abcdef'].map(digit => digit.charCodeAt(0))

/** The characters of the uid that is being made. A text is made of them at once: of 31 pieces it would be 31 texts. */
const codes = [...FORM].map(character => character.charCodeAt(0))

/** A version 4 UUID from `random`, which returns numbers in [0, 1). Takes 31 of them. */
export function newUid(random: () => number): string {
  codes[VARIANT] = HEX[8 + Math.floor(random() * 4)] as number
  for (const place of DIGITS) codes[place] = HEX[Math.floor(random() * 16)] as number
  return String.fromCharCode(...codes)
}
