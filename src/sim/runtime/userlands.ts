/** What an image brings beside the program that it is for: which commands there are to run in it, what they sound like, where one is. */
import { type ImageReference, parseReference } from './images'
import {
  ALPINE_PROGRAMS,
  BUSYBOX_PROGRAMS,
  DEBIAN_PROGRAMS,
  HTTPD_PAGE,
  NGINX_PAGE,
  NGINX_TAG,
  NOT_IN_DEBIAN,
  STAND_IN_PAGE,
} from './userland-data'

export interface Userland {
  /** Whose programs it has; `bare`: none; `unknown`: nobody knows. */
  readonly family: 'busybox' | 'alpine' | 'debian' | 'bare' | 'unknown'
  /** Programs beside its family's. */
  readonly own: readonly string[]
  /** It has no others than these. */
  readonly isWhole: boolean
  /** Its configuration sets PATH as everybody does; `alone`: and no other variable. */
  readonly path: 'usual' | 'alone' | 'unknown'
  readonly workingDir?: string
  /** Names at its root; absent: not known. */
  readonly root?: readonly string[]
  /** Directories below those, as far as they are known. */
  readonly folders: readonly string[]
  /** What is in directories that are known so well. */
  readonly contents: Readonly<Record<string, readonly string[]>>
  /** What is in files that are known so well. */
  readonly files: Readonly<Record<string, string>>
}

const UNKNOWN: Userland = { family: 'unknown', own: [], isWhole: false, path: 'unknown', folders: [], contents: {}, files: {} }
const BARE: Userland = { ...UNKNOWN, family: 'bare' }

const split = (names: string): string[] => names.split(' ')
const BUSYBOX: Userland = {
  ...UNKNOWN,
  family: 'busybox',
  isWhole: true,
  path: 'alone',
  workingDir: '/',
  root: split('bin dev etc home lib lib64 proc root sys tmp usr var'),
  folders: split('/usr/bin /usr/sbin /var/spool /var/www'),
}
const FHS = split(
  '/usr/bin /usr/sbin /usr/lib /usr/share /usr/local /usr/local/bin /var/log /var/lib /var/cache /var/tmp /var/run /etc/ssl /dev/shm',
)
const ALPINE: Userland = {
  ...BUSYBOX,
  family: 'alpine',
  root: split('bin dev etc home lib media mnt opt proc root run sbin srv sys tmp usr var'),
  folders: FHS,
}
const DEBIAN: Userland = {
  ...BUSYBOX,
  family: 'debian',
  root: split('bin boot dev etc home lib lib64 media mnt opt proc root run sbin srv sys tmp usr var'),
  folders: FHS,
}
/** An image that is made of another, and of more that is not known. */
const madeOf = ({ root: _, workingDir: __, ...base }: Userland): Userland => ({ ...base, isWhole: false, path: 'unknown' })

/** nginx, without what its maker's packages are called. */
const NGINX_FOLDERS = split(
  '/usr/share/nginx /usr/share/nginx/html /etc/nginx /etc/nginx/conf.d /var/cache/nginx /var/log/nginx /docker-entrypoint.d',
)
const NGINX: Pick<Userland, 'own' | 'path' | 'contents'> = {
  own: split('nginx nginx-debug njs curl envsubst gettext openssl c_rehash update-ca-certificates docker-entrypoint.sh'),
  path: 'usual',
  contents: { '/usr/share/nginx/html': ['50x.html', 'index.html'] },
}
const withEntrypoint = (root: readonly string[] = []): string[] =>
  [...root, 'docker-entrypoint.d', 'docker-entrypoint.sh'].sort((a, b) => (a < b ? -1 : 1))

const NGINX_INDEX = '/usr/share/nginx/html/index.html'
const HTTPD_INDEX = '/usr/local/apache2/htdocs/index.html'
const HTTPD_FOLDERS = split('/usr/local/apache2 /usr/local/apache2/htdocs /usr/local/apache2/conf /usr/local/apache2/logs')
const HTTPD = split(
  'httpd apachectl ab htpasswd htdigest htdbm rotatelogs logresolve httxt2dbm dbmmanage apxs envvars httpd-foreground openssl',
)
const REDIS = split(
  'redis-server redis-cli redis-benchmark redis-check-aof redis-check-rdb redis-sentinel gosu docker-entrypoint.sh',
)

