// S, the host: keeps the bins of one worker, applies records and post-dated work to them in time order, and takes in bins that arrive.
// Megaphone, section 3; engine rules 20 and 21: only bins that a step names wait for it.

import {
  Antichain,
  type Batch,
  type Capability,
  CapabilitySet,
  type Codec,
  type Delivery,
  type HashExchange,
  type InputPort,
  type Layout,
  type OperatorInfo,
  type OutputPort,
  type Rows,
  type Scatter,
  type TimeDomain,
} from "@limmat/timely-core";
import { type Bins, binOf } from "../bins/index.ts";
import type { Step } from "../configuration/index.ts";
import type { MigrationEvent } from "../log/index.ts";
import type { BinStore } from "../stores/index.ts";
import { type Arrival, Arrivals } from "./arrivals.ts";
import { EarlyBatches, type EarlyTime } from "./early-batches.ts";
import type { Logic } from "./logic.ts";
import { OpenMoment, type Right } from "./moment.ts";
import { type PendingShare, PendingWork } from "./pending-work.ts";
import type { CreditMessage, StateMessage } from "./state-message.ts";

/** The step that takes a bin somewhere. */
export type BinStep<T> = Pick<Step<T>, "time" | "sequence">;

/** A bin that is to leave, and its work at the step's time and after, which must not be done here any more. */
interface Leaving<T> {
  readonly step: BinStep<T>;
  /** The worker that it goes to. */
  readonly to: number;
  readonly shares: PendingShare<T, unknown>[];
}

/** Records of bins that are still to arrive. */
interface Gated<T> {
  readonly input: number;
  readonly batch: Batch;
  readonly capability: Capability<T>;
}

/** What the host is made of. */
export interface HostParts<T, R extends Batch> {
  readonly domain: TimeDomain<T>;
  readonly info: OperatorInfo;
  readonly name: string;
  readonly bins: Bins;
  readonly inputs: readonly InputPort<T, Batch>[];
  readonly keys: readonly HashExchange<Batch>[];
  readonly layouts: readonly Layout<Batch>[];
  readonly state: InputPort<T, Rows<StateMessage>>;
  readonly output: OutputPort<T, R>;
  readonly credits: OutputPort<T, Rows<CreditMessage>>;
  readonly logic: Logic<T, unknown, R>;
  readonly codec: Codec<unknown>;
  readonly gating: "bin" | "step";
  readonly budget: number;
  readonly log: ((event: MigrationEvent<T>) => void) | undefined;
  readonly logApplied: boolean;
  /** Whether all steps at a time and before have taken effect on this worker. */
  readonly isSettled: (time: T) => boolean;
  /** Called when bins are to leave and may have absorbed what they must. */
  readonly onAbsorbed: () => void;
}

/** The host as those see it who don't care what it sends. */
export type AnyHost<T> = Pick<
  Host<T, Batch>,
  | "activate"
  | "admits"
  | "await"
  | "hasAbsorbed"
  | "isHere"
  | "isSteady"
  | "leave"
  | "leavesBy"
  | "left"
  | "pendingOf"
  | "restorePending"
  | "store"
  | "takeShares"
>;

/** The bins of one operator on one worker. */
export class Host<T, R extends Batch> {
  readonly store: BinStore;
  private readonly parts: HostParts<T, R>;
  private readonly domain: TimeDomain<T>;
  private readonly bits: number;
  private readonly early: EarlyBatches<T>;
  private readonly work: PendingWork<T, unknown>;
  private readonly moment: OpenMoment<T, unknown, R>;
  /** Covers every time that has pending work. */
  private readonly rights: CapabilitySet<T>;
  private rightsMoved = false;
  private gated: Gated<T>[] = [];
  private readonly awaited = new Map<number, BinStep<T>[]>();
  private awaitedFlags: Uint8Array;
  /** Arrivals that were whole before this worker knew their step: the sequence numbers by bin. */
  private readonly unannounced = new Map<number, Set<number>>();
  private readonly arrivals: Arrivals<T>;
  private readonly leaving = new Map<number, Leaving<T>[]>();
  private hashes = new Uint32Array(256);
  private readonly scatters: (Scatter<Batch> | undefined)[];
  private delivery: Delivery<T, Rows<StateMessage>> | undefined;
  private deliveryAt = 0;
  private readonly isReady: (time: T) => boolean;
  private readonly isComplete: (time: T) => boolean;

