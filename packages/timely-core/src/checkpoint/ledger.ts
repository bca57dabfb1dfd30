// Worker 0's list of durable parts, and which checkpoint they complete.

import type { Note } from "./notes.ts";

/** A worker's part, as it reported it. */
export type ReportedPart = Extract<Note, { kind: "part" }>;

/** The parts that were reported, by worker; each worker's follow one another without gaps. */
export class Ledger {
  private readonly parts: ReportedPart[][];

  constructor(workers: number) {
    this.parts = Array.from({ length: workers }, () => []);
  }

  /** Adds a worker's next part. */
  add(worker: number, part: ReportedPart): void {
    (this.parts[worker] as ReportedPart[]).push(part);
  }

  /** The last number that every worker has a part for; -1 when there is none. */
  last(): number {
    let last = Number.POSITIVE_INFINITY;
    for (const parts of this.parts) last = Math.min(last, parts[parts.length - 1]?.to ?? -1);
    return last;
  }

  /** Every worker's part for a number. */
  partsOf(number: number): ReportedPart[] {
    // Of several that hold the later one is meant: what was to hold for ever ends when a dataflow is built.
    return this.parts.map((parts) => parts.findLast(({ from, to }) => from <= number && number <= to) as ReportedPart);
  }

  /** Forgets the parts that hold for no number after `number`. */
  forget(number: number): void {
    for (let worker = 0; worker < this.parts.length; worker++) {
      const parts = this.parts[worker] as ReportedPart[];
      // The last one stays, to tell how far the worker has come.
      this.parts[worker] = parts.filter(({ to }, i) => to > number || i === parts.length - 1);
    }
  }
}
