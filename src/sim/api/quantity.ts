/**
 * Amounts of resources: `500m`, `64Mi`, `1e3`. Models k8s.io/apimachinery/pkg/api/resource/quantity.go.
 */
import { fail, ok, type Result } from './result'

/** How an amount was written, and so how it is printed. */
export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface Quantity {
  /** A number: thousandths, exact (a safe integer). A bigint, for what does not fit there: billionths. */
  readonly amount: number | bigint
  readonly format: QuantityFormat
}

export const QUANTITY_FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const SUFFIX_ERROR = "unable to parse quantity's suffix"

/** Powers of ten of the decimal suffixes, and of 1024 of the binary ones. */
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const DECIMAL_SUFFIX: Readonly<Record<number, string>> = {
  [-9]: 'n',
  [-6]: 'u',
  [-3]: 'm',
  0: '',
  3: 'k',
  6: 'M',
  9: 'G',
  12: 'T',
  15: 'P',
  18: 'E',
}
const BINARY: readonly string[] = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']

const NANO = 1_000_000_000n
const NANO_PER_MILLI = 1_000_000n
/** The largest amount, in billionths: 2^63 - 1 units. */
const MAX = (2n ** 63n - 1n) * NANO

const SHAPE = /^([+-]?)([0-9]*)(?:\.([0-9]*))?([eEinumkKMGTP]*[-+]?[0-9]*)$/

/** Texts seen; there are few different ones in a cluster. Bounded all the same. */
const known = new Map<string, Result<Quantity>>()
const KNOWN_LIMIT = 10_000

/** Reads a quantity; JSON may hold it as a number, too. */
export function parseQuantity(source: string | number): Result<Quantity> {
  const text = typeof source === 'number' ? String(source) : source
  const before = known.get(text)
  if (before !== undefined) return before
  if (known.size >= KNOWN_LIMIT) known.clear()
  const result = parse(text)
  known.set(text, result)
  return result
}

/** As `parseQuantity`, of text that was validated when it was stored. Throws on anything else. */
export function quantity(source: string | number): Quantity {
  const { value, error } = parseQuantity(source)
  if (value === undefined) throw new Error(`${error}: ${source}`)
  return value
}

function parse(text: string): Result<Quantity> {
  const match = SHAPE.exec(text)
  if (match === null) return fail(QUANTITY_FORMAT_ERROR)
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match
  if (whole === '' && fraction === '') return fail(QUANTITY_FORMAT_ERROR)
  const scale = readSuffix(suffix)
  if (scale === undefined) return fail(SUFFIX_ERROR)
  let nano = scaled(BigInt(whole + fraction), scale.ten - fraction.length + 9) * 1024n ** BigInt(scale.binary)
  if (scale.binary > 0)
    nano = divideUp(BigInt(whole + fraction) * 1024n ** BigInt(scale.binary) * NANO, 10n ** BigInt(fraction.length))
  if (nano > MAX) nano = MAX
  // A binary amount below one is printed in decimal.
  const format = scale.format === 'BinarySI' && nano < NANO && nano > 0n ? 'DecimalSI' : scale.format
  return ok({ amount: compact(sign === '-' ? -nano : nano), format })
}

function readSuffix(suffix: string): { ten: number; binary: number; format: QuantityFormat } | undefined {
  const ten = DECIMAL[suffix]
  if (ten !== undefined) return { ten, binary: 0, format: 'DecimalSI' }
  const binary = BINARY.indexOf(suffix)
  if (binary > 0) return { ten: 0, binary, format: 'BinarySI' }
  const exponent = /^[eE]([-+]?[0-9]+)$/.exec(suffix)
  // Beyond these the amount is 0 or the largest, whatever the digits are.
  if (exponent !== null) return { ten: Math.max(-100, Math.min(100, Number(exponent[1]))), binary: 0, format: 'DecimalExponent' }
  return undefined
}

const scaled = (digits: bigint, ten: number): bigint =>
  ten >= 0 ? digits * 10n ** BigInt(ten) : divideUp(digits, 10n ** BigInt(-ten))
/** Away from zero, as upstream rounds: who asks for something gets something. */
const divideUp = (a: bigint, b: bigint): bigint => (a % b === 0n ? a / b : a < 0n ? a / b - 1n : a / b + 1n)
/** Thousandths if they are exact and safe, else billionths. */
function compact(nano: bigint): number | bigint {
  if (nano % NANO_PER_MILLI !== 0n) return nano
  const milli = Number(nano / NANO_PER_MILLI)
  return Number.isSafeInteger(milli) ? milli : nano
}
const toNano = (amount: number | bigint): bigint => (typeof amount === 'bigint' ? amount : BigInt(amount) * NANO_PER_MILLI)