  /** `first` is the right to answer at the least time; it is the host's. */
  constructor(parts: HostParts<T, R>, first: Capability<T>) {
    const { domain, inputs, state, gating, isSettled } = parts;
    this.parts = parts;
    this.domain = domain;
    this.store = parts.logic.store;
    this.arrivals = new Arrivals(this.store, parts.bins, (arrival) => this.arrived(arrival));
    this.bits = parts.bins.bits;
    this.early = new EarlyBatches(domain, 0);
    this.work = new PendingWork(domain);
    this.rights = new CapabilitySet(first);
    this.awaitedFlags = new Uint8Array(parts.bins.count);
    this.scatters = inputs.map(() => undefined);
    this.moment = new OpenMoment(domain, parts.output, (time, hash, record, right) => {
      this.postDate(time, binOf(hash, this.bits), record, right);
    });
    const all = inputs.length;
    this.isReady = (time) => {
      if (!isSettled(time)) return false;
      for (let i = 0; i < all; i++) if ((inputs[i] as InputPort<T, Batch>).frontier.lessThan(time)) return false;
      return gating === "bin" || !state.frontier.lessEqual(time);
    };
    this.isComplete = (time) => {
      if (!isSettled(time)) return false;
      for (let i = 0; i < all; i++) if ((inputs[i] as InputPort<T, Batch>).frontier.lessEqual(time)) return false;
      return gating === "bin" || !state.frontier.lessEqual(time);
    };
  }

  /** One activation: takes in state, applies what is ready, reads what came. */
  run(): void {
    const { inputs, info, onAbsorbed } = this.parts;
    if (this.install()) info.activate();
    if (!this.early.isEmpty || !this.work.isEmpty) this.applyReady();
    for (let i = 0; i < inputs.length; i++) {
      (inputs[i] as InputPort<T, Batch>).forEach((right, batch) => {
        if (this.isReady(right.time)) this.apply(i, right, batch);
        else this.early.add(right, i, batch.retain());
      });
    }
    if (this.rightsMoved) this.settleRights();
    if (this.leaving.size > 0) onAbsorbed();
  }

  /** Gives the first capability up, once pending work was restored under it. */
  start(): void {
    this.settleRights();
  }

  // ---- what the router tells and asks ----

  /** Whether a step at `time` may take effect here: not before a checkpoint that doesn't cover it has saved the bins. */
  admits(time: T): boolean {
    return this.parts.state.admits(time);
  }

  /** A step brings a bin here. */
  await(bin: number, step: BinStep<T>): void {
    const early = this.unannounced.get(bin);
    if (early?.delete(step.sequence)) {
      if (early.size === 0) this.unannounced.delete(bin);
      return;
    }
    const steps = this.awaited.get(bin);
    if (steps === undefined) this.awaited.set(bin, [step]);
    else steps.push(step);
    this.awaitedFlags[bin] = 1;
  }

  /** A step takes a bin away: its work at the step's time and after is not done here any more. */
  leave(bin: number, step: BinStep<T>, to: number): void {
    const { domain } = this;
    const leaves = this.leaving.get(bin);
    if (leaves !== undefined) {
      leaves.push({ step, to, shares: [] });
      return;
    }
    const shares = this.work.takeBin(bin, (time) => domain.lessEqual(step.time, time));
    if (shares.length > 0) this.rightsMoved = true;
    this.leaving.set(bin, [{ step, to, shares }]);
  }

  /** Runs it again: what the router knows has changed. */
  activate(): void {
    this.parts.info.activate();
  }

  /** Whether everything that is not at or after `time` has been applied to the bins that are here, and nothing of the kind can come. */
  hasAbsorbed(time: T): boolean {
    const { domain } = this;
    for (const { frontier } of this.parts.inputs) {
      for (const element of frontier.elements) if (!domain.lessEqual(time, element)) return false;
    }
    for (const each of this.early) if (!domain.lessEqual(time, each)) return false;
    for (const each of this.work.minimalTimes()) if (!domain.lessEqual(time, each)) return false;
    return true;
  }

  /** Whether a bin that leaves by `step` is here whole. */
  isHere(bin: number, step: BinStep<T>): boolean {
    if (!this.store.has(bin) || this.arrivals.isPartial(bin)) return false;
    return !this.awaited.get(bin)?.some(({ sequence }) => sequence < step.sequence);
  }

