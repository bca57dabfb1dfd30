// A symmetric hash join: each side's records are kept, and each that comes is joined with those the other side has brought so far. After
// the Rust implementation's example `hashjoin`.
import {
  binary,
  byColumns,
  type Columns,
  columns,
  type Session,
  type Stream,
  type Through,
  u32,
} from "@limmat/timely-core";
import { BatchWriter } from "./batch-writer.ts";
import { ValueLists } from "./value-lists.ts";

/** What is joined, by key. */
export const keyed = columns({ key: u32, value: u32 });
type Keyed = Columns<typeof keyed.types>;

/** Values of the two sides that had the same key. */
const pairs = columns({ left: u32, right: u32 });
type Pairs = Columns<typeof pairs.types>;

/**
 * Joins a stream with another by key. A pair is sent when the second of its records arrives, at that one's time; what is kept grows with
 * all that ever came.
 */
export function hashJoin<T>(right: Stream<T, Keyed>): Through<Stream<T, Keyed>, Stream<T, Pairs>> {
  const byKey = byColumns(keyed, "key");
  return binary<T, Keyed, Keyed, Pairs>(right, "hash-join", byKey, byKey, pairs, () => {
    const lefts = new ValueLists();
    const rights = new ValueLists();
    const writer = new BatchWriter<T, typeof pairs.types>(pairs, (room) => ({
      left: new Uint32Array(room),
      right: new Uint32Array(room),
    }));
    return (leftPort, rightPort, output) => {
      leftPort.forEach((right, batch) => joinLeft(batch, rights, lefts, writer, output.session(right)));
      rightPort.forEach((right, batch) => joinRight(batch, lefts, rights, writer, output.session(right)));
    };
  });
}

function joinLeft<T>(
  { columns: { key, value }, length }: Keyed,
  others: ValueLists,
  own: ValueLists,
  writer: BatchWriter<T, typeof pairs.types>,
  session: Session<T, Pairs>,
): void {
  own.reserve(length);
  for (let i = 0; i < length; i++) {
    const matches = others.find(key[i] as number);
    if (matches >= 0) {
      writer.reserve(others.counts[matches] as number, session);
      const { left, right } = writer.columns;
      writer.length = others.copy(matches, right, left, value[i] as number, writer.length);
    }
    own.add(key[i] as number, value[i] as number);
  }
  writer.flush(session);
}

function joinRight<T>(
  { columns: { key, value }, length }: Keyed,
  others: ValueLists,
  own: ValueLists,
  writer: BatchWriter<T, typeof pairs.types>,
  session: Session<T, Pairs>,
): void {
  own.reserve(length);
  for (let i = 0; i < length; i++) {
    const matches = others.find(key[i] as number);
    if (matches >= 0) {
      writer.reserve(others.counts[matches] as number, session);
      const { left, right } = writer.columns;
      writer.length = others.copy(matches, left, right, value[i] as number, writer.length);
    }
    own.add(key[i] as number, value[i] as number);
  }
  writer.flush(session);
}
