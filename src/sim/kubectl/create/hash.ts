// Models k8s.io/kubectl/pkg/util/hash/hash.go: names that change with what they stand for.
import { sha256Hex } from '../../api/sha256'
import { flag } from '../command'
import { compactJson } from '../print/objects'
import { isOn, type Session } from '../session'
import type { Body } from './generator'

export const APPEND_HASH = flag.bool('append-hash', 'Append a hash of the object to its name.')

/** Digits of a hash that are written otherwise, so that no words come about. */
const OTHERS: Readonly<Record<string, string>> = { 0: 'g', 1: 'h', 3: 'k', a: 'm', e: 't' }

/** The hash of a config map's or a secret's kind, name, type and data. */
export function contentHash(kind: 'ConfigMap' | 'Secret', name: string, { data = {}, type = '' }: Body): string {
  const content = kind === 'Secret' ? { data, kind, name, type } : { data, kind, name }
  return sha256Hex(compactJson(content))
    .slice(0, 10)
    .replace(/[013ae]/g, digit => OTHERS[digit] ?? digit)
}

/** `--append-hash`, as a generator's `rename`. */
export const withHash =
  (kind: 'ConfigMap' | 'Secret') =>
  (s: Session, name: string, body: Body): string =>
    isOn(s, 'append-hash') ? `${name}-${contentHash(kind, name, body)}` : name
