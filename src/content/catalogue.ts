/**
 * The sentences, in every language. A key is a reason or a chapter, or one of them with a case after a colon
 * (`http.request:kubelet patch pods/status`); the most exact key that there is counts. The compiler asks every language for every
 * reason and every chapter; a test asks all languages for the same keys and arguments.
 */
import type { ReasonCode } from '../sim/reasons'
import type { ChapterKind } from '../view/types'
import enChapters from './locales/en/chapters.json'
import enLines from './locales/en/lines.json'
import enReasons from './locales/en/reasons.json'
import enWords from './locales/en/words.json'
import zhChapters from './locales/zh-CN/chapters.json'
import zhLines from './locales/zh-CN/lines.json'
import zhReasons from './locales/zh-CN/reasons.json'
import zhWords from './locales/zh-CN/words.json'

/** Languages that captions speak. */
export type CaptionLanguage = 'en' | 'zh-CN'

/** Reasons of the simulation; tests of the kernel have some of their own. */
export type ToldReason = Exclude<ReasonCode, `toy.${string}` | `test.${string}`>

/** Chapters that are told by the caption of their lead entry. */
export type ToldByLead = 'controller' | 'other'

type Table = Readonly<Record<string, string>>
/** The little words of a language: names of rooms, of stages, of queues. */
export interface Words {
  readonly rooms: Table
  readonly actors: Table
  readonly controllers: Table
  readonly stages: Table
  readonly queues: Table
  readonly events: Table
  /** What stands between the names of a list. */
  readonly between: string
  /** What a sentence ends with. */
  readonly stop: string
  readonly audience: { readonly one: string; readonly many: string }
  readonly object: { readonly named: string; readonly new: string; readonly all: string }
  readonly chapters: Readonly<Record<ChapterKind, string>>
  /** Names of chapters' cases, where the chapter's own does not fit. */
  readonly titles: Table
}
/** All that a language says. */
export interface Sentences {
  readonly words: Words
  /** A sentence for every reason. */
  readonly reasons: Readonly<Record<ToldReason, string>> & Table
  /** The same in a few words, for lists. */
  readonly lines: Readonly<Record<ToldReason, string>> & Table
  /** A sentence for every chapter. */
  readonly chapters: Readonly<Record<Exclude<ChapterKind, ToldByLead>, string>> & Table
}

/** Every language's sentences. */
export const SENTENCES: Readonly<Record<CaptionLanguage, Sentences>> = {
  en: { words: enWords, reasons: enReasons, lines: enLines, chapters: enChapters },
  'zh-CN': { words: zhWords, reasons: zhReasons, lines: zhLines, chapters: zhChapters },
}
