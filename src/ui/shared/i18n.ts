/**
 * The words of the user interface, in every language, switched live. Catalogues are flat JSON under `src/content/locales`:
 * `ui.json` (the shell and the stage) and `panels.json` (the panels). The keys of English are the keys; the compiler refuses a
 * language that lacks one or has one too many.
 *
 * `{name}` stands for an argument, `{count|pod|pods}` for the first word where the argument is 1 and the second elsewhere.
 */
import { useCallback } from 'react'
import { create } from 'zustand'
import enPanels from '../../content/locales/en/panels.json'
import enUi from '../../content/locales/en/ui.json'
import zhPanels from '../../content/locales/zh-CN/panels.json'
import zhUi from '../../content/locales/zh-CN/ui.json'
import { recall, remember } from './storage'

/** Languages that the interface speaks, in the order in which they are offered. */
export const LANGUAGES = ['en', 'zh-CN'] as const
export type Language = (typeof LANGUAGES)[number]

const en = { ...enUi, ...enPanels }
/** A key of the catalogue. */
export type MessageKey = keyof typeof en
export type Catalogue = Readonly<Record<MessageKey, string>>
/** Arguments of a message. */
export type MessageArgs = Readonly<Record<string, string | number>>

const zh = { ...zhUi, ...zhPanels }
/** Fails to compile where 简体中文 has a key that English lacks; the catalogue's own type catches the other direction. */
const noKeyTooMany: Exclude<keyof typeof zh, MessageKey> extends never ? true : never = true

/** Every catalogue; tests compare their arguments. */
export const CATALOGUES: Readonly<Record<Language, Catalogue>> = noKeyTooMany && { en, 'zh-CN': zh }

/** Fills a message's arguments in. An argument that is missing stays visible as `{name}`. */
export function fill(message: string, args: MessageArgs = {}): string {
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
    const value = args[name]
    if (value === undefined) return whole
    if (one === undefined || other === undefined) return String(value)
    return Number(value) === 1 ? one : other
  })
}

const isLanguage = (text: string): text is Language => LANGUAGES.some(language => language === text)

/** The first language that the person's browser asks for and that we speak; English if none. */
export function detectLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    if (isLanguage(tag)) return tag
    const base = tag.toLowerCase().split('-')[0]
    if (base === 'zh') return 'zh-CN'
    if (base === 'en') return 'en'
  }
  return 'en'
}

interface LanguageState {
  readonly language: Language
  readonly setLanguage: (language: Language) => void
}

const firstLanguage = (): Language => {
  const kept = recall('language') ?? ''
  return isLanguage(kept) ? kept : detectLanguage(typeof navigator === 'undefined' ? [] : navigator.languages)
}

/** The language that is spoken now; remembered across visits. */
export const useLanguage = create<LanguageState>(set => ({
  language: firstLanguage(),
  setLanguage: language => {
    remember('language', language)
    set({ language })
  },
}))

/** A message in the language that is spoken now. In components use `useT`, which follows a switch. */
export const t = (key: MessageKey, args?: MessageArgs): string => fill(CATALOGUES[useLanguage.getState().language][key], args)

/** Looks messages up in the language that is spoken now; a component that calls it is drawn again when the language changes. */
export type Translate = (key: MessageKey, args?: MessageArgs) => string
export function useT(): Translate {
  const language = useLanguage(state => state.language)
  return useCallback((key, args) => fill(CATALOGUES[language][key], args), [language])
}

/** Whether a text is a key of the catalogue: for keys that come as data, such as the titles of a room's sections. */
export const isMessageKey = (text: string): text is MessageKey => Object.hasOwn(en, text)
