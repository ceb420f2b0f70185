/** Whether an IPv4 address lies in a range like `10.96.0.0/16`. */
export function inRange(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/')
  if (ip.includes(':') || base.includes(':')) return false
  const size = 2 ** (32 - Number(bits))
  return Math.floor(numberOf(ip) / size) === Math.floor(numberOf(base) / size)
}

const numberOf = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
