// Models time.LoadLocation for the zones that most people live in: the rules that hold today, without their past.
import { civilFromDays, daysFromCivil } from '../../api/time'

/** A zone: seconds that its clocks are ahead of UTC, and by which rule they are an hour further in summer. */
export interface Zone {
  readonly offsetSeconds: number
  readonly summer?: Rule
}
type Rule = 'EU' | 'US' | 'AU' | 'NZ'

export const UTC: Zone = { offsetSeconds: 0 }
const HOUR = 3600
const DAY = 24 * HOUR

const ZERO = /^(?:Etc\/)?(?:UTC|UCT|GMT|GMT[+-]?0|Greenwich|Universal|Zulu)$/

/** Zones by the hours that they are ahead of UTC; those of a continent share its name. */
const FIXED: readonly (readonly [hours: number, names: string])[] = [
  [-10, 'HST Pacific/Honolulu US/Hawaii'],
  [-7, 'MST America/Phoenix US/Arizona'],
  [-6, 'America/Mexico_City,Costa_Rica,Guatemala,Regina,El_Salvador,Tegucigalpa,Managua'],
  [-5, 'EST America/Bogota,Lima,Panama,Jamaica,Guayaquil,Cancun'],
  [-4, 'America/Caracas,La_Paz,Puerto_Rico,Santo_Domingo,Manaus'],
  [-3, 'America/Sao_Paulo,Buenos_Aires,Montevideo,Bahia,Fortaleza America/Argentina/Buenos_Aires Brazil/East'],
  [0, 'Africa/Abidjan,Accra,Dakar Atlantic/Reykjavik Iceland'],
  [1, 'Africa/Lagos,Algiers,Tunis,Kinshasa,Luanda'],
  [2, 'Africa/Johannesburg,Harare,Maputo,Tripoli,Lusaka Europe/Kaliningrad'],
  [
    3,
    'Africa/Nairobi,Addis_Ababa,Kampala Asia/Riyadh,Baghdad,Kuwait,Qatar,Amman,Damascus Europe/Moscow,Istanbul,Minsk Turkey W-SU',
  ],
  [3.5, 'Asia/Tehran Iran'],
  [4, 'Asia/Dubai,Muscat,Baku,Tbilisi,Yerevan Europe/Samara'],
  [4.5, 'Asia/Kabul'],
  [5, 'Asia/Karachi,Tashkent,Almaty,Yekaterinburg'],
  [5.5, 'Asia/Kolkata,Calcutta,Colombo'],
  [5.75, 'Asia/Kathmandu'],
  [6, 'Asia/Dhaka,Omsk'],
  [6.5, 'Asia/Yangon,Rangoon'],
  [7, 'Asia/Bangkok,Jakarta,Ho_Chi_Minh,Saigon,Novosibirsk,Krasnoyarsk'],
  [
    8,
    'Asia/Shanghai,Chongqing,Harbin,Hong_Kong,Macau,Taipei,Singapore,Kuala_Lumpur,Manila,Irkutsk Australia/Perth PRC ROC Hongkong Singapore',
  ],
  [9, 'Asia/Tokyo,Seoul,Pyongyang Japan ROK'],
  [9.5, 'Australia/Darwin'],
  [10, 'Australia/Brisbane Asia/Vladivostok Pacific/Guam,Port_Moresby'],
  [12, 'Pacific/Fiji'],
]
/** Zones with a summer time, by their winter's. */
const SUMMERS: readonly (readonly [rule: Rule, hours: number, names: string])[] = [
  ['EU', 0, 'Europe/London,Dublin,Belfast,Lisbon Atlantic/Canary,Madeira GB Eire Portugal WET'],
  [
    'EU',
    1,
    'Europe/Berlin,Paris,Madrid,Rome,Amsterdam,Brussels,Vienna,Zurich,Stockholm,Oslo,Copenhagen,Prague,Warsaw,Budapest,Belgrade,Zagreb,Ljubljana,Bratislava,Luxembourg,Monaco,Malta,Sarajevo,Skopje,Tirane CET MET Poland',
  ],
  ['EU', 2, 'Europe/Athens,Helsinki,Bucharest,Sofia,Kiev,Kyiv,Vilnius,Riga,Tallinn Asia/Nicosia EET'],
  ['US', -3.5, 'America/St_Johns'],
  ['US', -4, 'America/Halifax Atlantic/Bermuda'],
  ['US', -5, 'America/New_York,Detroit,Toronto,Montreal US/Eastern EST5EDT'],
  ['US', -6, 'America/Chicago,Winnipeg US/Central CST6CDT'],
  ['US', -7, 'America/Denver,Edmonton,Boise US/Mountain MST7MDT'],
  ['US', -8, 'America/Los_Angeles US/Pacific PST8PDT'],
  ['US', -9, 'America/Anchorage,Juneau US/Alaska'],
  ['AU', 9.5, 'Australia/Adelaide'],
  ['AU', 10, 'Australia/Sydney,Melbourne,Hobart,Canberra'],
  ['NZ', 12, 'Pacific/Auckland NZ'],
]

