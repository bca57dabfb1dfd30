// Words of lines, and how often each has come: text in columns, exchanged and counted by its bytes, without making strings of it.
import {
  batchFunction,
  byColumns,
  type Capability,
  Columns,
  columns,
  pipeline,
  type Stream,
  type Through,
  Utf8Column,
  u32,
  unary,
  unaryFrontier,
  utf8,
} from "@limmat/timely-core";
import type { ByteTable } from "./byte-table.ts";

/** Text, of a line or of a word. */
export const texts = columns({ text: utf8 });
type Texts = Columns<typeof texts.types>;

/** How often a word has come so far. */
const counts = columns({ text: utf8, count: u32 });
type Counts = Columns<typeof counts.types>;

const space = 0x20;

/** Cuts lines at spaces. */
export function splitWords<T>(): Through<Stream<T, Texts>, Stream<T, Texts>> {
  return unary<T, Texts, Texts>("split", pipeline, texts, () => (port, output) => {
    port.forEach((right, lines) => output.session(right).giveBatch(wordsOf(lines)));
  });
}

function wordsOf({ columns: { text }, length }: Texts): Texts {
  const { bytes, offsets } = text;
  const from = offsets[0] as number;
  const to = offsets[length] as number;
  // A word more than spaces, at most, for each line.
  const words = new Uint32Array(length + countOf(space, bytes, from, to) + 1);
  const letters = new Uint8Array(to - from);
  return new Columns(texts, cut(bytes, offsets, length, letters, words), { text: new Utf8Column(words, letters) });
}

function countOf(byte: number, bytes: Uint8Array, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) count += bytes[i] === byte ? 1 : 0;
  return count;
}

/** Copies all but the spaces of each line, and notes where words end; returns how many there are. */
function cut(bytes: Uint8Array, lines: Uint32Array, n: number, letters: Uint8Array, words: Uint32Array): number {
  let word = 0;
  let end = 0;
  for (let line = 0; line < n; line++) {
    const to = lines[line + 1] as number;
    for (let i = lines[line] as number; i < to; i++) {
      const byte = bytes[i] as number;
      if (byte !== space) letters[end++] = byte;
      else if (end > (words[word] as number)) words[++word] = end;
    }
    if (end > (words[word] as number)) words[++word] = end;
  }
  return word;
}

/** The words counted by one worker: `counts` by the number that the table gives a word. */
export interface WordCounts {
  readonly words: ByteTable;
  counts: Uint32Array;
}

/**
 * Counts words, each on the worker of its hash. For every word that came at a time sends its count once the time is complete; times in
 * their order.
 */
export function countWords(counted: WordCounts): Through<Stream<number, Texts>, Stream<number, Counts>> {
  return unaryFrontier<number, Texts, Counts>("count", byColumns(texts, "text"), counts, (initial) => {
    initial.release();
    const waiting = new Map<number, { held: Capability<number>; batches: Texts[] }>();
    const count = counting(counted);
    return (port, output) => {
      port.forEach((right, batch) => {
        const kept = batch.retain();
        const entry = waiting.get(right.time);
        if (entry === undefined) waiting.set(right.time, { held: right.retain(), batches: [kept] });
        else entry.batches.push(kept);
      });
      const complete = [...waiting.keys()].filter((time) => !port.frontier.lessEqual(time));
      for (const time of complete.sort((a, b) => a - b)) {
        const { held, batches } = waiting.get(time) as { held: Capability<number>; batches: Texts[] };
        const session = output.session(held);
        for (const batch of batches) {
          session.giveBatch(count(batch));
          batch.release();
        }
        held.release();
        waiting.delete(time);
      }
    };
  });
}

function counting(counted: WordCounts): (batch: Texts) => Counts {
  let numbers = new Uint32Array(2048);
  return batchFunction(counts, ({ text }, output, n) => {
    if (numbers.length < n) numbers = new Uint32Array(n);
    counted.words.add(text, n, numbers);
    if (counted.counts.length < counted.words.size) {
      const larger = new Uint32Array(2 * counted.words.size);
      larger.set(counted.counts);
      counted.counts = larger;
    }
    increment(counted.counts, numbers, n, output.count);
    for (let i = 0; i < n; i++) output.text.appendFrom(i, text, i);
    return n;
  });
}

function increment(counts: Uint32Array, numbers: Uint32Array, n: number, results: Uint32Array): void {
  for (let i = 0; i < n; i++) {
    const count = (counts[numbers[i] as number] as number) + 1;
    counts[numbers[i] as number] = count;
    results[i] = count;
  }
}
