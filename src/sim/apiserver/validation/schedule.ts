// Models github.com/robfig/cron/v3's ParseStandard, as far as it says what is wrong with a schedule.

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']
const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: DAYS },
]
const NAMED = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

/** Why a schedule cannot be read; undefined where it can. */
export function scheduleError(given: string): string | undefined {
  if (given === '') return 'empty spec string'
  const spec = given.replace(/^(TZ|CRON_TZ)=\S*\s+/, '').trim()
  if (spec.startsWith('@')) {
    if (NAMED.includes(spec)) return undefined
    return /^@every \S+$/.test(spec) ? undefined : `unrecognized descriptor: ${spec}`
  }
  const fields = spec.split(/\s+/)
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`
  for (const [i, field] of fields.entries()) {
    const why = field
      .split(',')
      .filter(part => part !== '')
      .map(part => rangeError(part, FIELDS[i] as Bounds))
      .find(error => error !== undefined)
    if (why !== undefined) return why
  }
  return undefined
}

/** getRange */
function rangeError(text: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = text.split('/')
  const [low = '', high, ...others] = range.split('-')
  let [start, end] = [bounds.min, bounds.max]
  if (low !== '*' && low !== '?') {
    const first = numberOf(low, bounds)
    if (typeof first === 'string') return first
    start = end = first
    if (others.length > 0) return `too many hyphens: ${text}`
    if (high !== undefined) {
      const last = numberOf(high, bounds)
      if (typeof last === 'string') return last
      end = last
    }
  }
  if (more.length > 0) return `too many slashes: ${text}`
  if (step !== undefined) {
    const every = plainNumber(step)
    if (typeof every === 'string') return every
    if (high === undefined) end = bounds.max
    if (every === 0) return `step of range should be a positive number: ${text}`
  }
  if (start < bounds.min) return `beginning of range (${start}) below minimum (${bounds.min}): ${text}`
  if (end > bounds.max) return `end of range (${end}) above maximum (${bounds.max}): ${text}`
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${text}`
  return undefined
}

function numberOf(text: string, { names, min }: Bounds): number | string {
  const at = names?.indexOf(text.toLowerCase()) ?? -1
  return at >= 0 ? at + min : plainNumber(text)
}

function plainNumber(text: string): number | string {
  if (!/^[+-]?\d+$/.test(text))
    return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  const number = Number(text)
  return number < 0 ? `negative number (${number}) not allowed: ${text}` : number
}
