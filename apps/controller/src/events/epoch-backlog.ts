// The latest epochs, for followers that come late or come back. Bounded; no follower has a buffer of its own.
import type { EpochRecord } from "./epoch-record.ts";

/** How much a backlog keeps; the latest epoch it keeps in any case. */
export interface BacklogLimits {
  readonly epochs: number;
  /** Characters of JSON in all. */
  readonly characters: number;
}

/** Consecutive epochs up to the latest. */
export class EpochBacklog {
  readonly #limits: BacklogLimits;
  readonly #records: EpochRecord[] = [];
  #characters = 0;
  readonly #waiting = new Set<() => void>();

  constructor(limits: BacklogLimits) {
    this.#limits = limits;
  }

  /** The latest epoch; 0 before the first. */
  get latest(): number {
    return this.#records.at(-1)?.summary.epoch ?? 0;
  }

  /** The earliest epoch that is kept; one more than the latest when none is. */
  get earliest(): number {
    return this.#records[0]?.summary.epoch ?? this.latest + 1;
  }

  /** Adds the next epoch, and lets followers know. */
  add(record: EpochRecord): void {
    this.#records.push(record);
    this.#characters += size(record);
    while (
      this.#records.length > 1 &&
      (this.#records.length > this.#limits.epochs || this.#characters > this.#limits.characters)
    ) {
      this.#characters -= size(this.#records.shift() as EpochRecord);
    }
    for (const wake of this.#waiting) wake();
  }

  /** An epoch; undefined when it is not kept any more or not there yet. */
  get(epoch: number): EpochRecord | undefined {
    return this.#records[epoch - this.earliest];
  }

  /** Calls `wake` at each new epoch; returns what ends that. */
  onAdd(wake: () => void): () => void {
    this.#waiting.add(wake);
    return () => this.#waiting.delete(wake);
  }
}

function size({ full, brief }: EpochRecord): number {
  return full.length + brief.length;
}
