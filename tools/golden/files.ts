/** Writes a recording as the five files of the golden format. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Recording } from './recording'

const lines = (rows: readonly object[]): string => rows.map(r => `${JSON.stringify(r)}\n`).join('')
const pretty = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`

/** Makes the folder where it is missing. */
export function writeRecording(folder: string, recording: Recording): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'requests.jsonl'), lines(recording.requests))
  writeFileSync(join(folder, 'scores.jsonl'), lines(recording.scores))
  writeFileSync(join(folder, 'transcript.json'), pretty(recording.transcript))
  writeFileSync(join(folder, 'events.json'), pretty(recording.events))
  writeFileSync(join(folder, 'objects.json'), pretty(recording.objects))
}