  /** Whether a bin is here whole, and is to stay as far as is known. */
  isSteady(bin: number): boolean {
    return this.store.has(bin) && !this.arrivals.isPartial(bin) && !this.awaited.has(bin) && !this.leaving.has(bin);
  }

  /** The next step in effect that takes a bin away, if there is one, and where to. */
  leavesBy(bin: number): Pick<Leaving<T>, "step" | "to"> | undefined {
    return this.leaving.get(bin)?.[0];
  }

  /** Hands over the pending work of a bin that leaves. */
  takeShares(bin: number): PendingShare<T, unknown>[] {
    return this.leaving.get(bin)?.[0]?.shares ?? [];
  }

  /** A bin has left: forgets it. */
  left(bin: number): void {
    const leaves = this.leaving.get(bin) as Leaving<T>[];
    leaves.shift();
    if (leaves.length === 0) this.leaving.delete(bin);
    if (this.store.has(bin)) this.store.drop(bin);
  }

  // ---- taking in state ----

  /** Takes in what came, up to the budget; returns whether more waits. */
  private install(): boolean {
    const { state, credits, codec, info } = this.parts;
    let { budget } = this.parts;
    for (;;) {
      this.delivery ??= state.next();
      const { delivery } = this;
      if (delivery === undefined) return false;
      const { data } = delivery.batch;
      while (this.deliveryAt < data.length) {
        if (budget <= 0) return true;
        const message = data[this.deliveryAt++] as StateMessage;
        this.arrivals.receive(message.from, message.bytes, this.domain, codec, () => delivery.retain());
        budget -= message.bytes.length;
        credits.session(delivery).give({ to: message.from, from: info.index, bytes: message.bytes.length });
      }
      delivery.release();
      this.delivery = undefined;
      this.deliveryAt = 0;
    }
  }

  /** A bin is here whole: arms its pending work, and lets the records that waited for it go on. */
  private arrived({ bin, sequence, from, bytes, capability, shares }: Arrival<T>): void {
    const { info, name, log } = this.parts;
    for (const { time, records } of shares) {
      for (const record of records) this.postDate(time, bin, record, capability);
    }
    const steps = this.awaited.get(bin);
    const at = steps?.findIndex((step) => step.sequence === sequence) ?? -1;
    if (steps === undefined || at < 0) {
      const early = this.unannounced.get(bin);
      if (early === undefined) this.unannounced.set(bin, new Set([sequence]));
      else early.add(sequence);
    } else {
      steps.splice(at, 1);
      if (steps.length === 0) {
        this.awaited.delete(bin);
        this.awaitedFlags[bin] = 0;
      }
    }
    const { time } = capability;
    log?.({ kind: "installed", worker: info.index, operator: name, time, at: info.now(), sequence, bin, from, bytes });
    this.ungate();
    capability.release();
  }

  // ---- applying ----

  /** Applies, in the order of times, what waited and has its turn now. At equal times records come before post-dated work. */
  private applyReady(): void {
    const { early, work, domain } = this;
    for (;;) {
      const entry = early.first(this.isReady);
      const due = work.first(this.isComplete);
      if (entry !== undefined && (due === undefined || domain.compare(entry.time, due) <= 0)) this.applyEarly(entry);
      else if (due !== undefined) this.applyDue(due);
      else return;
    }
  }

  private applyEarly(entry: EarlyTime<T>): void {
    this.early.take(entry);
    for (const { input, batch } of entry.batches) {
      this.apply(input, entry.capability, batch);
      batch.release();
    }
    entry.capability.release();
  }

  private applyDue(time: T): void {
    const { logic, logApplied } = this.parts;
    const capability = this.rights.delayed(time);
    const all: unknown[] = [];
    const bins: number[] = [];
    this.work.take(time, (bin, records) => {
      for (const record of records) {
        all.push(record);
        if (logApplied) bins.push(bin);
      }
    });
    this.rightsMoved = true;
    if (logApplied) this.tellApplied(time, Uint32Array.from(bins), true);
    this.moment.open(capability);
    try {
      logic.due(this.moment, all);
    } finally {
      this.moment.close();
      capability.release();
    }
  }

