// Which bins are on this worker, and which of them are tracked: the part that every store has.

import type { StorePlace } from "./bin-store.ts";
import { AbsentBinError, PresentBinError, StoreError } from "./errors.ts";

const ABSENT = 0;
const PRESENT = 1;
const TRACKED = 2;

/** The bins of one operator on one worker. */
export class PresentBins {
  /** The number of bins that are tracked: nothing needs to be noted while it is 0. */
  tracked = 0;
  /** Notes a write to a slot, in a store that has such. */
  readonly note: (slot: number) => void;
  #place: StorePlace | undefined;
  #state = new Uint8Array(0);

  constructor(note: (slot: number) => void) {
    this.note = note;
  }

  /** The place that the store was opened for. */
  get place(): StorePlace {
    if (this.#place === undefined) throw new StoreError("a store is opened for the bins of an operator before its use");
    return this.#place;
  }

  /** Sets the place; no bin is here yet. */
  open(place: StorePlace): void {
    if (this.#place !== undefined) throw new StoreError("a store serves one operator: make one for each");
    this.#place = place;
    this.#state = new Uint8Array(place.bins.count);
  }

  /** Whether the bin is here. Throws `UnknownBinError` where there is no such bin. */
  has(bin: number): boolean {
    this.place.bins.check(bin);
    return this.#state[bin] !== ABSENT;
  }

  /** Whether the bin is here and tracked; false for what is no bin. */
  isTracked(bin: number): boolean {
    return this.#state[bin] === TRACKED;
  }

  /** Throws `AbsentBinError` unless the bin is here. */
  check(bin: number): void {
    if (!this.has(bin)) throw new AbsentBinError(bin, this.place.worker);
  }

  /** Throws `PresentBinError` if the bin is here. */
  checkAbsent(bin: number): void {
    if (this.has(bin)) throw new PresentBinError(bin, this.place.worker);
  }

  /** The bin is here from now on. */
  add(bin: number): void {
    this.checkAbsent(bin);
    this.#state[bin] = PRESENT;
  }

  /** The bin is not here any more. */
  remove(bin: number): void {
    this.check(bin);
    if (this.isTracked(bin)) this.tracked--;
    this.#state[bin] = ABSENT;
  }

  /** What changes in the bin is noted from now on. */
  track(bin: number): void {
    this.check(bin);
    if (this.isTracked(bin)) throw new StoreError(`bin ${bin} is tracked already: read its changes first`);
    this.#state[bin] = TRACKED;
    this.tracked++;
  }

  /** Ends the tracking of a bin. */
  untrack(bin: number): void {
    this.check(bin);
    if (!this.isTracked(bin)) throw new StoreError(`bin ${bin} is not tracked: there are no changes to read`);
    this.#state[bin] = PRESENT;
    this.tracked--;
  }
}
