// wordcount with text in columns: the same lines as those of rows, split, exchanged and counted by their bytes.
import { batchFunction, Columns, input, inspectBatch, probe, Utf8Column, type Worker } from "@limmat/timely-core";
import { ByteTable } from "../examples/dataflows/byte-table.ts";
import { countWords, splitWords, texts, type WordCounts } from "../examples/dataflows/count-words.ts";
import { checkWords, drawnWords, RandomWords } from "./random-words.ts";
import { plan, type Sample, timed } from "./samples.ts";

const batchRecords = 2048;
/** The bytes of a word: a letter, and at most this many digits. */
const mostDigits = 7;

/** Runs rounds of `batch` lines a worker, of as many different words; every word must have been counted in the end. */
export function wordCountColumns(worker: Worker, words: number, batch: number, warm: number, rounds: number): Sample {
  const counted: WordCounts = { words: new ByteTable(), counts: new Uint32Array(0) };
  let arrived = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input(scope, texts);
    const done = feed.stream.pipe(
      splitWords(),
      countWords(counted),
      inspectBatch((counts) => {
        arrived += counts.length;
      }),
      probe(),
    );
    return { feed, done };
  });
  const source = new RandomWords(worker.index, words);
  const draw = batchFunction<typeof texts.types, typeof texts.types>(texts, (_, { text }, n) => {
    if (text.bytes.length < n * (1 + mostDigits)) text.bytes = new Uint8Array(n * (1 + mostDigits));
    for (let i = 0; i < n; i++) {
      text.offsets[i + 1] = writeWord(source.next(), text.bytes, text.offsets[i] as number);
    }
    return n;
  });
  const whole = blank(Math.min(batchRecords, batch));
  const rest = blank(batch % batchRecords);
  const sample = timed(warm, rounds, batch * rounds, (number) => {
    for (let sent = 0; sent + batchRecords <= batch; sent += batchRecords) feed.sendBatch(draw(whole));
    if (rest.length > 0) feed.sendBatch(draw(rest));
    feed.advanceTo(number + 1);
    worker.stepWhile(() => done.lessThan(number + 1));
  });
  feed.close();
  const drawn = drawnWords(words, batch * (warm + rounds * plan.stretches), worker.peers);
  const decoder = new TextDecoder();
  const entries = Array.from({ length: counted.words.size }, (_, number) => {
    return [decoder.decode(counted.words.key(number)), counted.counts[number] as number] as const;
  });
  checkWords(entries, drawn, arrived);
  return sample;
}

/** Writes `w` and a number's digits; returns where they end. */
function writeWord(word: number, bytes: Uint8Array, at: number): number {
  let digits = 1;
  for (let power = 10; power <= word; power *= 10) digits += 1;
  bytes[at] = 0x77;
  let left = word;
  for (let i = at + digits; i > at; i--) {
    const rest = (left / 10) | 0;
    bytes[i] = 0x30 + left - rest * 10;
    left = rest;
  }
  return at + 1 + digits;
}

/** A batch of that length for `draw` to take its size from. */
function blank(length: number): Columns<typeof texts.types> {
  return new Columns(texts, length, { text: new Utf8Column(new Uint32Array(length + 1), new Uint8Array(0)) });
}
