import { expect, test } from 'vitest'
import { sha256Base32, sha256Hex } from './sha256'

test('the hash of the empty text and of abc are those of FIPS 180-4', () => {
  expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})

test('texts longer than a block and beyond ASCII are hashed by their UTF-8 bytes', () => {
  expect(sha256Hex('a'.repeat(119))).toBe('31eba51c313a5c08226adf18d4a359cfdfd8d2e816b13f4af952f7ea6584dcfb')
  expect(sha256Hex('节点')).toHaveLength(64)
})

test('kube-proxy names its chain of default/web over TCP by the first sixteen letters in base 32', () => {
  expect(sha256Base32('default/webtcp', 16)).toBe('LOLE4ISW44XBNF3G')
})