  /** Applies a batch, less what belongs to bins that are still to arrive: that waits. */
  private apply(input: number, right: Right<T>, batch: Batch): void {
    let free = batch;
    if (this.awaited.size > 0) {
      const part = this.withoutGated(input, right, batch);
      if (part === undefined) return;
      free = part;
    }
    if (this.parts.logApplied) this.tellApplied(right.time, this.binsOf(input, free).slice(0, free.length), false);
    this.moment.open(right);
    try {
      (this.parts.logic.folds[input] as (moment: unknown, batch: Batch) => void)(this.moment, free);
    } finally {
      this.moment.close();
      if (free !== batch) free.release();
    }
  }

  /** The records of a batch that need not wait; undefined if there are none. */
  private withoutGated(input: number, right: Right<T>, batch: Batch): Batch | undefined {
    const { length } = batch;
    const bins = this.binsOf(input, batch);
    const { awaitedFlags } = this;
    let gated = 0;
    for (let i = 0; i < length; i++) {
      const bin = bins[i] as number;
      const waits = awaitedFlags[bin] === 1 && this.isGated(bin, right.time);
      bins[i] = waits ? 1 : 0;
      if (waits) gated += 1;
    }
    if (gated === 0) return batch;
    if (gated === length) {
      this.gated.push({ input, batch: batch.retain(), capability: right.delayed(right.time) });
      return undefined;
    }
    this.scatters[input] ??= (this.parts.layouts[input] as Layout<Batch>).scatter(2);
    const scatter = this.scatters[input] as Scatter<Batch>;
    scatter.targets(length).set(bins.subarray(0, length));
    scatter.counts[0] = length - gated;
    scatter.counts[1] = gated;
    scatter.plan(batch);
    const [free, waiting] = scatter.parts();
    this.gated.push({ input, batch: waiting as Batch, capability: right.delayed(right.time) });
    return free;
  }

  private isGated(bin: number, time: T): boolean {
    const steps = this.awaited.get(bin) as BinStep<T>[];
    for (const step of steps) if (this.domain.lessEqual(step.time, time)) return true;
    return false;
  }

  /** Has what waited for bins looked at again, in the order of times. */
  private ungate(): void {
    const { gated } = this;
    if (gated.length === 0) return;
    this.gated = [];
    for (const { input, batch, capability } of gated) {
      this.early.add(capability, input, batch);
      capability.release();
    }
  }

  /** The bin of each record; valid until the next call. */
  private binsOf(input: number, batch: Batch): Uint32Array {
    const { length } = batch;
    if (this.hashes.length < length) this.hashes = new Uint32Array(length * 2);
    const { hashes, bits } = this;
    (this.parts.keys[input] as HashExchange<Batch>).hash(batch, hashes);
    for (let i = 0; i < length; i++) hashes[i] = binOf(hashes[i] as number, bits);
    return hashes;
  }

  // ---- post-dated work ----

  /** Keeps a record until its time, here or, when its bin leaves before, for whoever has the bin then. */
  private postDate(time: T, bin: number, record: unknown, right: Right<T>): void {
    const { domain } = this;
    const next = this.leaving.get(bin)?.[0];
    if (next !== undefined && domain.lessEqual(next.step.time, time)) {
      // The router's right at the step's time stands for it.
      next.shares.push({ time, records: [record] });
      return;
    }
    this.work.add(time, bin, record);
    if (!this.covers(time)) this.rights.insert(right.delayed(time));
  }

  private covers(time: T): boolean {
    for (const each of this.rights.times) if (this.domain.lessEqual(each, time)) return true;
    return false;
  }

  /** Moves the rights to the least times that have work. */
  private settleRights(): void {
    const least = new Antichain(this.domain);
    for (const time of this.work.minimalTimes()) least.insert(time);
    this.rights.downgrade(least.elements);
    this.rightsMoved = false;
  }

  // ---- checkpoints ----

  /** The pending work of a bin. */
  pendingOf(bin: number): PendingShare<T, unknown>[] {
    return this.work.ofBin(bin);
  }

  /** Takes back pending work of a bin that a checkpoint holds. */
  restorePending(bin: number, share: PendingShare<T, unknown>): void {
    for (const record of share.records) this.work.add(share.time, bin, record);
  }

  private tellApplied(time: T, bins: Uint32Array, due: boolean): void {
    const { log, info, name } = this.parts;
    log?.({ kind: "applied", worker: info.index, operator: name, time, at: info.now(), bins, due });
  }
}
