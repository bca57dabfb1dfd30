// Bins on their way in. A transfer that began ahead of its step may turn out to be void (the step was cancelled, or an earlier one takes the
// bin elsewhere), and its Abort may come later than the true transfer of the bin by another worker. So there can be several of one bin: the
// first writes into the store, unseen by anybody until its Commit; others are kept aside; whichever commits is the true one.

import type { BlockHandle, Capability, Codec, TimeDomain } from "@limmat/timely-core";
import type { Bins } from "../bins/index.ts";
import { MigrationProtocolError } from "../errors.ts";
import type { BinStore, BinWriter } from "../stores/index.ts";
import type { PendingShare } from "./pending-work.ts";
import { type StateReceiver, unpackState } from "./state-message.ts";

/** One transfer of a bin to this worker. */
export interface Arrival<T> {
  /** The bin. */
  readonly bin: number;
  /** The sequence number of the step that it belongs to. */
  readonly sequence: number;
  /** The worker that sends it. */
  readonly from: number;
  /** The right to answer its pending work, from the step's time on. */
  readonly capability: Capability<T>;
  /** Its pending work. */
  readonly shares: PendingShare<T, unknown>[];
  /** Bytes of state that came. */
  bytes: number;
  /** `"first"` writes into the store, `"aside"` waits, `"void"` was overtaken: it must be aborted. */
  place: "first" | "aside" | "void";
  writer: BinWriter | undefined;
  /** What came aside. */
  pieces: Uint8Array[];
  handles: readonly BlockHandle[] | undefined;
}

/** Takes in what comes on the state channel of one operator on one worker. */
export class Arrivals<T> implements StateReceiver<T> {
  private readonly store: BinStore;
  private readonly bins: Bins;
  private readonly onWhole: (arrival: Arrival<T>) => void;
  private readonly underway = new Map<number, Arrival<T>[]>();
  private sender = -1;
  private retain: () => Capability<T> = () => {
    throw new Error("no message is being read");
  };

  /** `onWhole` is called when a bin is here whole, its state in `store`; it takes over the capability. */
  constructor(store: BinStore, bins: Bins, onWhole: (arrival: Arrival<T>) => void) {
    this.store = store;
    this.bins = bins;
    this.onWhole = onWhole;
  }

  /** Whether the store holds a part of a bin that is still on its way. */
  isPartial(bin: number): boolean {
    return this.underway.get(bin)?.some(({ place }) => place === "first") ?? false;
  }

  /** Takes in one message; `retain` makes the right to answer at its time. Throws `MigrationProtocolError` and `DecodeError`. */
  receive(
    sender: number,
    bytes: Uint8Array,
    domain: TimeDomain<T>,
    codec: Codec<unknown>,
    retain: () => Capability<T>,
  ): void {
    this.sender = sender;
    this.retain = retain;
    unpackState(bytes, domain, codec, this);
  }

  prepare(bin: number, sequence: number): void {
    this.bins.check(bin);
    const others = this.underway.get(bin) ?? [];
    if (others.some(({ from }) => from === this.sender)) this.refuse(bin, "it is on its way already");
    const isFirst = others.some(({ place }) => place === "first");
    const place = isFirst ? "aside" : this.store.has(bin) ? "void" : "first";
    const arrival: Arrival<T> = {
      bin,
      sequence,
      from: this.sender,
      capability: this.retain(),
      shares: [],
      bytes: 0,
      place,
      writer: undefined,
      pieces: [],
      handles: undefined,
    };
    this.underway.set(bin, [...others, arrival]);
  }

  state(bin: number, piece: Uint8Array): void {
    const arrival = this.arrival(bin);
    if (arrival.shares.length > 0) this.refuse(bin, "state came after pending work");
    if (arrival.handles !== undefined) this.refuse(bin, "state came after memory");
    arrival.bytes += piece.length;
    if (arrival.place === "first") this.write(arrival, piece);
    else if (arrival.place === "aside") arrival.pieces.push(piece.slice());
  }

  blocks(bin: number, handles: readonly BlockHandle[]): void {
    const arrival = this.arrival(bin);
    if (arrival.bytes > 0 || arrival.handles !== undefined) this.refuse(bin, "memory came after state");
    if (arrival.shares.length > 0) this.refuse(bin, "memory came after pending work");
    arrival.handles = handles;
  }

  pending(bin: number, share: PendingShare<T, unknown>): void {
    this.arrival(bin).shares.push(share);
  }

  commit(bin: number): void {
    const arrival = this.arrival(bin);
    if (arrival.place === "void") this.refuse(bin, "it is here already");
    this.remove(arrival);
    for (const other of this.underway.get(bin) ?? []) {
      if (other.place === "first") this.forget(other);
      other.place = "void";
      other.pieces = [];
    }
    if (arrival.place === "aside") this.promote(arrival);
    if (arrival.handles !== undefined) this.store.take(bin, arrival.handles);
    else if (arrival.writer === undefined) this.store.create(bin);
    this.onWhole(arrival);
  }

  abort(bin: number): void {
    const arrival = this.arrival(bin);
    this.remove(arrival);
    if (arrival.place === "first") {
      this.forget(arrival);
      const next = this.underway.get(bin)?.find(({ place }) => place === "aside");
      if (next !== undefined) this.promote(next);
    }
    arrival.capability.release();
  }

  /** Has an arrival write into the store, beginning with what was kept aside. */
  private promote(arrival: Arrival<T>): void {
    arrival.place = "first";
    for (const piece of arrival.pieces) this.write(arrival, piece);
    arrival.pieces = [];
  }

  private write(arrival: Arrival<T>, piece: Uint8Array): void {
    if (arrival.writer === undefined) {
      this.store.create(arrival.bin);
      arrival.writer = this.store.write(arrival.bin);
    }
    arrival.writer.add(piece);
  }

  /** Takes out of the store what an arrival has written. */
  private forget({ bin, writer }: Arrival<T>): void {
    if (writer !== undefined) this.store.drop(bin);
  }

  private remove(arrival: Arrival<T>): void {
    const rest = (this.underway.get(arrival.bin) as Arrival<T>[]).filter((each) => each !== arrival);
    if (rest.length === 0) this.underway.delete(arrival.bin);
    else this.underway.set(arrival.bin, rest);
  }

  private arrival(bin: number): Arrival<T> {
    const arrival = this.underway.get(bin)?.find(({ from }) => from === this.sender);
    return arrival ?? this.refuse(bin, "no transfer of it was prepared");
  }

  private refuse(bin: number, what: string): never {
    throw new MigrationProtocolError(bin, this.sender, what);
  }
}