/** `Asia/Tokyo,Seoul Japan` as the names that it stands for. */
function* namesIn(text: string): Generator<string> {
  for (const group of text.split(' ')) {
    const [first = '', ...others] = group.split(',')
    const continent = first.slice(0, first.lastIndexOf('/') + 1)
    yield first
    for (const name of others) yield continent + name
  }
}

const ZONES = new Map<string, Zone>()
for (const [hours, names] of FIXED) for (const name of namesIn(names)) ZONES.set(name, { offsetSeconds: hours * HOUR })
for (const [summer, hours, names] of SUMMERS)
  for (const name of namesIn(names)) ZONES.set(name, { offsetSeconds: hours * HOUR, summer })

/** A zone by its name; undefined for one that is not in the tables here. */
export function zoneNamed(name: string): Zone | undefined {
  if (name === '' || ZERO.test(name)) return UTC
  // as POSIX has it, these signs say how far behind UTC the clocks are
  const hours = Number(/^Etc\/GMT([+-]\d{1,2})$/.exec(name)?.[1] ?? Number.NaN)
  return hours >= -14 && hours <= 12 ? { offsetSeconds: -hours * HOUR } : ZONES.get(name)
}

/** A change of a zone's clocks: from `at` (seconds since 1970) on they are `offset` ahead of UTC. */
interface Change {
  readonly at: number
  readonly offset: number
}

/** Days since 1970 of the first Sunday from a date on; 1970-01-01 was a Thursday. */
function sundayFrom(year: number, month: number, day: number): number {
  const days = daysFromCivil(year, month, day)
  return days + ((7 - ((days + 4) % 7)) % 7)
}

/** The changes of a year, the earlier one first. */
function changesOf({ offsetSeconds: winter, summer }: Zone, year: number): readonly Change[] {
  const on = (day: number, hourOfWinter: number, offset: number): Change => ({
    at: day * DAY + hourOfWinter * HOUR - winter,
    offset,
  })
  const late = winter + HOUR
  switch (summer) {
    case undefined:
      return []
    case 'EU': {
      // all of them at one in the morning, UTC
      const hour = 1 + winter / HOUR
      return [on(sundayFrom(year, 3, 25), hour, late), on(sundayFrom(year, 10, 25), hour, winter)]
    }
    case 'US':
      return [on(sundayFrom(year, 3, 8), 2, late), on(sundayFrom(year, 11, 1), 1, winter)]
    case 'AU':
      return [on(sundayFrom(year, 4, 1), 2, winter), on(sundayFrom(year, 10, 1), 2, late)]
    case 'NZ':
      return [on(sundayFrom(year, 4, 1), 2, winter), on(sundayFrom(year, 9, 24), 2, late)]
  }
}

const yearOf = (seconds: number): number => civilFromDays(Math.floor(seconds / DAY)).year

/** Seconds that a zone's clocks are ahead of UTC at a time. */
export function offsetAt(zone: Zone, seconds: number): number {
  const year = yearOf(seconds)
  const past = [...changesOf(zone, year - 1), ...changesOf(zone, year)].filter(({ at }) => at <= seconds)
  return past.at(-1)?.offset ?? zone.offsetSeconds
}

/** When a zone's clocks change next; undefined where they never do. */
export function nextChange(zone: Zone, seconds: number): number | undefined {
  const year = yearOf(seconds)
  return [...changesOf(zone, year), ...changesOf(zone, year + 1)].find(({ at }) => at > seconds)?.at
}
