/** The sentence that says what a scene shows, in each language. */
import type { BeatScene } from '../view/types'

/** A caption and, where there is more to say, the reason behind it. `**bold**` and `` `code` `` are the only markup. */
export interface Caption {
  readonly text: string
  readonly why?: string
}

/** What a scene shows. */
export const caption = (scene: BeatScene, _language: 'en' | 'zh-CN'): Caption => ({ text: scene.lead.reason })
