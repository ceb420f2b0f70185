/** intstr.GetScaledValueFromIntOrPercent: a number, or a percentage of `total` rounded up or down. */
export function scaledValue(value: number | string | undefined, total: number, up: boolean): number {
  if (typeof value !== 'string') return value ?? 0
  const product = Number(value.replace('%', '')) * total
  return up ? Math.ceil(product / 100) : Math.floor(product / 100)
}
