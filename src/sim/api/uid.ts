/**
 * Unique ids of objects. Models k8s.io/apimachinery/pkg/util/uuid: a random (version 4) UUID.
 */

const HEX = '0123456789abcdef'
const digits = (random: () => number, count: number): string => {
  let text = ''
  for (let i = 0; i < count; i++) text += HEX[Math.floor(random() * 16)]
  return text
}

/** A version 4 UUID from `random`, which returns numbers in [0, 1). Takes 31 of them. */
export function newUid(random: () => number): string {
  const variant = HEX[8 + Math.floor(random() * 4)]
  return `${digits(random, 8)}-${digits(random, 4)}-4${digits(random, 3)}-${variant}${digits(random, 3)}-${digits(random, 12)}`
}
