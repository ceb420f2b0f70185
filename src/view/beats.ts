/**
 * The director's index: where the beats of each depth begin. A beat is a range of entries; beats of a depth follow each other
 * without gaps, from the baseline (the cluster as it was switched on) to the end of the trace. A pure function of the trace.
 */
import type { Seq, TraceEntry } from '../sim/kernel/types'
import { type ChapterStart, chapterAt, newStory, type StoryState } from './chapters'
import { type Beat, type ChapterKind, DEPTHS, type Depth } from './types'

/** Begins of one depth's beats, in order. */
interface Track {
  readonly from: Seq[]
  readonly lead: Seq[]
  readonly chapter: (ChapterKind | undefined)[]
  readonly since: (Seq | undefined)[]
}

/** A trace to read. */
export interface Entries {
  readonly length: number
  entry(seq: Seq): TraceEntry
}

const newTrack = (): Track => ({ from: [], lead: [], chapter: [], since: [] })

export class BeatIndex {
  private readonly tracks: Record<Depth, Track> = { story: newTrack(), requests: newTrack(), internals: newTrack() }
  private readonly story: StoryState = newStory()
  private read = 0
  private last: TraceEntry | undefined
  /** Command entries, for the marks on the scrubber. */
  readonly commands: { readonly seq: Seq; readonly text: string }[] = []
  /** Answer of each request that has one. */
  private readonly answers = new Map<Seq, Seq>()

  /** `baseline`: the last entry before position 0. */
  constructor(
    private readonly trace: Entries,
    readonly baseline: Seq,
  ) {
    this.read = baseline
  }

  /** Takes in what the trace has gained. */
  update(): void {
    while (this.read < this.trace.length) {
      this.read++
      this.take(this.trace.entry(this.read as Seq))
    }
  }

  private take(e: TraceEntry): void {
    const args = e.args as unknown as Record<string, unknown>
    if (e.reason === 'http.response') this.answers.set(args.request as Seq, e.seq)
    if (e.housekeeping) return
    if (e.reason === 'user.command') this.commands.push({ seq: e.seq, text: String(args.text) })
    const chapter = chapterAt(this.story, e, seq => this.trace.entry(seq))
    if (chapter) this.tell(chapter)
    if (opensRequest(e, this.last)) this.begin('requests', e.seq, e.seq)
    if (opensInternal(e, this.last)) this.begin('internals', e.seq, e.seq)
    this.last = e
  }

  /** What kubectl reads before it writes is no chapter of its own: only a command that just reads ends with an answer. */
  private tell({ kind, from, lead, since }: ChapterStart): void {
    const { story } = this.tracks
    const isWrite = kind === 'apiserver' || kind === 'refused' || (kind === 'kubectl' && lead !== this.commands.at(-1)?.seq)
    if (isWrite && story.chapter.at(-1) === 'answer') {
      story.from.pop()
      story.lead.pop()
      story.chapter.pop()
      story.since.pop()
    }
    this.begin('story', from, lead, kind, since)
  }

  private begin(depth: Depth, from: Seq, lead: Seq, chapter?: ChapterKind, since?: Seq): void {
    const track = this.tracks[depth]
    // the first beat begins right after the baseline, so that beats leave no entry out
    const first = track.from.length === 0
    track.from.push(first ? ((this.baseline + 1) as Seq) : from)
    track.lead.push(lead)
    track.chapter.push(chapter)
    track.since.push(since)
  }

  count(depth: Depth): number {
    return this.tracks[depth].from.length
  }

  /** The n-th beat, from 1. */
  beat(depth: Depth, n: number): Beat {
    const track = this.tracks[depth]
    const from = track.from[n - 1]
    if (from === undefined) throw new RangeError(`there is no beat ${n} of ${track.from.length}`)
    const next = track.from[n]
    const to = (next === undefined ? this.trace.length : next - 1) as Seq
    const chapter = track.chapter[n - 1]
    const since = track.since[n - 1]
    return {
      index: n,
      from,
      to,
      at: this.trace.entry(from).at,
      until: this.trace.entry(to).at,
      lead: track.lead[n - 1] as Seq,
      ...(chapter && { chapter }),
      ...(since !== undefined && { since }),
    }
  }

  /** How many beats of a depth have ended when everything up to `seq` has been shown. */
  ended(depth: Depth, seq: Seq): number {
    const { from } = this.tracks[depth]
    const begun = upTo(from, seq)
    if (begun === 0) return 0
    const end = begun === from.length ? this.trace.length : (from[begun] as Seq) - 1
    return seq >= end ? begun : begun - 1
  }

  /** The number of the beat that holds an entry; 0 for what lies before the first. */
  holding(depth: Depth, seq: Seq): number {
    return upTo(this.tracks[depth].from, seq)
  }

  /** The last entry of the n-th beat; the baseline for 0. */
  endOf(depth: Depth, n: number): Seq {
    if (n <= 0) return this.baseline
    const { from } = this.tracks[depth]
    const next = from[n]
    return (n >= from.length || next === undefined ? this.trace.length : next - 1) as Seq
  }

  /** The answer to a request, if it has one. */
  answerOf(request: Seq): Seq | undefined {
    return this.answers.get(request)
  }

  /** Begins of the Story's chapters. */
  chapters(): readonly { readonly from: Seq; readonly kind: ChapterKind }[] {
    const { from, chapter } = this.tracks.story
    return from.map((seq, i) => ({ from: seq, kind: chapter[i] as ChapterKind }))
  }

  /** Positions of all depths at an entry. */
  positions(seq: Seq): Record<Depth, { n: number; count: number }> {
    const at = (depth: Depth) => ({ n: this.ended(depth, seq), count: this.count(depth) })
    return Object.fromEntries(DEPTHS.map(d => [d, at(d)])) as Record<Depth, { n: number; count: number }>
  }
}

/** How many of the ascending numbers are at most `seq`. */
function upTo(from: readonly Seq[], seq: Seq): number {
  let low = 0
  let high = from.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((from[middle] as Seq) <= seq) low = middle + 1
    else high = middle
  }
  return low
}

const argsOf = (e: TraceEntry): Record<string, unknown> => e.args as unknown as Record<string, unknown>

/** Requests that go out together, and one change that goes out to all its watchers, are one beat. */
function opensRequest(e: TraceEntry, last: TraceEntry | undefined): boolean {
  const args = argsOf(e)
  switch (e.reason as string) {
    case 'user.command':
    case 'cri.request':
    case 'network.packet':
      return true
    case 'netfilter.restore':
      return last?.reason !== e.reason
    case 'http.request':
      return !(last && sameMoment(e, last) && argsOf(last).verb === args.verb)
    case 'http.response':
    case 'http.chunk':
      return e.hop?.to === 'kubectl'
    case 'forward.data':
      return e.room === 'kubectl'
    case 'forward.reply':
      return e.room.startsWith('runtime/')
    case 'watch.event':
      return !(last?.reason === 'watch.event' && argsOf(last).resourceVersion === args.resourceVersion)
    default:
      return false
  }
}

/** Everything is a beat of its own, but for what one room does many times over at one moment for one cause. */
const opensInternal = (e: TraceEntry, last: TraceEntry | undefined): boolean => !(sameMoment(e, last) && last?.cause === e.cause)

const sameMoment = (e: TraceEntry, last: TraceEntry | undefined): boolean =>
  last !== undefined && last.reason === e.reason && last.at === e.at && last.room === e.room
