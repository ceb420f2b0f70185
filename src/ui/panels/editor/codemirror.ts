/** CodeMirror, set up for YAML: its looks come from the page's tokens, its problems from whoever checks. */
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, linter, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import { EditorState, type Text } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import type { ManifestProblem } from '../../session/types'

const looks = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--accent)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--text-dim)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'var(--surface-sunk)' },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': { backgroundColor: 'var(--accent-soft) !important' },
  '.cm-tooltip': { backgroundColor: 'var(--surface-raised)', border: '1px solid var(--line)', color: 'var(--text)' },
  '.cm-diagnostic': { fontFamily: 'var(--font)', padding: '6px 10px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--bad)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--warn)' },
})

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--packet-local)' },
  { tag: tags.comment, color: 'var(--text-dim)', fontStyle: 'italic' },
  { tag: [tags.separator, tags.punctuation, tags.meta], color: 'var(--text-soft)' },
])

export interface EditorOptions {
  readonly text: string
  readonly label: string
  readonly changed: (text: string) => void
  /** Problems of a text, asked for a moment after the last change. */
  readonly check: (text: string) => Promise<readonly ManifestProblem[]>
  /** Ctrl-Enter. */
  readonly apply: () => void
}

/** Makes an editor in an element. */
export function createEditor(parent: HTMLElement, { text, label, changed, check, apply }: EditorOptions): EditorView {
  const extensions = [
    lineNumbers(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    highlightActiveLine(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    yaml(),
    syntaxHighlighting(colours),
    looks,
    lintGutter(),
    linter(async view => toDiagnostics(view.state.doc, await check(view.state.doc.toString())), { delay: 400 }),
    keymap.of([
      { key: 'Mod-Enter', run: applied(apply) },
      // Escape, then Tab: on to the next control.
      indentWithTab,
      ...defaultKeymap,
      ...historyKeymap,
      ...lintKeymap,
    ]),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
    EditorView.updateListener.of(update => {
      if (update.docChanged) changed(update.state.doc.toString())
    }),
  ]
  return new EditorView({ parent, state: EditorState.create({ doc: text, extensions }) })
}

/** A key that was used is not typed. */
const applied = (apply: () => void) => () => {
  apply()
  return true
}

/** Puts another text into an editor; as a change that can be undone. */
export function replaceText(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } })
}

/** Puts the cursor at the beginning, where the reasons of a refusal stand. */
export function showTop(view: EditorView): void {
  view.dispatch({ selection: { anchor: 0 }, scrollIntoView: true })
}

/** Marks problems, beside those that the check found. */
export function mark(view: EditorView, problems: readonly ManifestProblem[]): void {
  view.dispatch(setDiagnostics(view.state, toDiagnostics(view.state.doc, problems)))
}

/** Problems as CodeMirror has them: from their column to the end of the line. */
export const toDiagnostics = (doc: Text, problems: readonly ManifestProblem[]): Diagnostic[] =>
  problems.map(({ line, column, message, severity = 'error' }) => {
    const at = doc.line(Math.max(1, Math.min(doc.lines, line)))
    const from = Math.min(at.to, at.from + Math.max(0, column - 1))
    return { from, to: Math.max(from, at.to), severity, message }
  })
