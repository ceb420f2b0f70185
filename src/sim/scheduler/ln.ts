/**
 * Natural logarithm out of additions, multiplications and divisions only. IEEE 754 fixes the result of these to the last bit,
 * but not of `Math.log`, which engines compute differently: a score, and with it the trace, would depend on the browser.
 */
const { LN2, SQRT2 } = Math

/** ln(x) for a finite x > 0, right to about the last bit. */
export function ln(x: number): number {
  if (!(x > 0) || x === Number.POSITIVE_INFINITY) throw new RangeError(`ln(${x})`)
  // x = m · 2^k with m between √½ and √2; halving and doubling are exact
  let m = x
  let k = 0
  while (m > SQRT2) {
    m /= 2
    k++
  }
  while (m < SQRT2 / 2) {
    m *= 2
    k--
  }
  // ln m = 2 · artanh((m-1)/(m+1)); |z| < 0.172, so 12 terms leave less than 2^-60
  const z = (m - 1) / (m + 1)
  const square = z * z
  let sum = 0
  for (let n = 25; n >= 1; n -= 2) sum = sum * square + 1 / n
  return 2 * z * sum + k * LN2
}