/** By repository, for images of Debian; those of Alpine Linux have the same of their own. */
const DEBIANS: Readonly<Record<string, Userland>> = {
  'library/debian': DEBIAN,
  'library/ubuntu': { ...DEBIAN, own: split('perl5.38.2') },
  'library/nginx': { ...DEBIAN, ...NGINX, root: withEntrypoint(DEBIAN.root), folders: [...FHS, ...NGINX_FOLDERS] },
  'library/httpd': {
    ...DEBIAN,
    own: HTTPD,
    path: 'unknown',
    workingDir: '/usr/local/apache2',
    folders: [...FHS, ...HTTPD_FOLDERS],
  },
  'library/redis': { ...DEBIAN, own: REDIS, path: 'usual', workingDir: '/data', root: [...(DEBIAN.root ?? []), 'data'].sort() },
}
/** Others of the official images that are made of Debian or Ubuntu, with more programs than are known here. */
const OFFICIAL =
  /^library\/(postgres|mariadb|mongo|memcached|haproxy|python|node|golang|ruby|php|perl|rust|wordpress|drupal|ghost|joomla|nextcloud|tomcat|jetty|maven|gradle|openjdk|eclipse-temurin|rabbitmq|cassandra|elasticsearch|solr|influxdb|buildpack-deps|gcc|openresty|nats)$/
/** Made of nothing but their program. */
const EMPTY =
  /^(pause|hello-world|library\/hello-world|metrics-server\/metrics-server|coredns\/coredns|kube-[a-z-]+|traefik\/whoami|hashicorp\/http-echo|distroless\/.*|library\/nats)$/

/** What is known of an image. `standIns`: all but busybox stand in for others, and are made of busybox (the recordings' images). */
export function userlandOf(image: string, standIns: boolean): Userland {
  const key = `${standIns} ${image}`
  const found = known.get(key)
  if (found) return found
  if (known.size >= KNOWN_LIMIT) known.clear()
  const userland = freeze(read(parseReference(image), standIns))
  known.set(key, userland)
  return userland
}
const known = new Map<string, Userland>()
const KNOWN_LIMIT = 256

function freeze(userland: Userland): Userland {
  for (const value of Object.values(userland)) Object.freeze(value)
  return Object.freeze(userland)
}

function read(reference: ImageReference | undefined, standIns: boolean): Userland {
  if (!reference) return UNKNOWN
  const { repository, tag } = reference
  if (repository.split('/').at(-1) === 'busybox')
    return tag === 'latest' || /^1\.3[67]/.test(tag) ? BUSYBOX : withoutRoot(BUSYBOX)
  if (standIns)
    return {
      ...madeOf(BUSYBOX),
      path: 'usual',
      folders: [...BUSYBOX.folders, ...NGINX_FOLDERS],
      files: repository === 'library/nginx' ? { [NGINX_INDEX]: STAND_IN_PAGE } : {},
    }
  const userland = baseOf(reference)
  if (repository === 'library/nginx' && NGINX_TAG.test(tag)) return { ...userland, files: { [NGINX_INDEX]: NGINX_PAGE } }
  return repository === 'library/httpd' ? { ...userland, files: { [HTTPD_INDEX]: HTTPD_PAGE } } : userland
}

/** What an image is made of. */
function baseOf({ repository, tag }: ImageReference): Userland {
  if (repository === 'library/alpine') return ALPINE
  const debian = Object.hasOwn(DEBIANS, repository) ? DEBIANS[repository] : undefined
  if (/(^|-)alpine/.test(tag) && repository.startsWith('library/'))
    return repository === 'library/nginx'
      ? { ...ALPINE, ...NGINX, root: withEntrypoint(ALPINE.root), isWhole: false, folders: [...FHS, ...NGINX_FOLDERS] }
      : { ...madeOf(ALPINE), own: debian?.own ?? [] }
  if (repository === 'e2e-test-images/agnhost') return { ...madeOf(ALPINE), own: split('agnhost curl dig nslookup ip ss') }
  if (debian) return debian
  if (EMPTY.test(repository)) return tag.startsWith('debug') ? UNKNOWN : BARE
  return OFFICIAL.test(repository) ? madeOf(DEBIAN) : UNKNOWN
}

const withoutRoot = ({ root: _, ...rest }: Userland): Userland => rest

const IN_PATH = /^\/(usr\/)?s?bin\/([^/]+)$/

/** Whether there is such a program: undefined where nobody knows. */
export function has({ family, own, isWhole }: Userland, command: string): boolean | undefined {
  const name = IN_PATH.exec(command)?.[2] ?? command
  if (own.includes(name)) return true
  if (name.includes('/')) return undefined
  switch (family) {
    case 'unknown':
      return undefined
    case 'bare':
      return BUSYBOX_PROGRAMS.has(name) || DEBIAN_PROGRAMS.has(name) || NOT_IN_DEBIAN.has(name) ? false : undefined
    case 'debian':
      return DEBIAN_PROGRAMS.has(name) || (isWhole ? false : undefined)
    default: {
      const isThere = BUSYBOX_PROGRAMS.has(name) || (family === 'alpine' && ALPINE_PROGRAMS.has(name))
      return isThere || (isWhole || name === 'bash' ? false : undefined)
    }
  }
}
