/** Whether an IPv4 address lies in a range like `10.96.0.0/16`. */
export function inRange(ip: string, cidr: string): boolean {
  const [base = '', bits = '32'] = cidr.split('/')
  if (ip.includes(':') || base.includes(':')) return false
  let size = 1
  for (let free = 32 - Number(bits); free > 0; free--) size *= 2
  return Math.floor(numberOf(ip) / size) === Math.floor(numberOf(base) / size)
}

const numberOf = (ip: string): number => ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
