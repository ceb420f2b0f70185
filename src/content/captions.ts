/** The sentences that say what a scene or an entry shows, in each language. The sentences themselves are data: `locales/`. */
import type { BeatScene, ChapterKind, StageEntry } from '../view/types'
import { casesOf, chapterCase } from './cases'
import { type CaptionLanguage, SENTENCES } from './catalogue'
import { type Args, fillSentence, spaced } from './fill'
import { shortKey, vocabulary } from './vocabulary'

export type { CaptionLanguage } from './catalogue'
export { kindOf, pluralOf, resourceOf } from './kinds'
export { actorName, commandText, roomName, shortKey } from './vocabulary'

/** A caption and, where there is more to say, the reason behind it. `**bold**` and `` `code` `` are the only markup. */
export interface Caption {
  /** What it is, in a few words. */
  readonly title: string
  readonly text: string
  readonly why?: string
}

type Table = Readonly<Record<string, string>>

/** The sentence of the first case that there is one for. */
function choose(table: Table, key: string, cases: readonly string[]): string | undefined {
  for (const each of cases) {
    const found = table[`${key}:${each}`]
    if (found !== undefined) return found
  }
  return table[key]
}

const finish = (template: string, args: Args, language: CaptionLanguage): string => {
  const text = fillSentence(template, args)
  return language === 'zh-CN' ? spaced(text) : text
}

/** What a scene shows. */
export function caption(scene: BeatScene, language: CaptionLanguage): Caption {
  const { chapter } = scene.beat
  return (chapter && chapterCaption(scene, chapter, language)) ?? entryCaption(leadOf(scene), language, watchersOf(scene))
}

/** The lead with what its message tells: the name of what is created, the node of a binding. */
const leadOf = ({ lead, facts }: BeatScene): StageEntry => ({ ...lead, args: { ...lead.args, ...facts } })

/** How many are told of the change that a scene is about. */
const watchersOf = (scene: BeatScene): number =>
  scene.lead.reason === 'watch.event' ? scene.packets.filter(packet => packet.kind === 'watch').length : 1

/** Facts, with the names of each list as the language parts them; those of the default namespace go without it. */
const listed = (facts: BeatScene['facts'], between: string): BeatScene['facts'] =>
  Object.fromEntries(
    Object.entries(facts).map(([name, fact]) => [
      name,
      `${name}Count` in facts ? String(fact).split(', ').map(shortKey).join(between) : fact,
    ]),
  )

function chapterCaption(scene: BeatScene, chapter: ChapterKind, language: CaptionLanguage): Caption | undefined {
  const { chapters, words } = SENTENCES[language]
  const lead = leadOf(scene)
  const args = { ...vocabulary(lead, language), ...listed(scene.facts, words.between) }
  const which = chapterCase(scene)
  const title = words.titles[`${chapter}:${which}`] ?? words.chapters[chapter]
  const why = choose(chapters, which && chapters[`${chapter}:${which}`] ? `${chapter}:${which}.why` : `${chapter}.why`, [])
  const told = why === undefined ? {} : { why: finish(why, args, language) }
  // What kubectl asks next, and what controllers without a sentence of their own do, is said by the request itself.
  const isToldByLead =
    chapter === 'controller' ||
    chapter === 'other' ||
    (chapter === 'kubectl' && lead.reason !== 'user.command' && which !== 'more')
  if (isToldByLead) return { ...entryCaption(lead, language), title, ...told }
  const template = choose(chapters, chapter, [which])
  return template === undefined ? undefined : { title, text: finish(template, args, language), ...told }
}

/** What an entry says, in a sentence. */
export function entryCaption(entry: StageEntry, language: CaptionLanguage, watchers = 1): Caption {
  const { reasons } = SENTENCES[language]
  const args = vocabulary(entry, language, watchers)
  const template = choose(reasons, entry.reason, casesOf(entry)) ?? entry.reason
  return { title: entryLine(entry, language), text: finish(template, args, language) }
}

/** What an entry says, in a few words and without markup: for lists. */
export function entryLine(entry: StageEntry, language: CaptionLanguage): string {
  const template = choose(SENTENCES[language].lines, entry.reason, casesOf(entry)) ?? entry.reason
  return finish(template, vocabulary(entry, language), language)
}

/** A stage of the apiserver's pipeline. */
export const stageName = (stage: string, language: CaptionLanguage): string => SENTENCES[language].words.stages[stage] ?? stage
