/** Who an entry is of, in a few words. */
import { type CaptionLanguage, roomName } from '../../content/captions'
import type { StageEntry } from '../session/types'

/** The room that acts; of what the hub says, whom it is said to: `→ kubelet on node-1`. Nobody for what a person did. */
export function whoOf({ room, hop }: Pick<StageEntry, 'room' | 'hop'>, language: CaptionLanguage): string {
  if (String(room) === 'user') return ''
  return hop && String(room) === 'apiserver' ? `→ ${roomName(hop.to, language)}` : roomName(room, language)
}