/** In thousandths, rounded up: a CPU's. Models Quantity.MilliValue. */
export const milliValue = (q: Quantity): number =>
  typeof q.amount === 'number' ? q.amount : Number(divideUp(q.amount, NANO_PER_MILLI))

/** In units, rounded up: bytes, pods. Models Quantity.Value. */
export const unitValue = (q: Quantity): number =>
  typeof q.amount === 'number' ? ceilThousandth(q.amount) : Number(divideUp(q.amount, NANO))
const ceilThousandth = (milli: number): number =>
  milli % 1000 === 0 ? milli / 1000 : (milli < 0 ? Math.floor : Math.ceil)(milli / 1000)

/** Thousandths of a stored quantity; nothing is 0. */
export const milliOf = (text: string | number | undefined): number => (text === undefined ? 0 : milliValue(quantity(text)))
/** Units of a stored quantity; nothing is 0. */
export const unitsOf = (text: string | number | undefined): number => (text === undefined ? 0 : unitValue(quantity(text)))

/** Less than, equal to or greater than 0. Models Quantity.Cmp. */
export function compareQuantities(a: Quantity, b: Quantity): number {
  if (typeof a.amount === 'number' && typeof b.amount === 'number') return a.amount - b.amount
  const difference = toNano(a.amount) - toNano(b.amount)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** A zero takes the format of what is added to it. Models Quantity.Add. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => ({
  amount: sum(a.amount, b.amount),
  format: isZero(a) ? b.format : a.format,
})
/** Models Quantity.Sub. */
export const subtractQuantities = (a: Quantity, b: Quantity): Quantity =>
  addQuantities(a, { amount: -b.amount, format: b.format })
export const isZero = (q: Quantity): boolean => q.amount === 0

function sum(a: number | bigint, b: number | bigint): number | bigint {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a + b)) return a + b
  return compact(toNano(a) + toNano(b))
}

/** Models resource.NewMilliQuantity: an amount of CPU in thousandths. */
export const fromMilli = (milli: number, format: QuantityFormat = 'DecimalSI'): Quantity => ({ amount: milli, format })
/** Models resource.NewQuantity: bytes are `BinarySI`. */
export const fromUnits = (units: number, format: QuantityFormat = 'DecimalSI'): Quantity => ({
  amount: Number.isSafeInteger(units * 1000) ? units * 1000 : compact(BigInt(units) * NANO),
  format,
})

/** The canonical text: no fraction, the largest suffix that is exact. Models Quantity.CanonicalizeBytes. */
export function formatQuantity(q: Quantity): string {
  if (q.amount === 0) return '0'
  return typeof q.amount === 'number' && q.amount % 1000 === 0
    ? formatUnits(q.amount / 1000, q.format)
    : formatNano(toNano(q.amount), q.format)
}

/** The usual case: a whole number of units that is safe. */
function formatUnits(units: number, format: QuantityFormat): string {
  if (format === 'BinarySI' && (units <= -1024 || units >= 1024)) return withSuffix(units, 1024, i => BINARY[i])
  return withSuffix(units, 1000, i => decimalSuffix(i * 3, format))
}
function withSuffix(units: number, base: number, suffix: (index: number) => string | undefined): string {
  let index = 0
  let rest = units
  while (rest % base === 0 && index < 6) {
    rest /= base
    index++
  }
  return `${rest}${suffix(index)}`
}
const decimalSuffix = (ten: number, format: QuantityFormat): string =>
  format === 'DecimalExponent' ? (ten === 0 ? '' : `e${ten}`) : (DECIMAL_SUFFIX[ten] ?? '')

function formatNano(nano: bigint, format: QuantityFormat): string {
  const units = nano / NANO
  const binary = format === 'BinarySI' && nano % NANO === 0n && (units <= -1024n || units >= 1024n)
  let rest = binary ? units : nano
  const base = binary ? 1024n : 1000n
  let index = binary ? 0 : -3
  while (rest % base === 0n && index < 6) {
    rest /= base
    index++
  }
  return `${rest}${binary ? BINARY[index] : decimalSuffix(index * 3, format)}`
}

const canonical = new Map<string | number, string>()
/** The text that is stored for what was written; undefined when it is no quantity. `"0.5"` and `0.5` become `500m`. */
export function canonicalQuantity(source: string | number): string | undefined {
  const before = canonical.get(source)
  if (before !== undefined) return before
  const { value } = parseQuantity(source)
  if (value === undefined) return undefined
  if (canonical.size >= KNOWN_LIMIT) canonical.clear()
  const text = formatQuantity(value)
  canonical.set(source, text)
  return text
}
