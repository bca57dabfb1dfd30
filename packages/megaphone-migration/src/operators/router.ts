// F, the router: sends each record to the worker that has its bin at the record's time, and bins to where the control stream says.
// Megaphone, section 3; engine rules 20 to 22.

import {
  Antichain,
  type Batch,
  type Capability,
  type Codec,
  type HashExchange,
  type InputCapability,
  type InputPort,
  type OperatorInfo,
  type OutputPort,
  type Rows,
  type TimeDomain,
  type TimeKey,
  type WorkerExchange,
} from "@limmat/timely-core";
import { type Bins, binOf } from "../bins/index.ts";
import {
  type BinMap,
  type Configuration,
  Configurations,
  type ControlRecord,
  type Moves,
  type Step,
} from "../configuration/index.ts";
import type { MigrationEvent } from "../log/index.ts";
import { Departure, type Leg } from "./departure.ts";
import { EarlyBatches } from "./early-batches.ts";
import type { AnyHost, BinStep } from "./host.ts";
import { type CreditMessage, type StateMessage, StatePacker } from "./state-message.ts";
import { Transfer } from "./transfer.ts";

/** The most bytes of one state message. */
const messageBytes = 64 * 1024;

/** What the router is made of. */
export interface RouterParts<T> {
  readonly domain: TimeDomain<T>;
  readonly info: OperatorInfo;
  readonly name: string;
  readonly bins: Bins;
  readonly initial: BinMap | undefined;
  readonly inputs: readonly InputPort<T, Batch>[];
  readonly outputs: readonly OutputPort<T, Batch>[];
  readonly control: InputPort<T, Rows<ControlRecord>>;
  readonly log: ((event: MigrationEvent<T>) => void) | undefined;
}

/** What it moves bins with; an operator without state moves none. */
export interface MovingParts<T> {
  readonly host: AnyHost<T>;
  readonly state: OutputPort<T, Rows<StateMessage>>;
  /** The number of that output. */
  readonly stateOutput: number;
  readonly credits: InputPort<T, Rows<CreditMessage>>;
  readonly codec: Codec<unknown>;
  readonly budget: number;
  readonly credit: number;
  /** The most bytes that are copied ahead of their steps. */
  readonly preCopy: number;
  /** Whether bins may go to a worker as they lie in memory, those that lie so. */
  readonly sharesMemory: (worker: number) => boolean;
}

/** Routes the records of one operator on one worker. */
export class Router<T> {
  /** Where bins live. */
  readonly configurations: Configurations<T>;
  private readonly parts: RouterParts<T>;
  private readonly early: EarlyBatches<T>[];
  private moving: MovingParts<T> | undefined;
  // The workers of all bins by the configuration that most records are routed by, and its sequence number.
  private table: BinMap;
  private tableSequence: number;
  /** Steps that are settled and not in the table yet, ascending. */
  private readonly later: { readonly sequence: number; readonly moves: Moves }[] = [];
  /** Set while a batch is routed by a configuration that is older than the table. */
  private older: Configuration<T> | undefined;
  private lastControl: readonly T[] | undefined;
  private lastData: T[] = [];
  private readonly holds = new Map<TimeKey, Capability<T>>();
  /** Steps that are settled and must not take effect here yet, ascending. */
  private deferred: Step<T>[] = [];
  private departures: Departure<T>[] = [];
  /** What may be copied ahead of its step, by bin. */
  private readonly ahead = new Map<number, Transfer<T>>();
  /** Those of which there may be more to copy, in the order of announcement, from index `copied` on. */
  private uncopied: Transfer<T>[] = [];
  private copied = 0;
  /** Bytes that were copied ahead and whose bins are still here. */
  private bytesAhead = 0;
  private outstanding: number[] = [];
  private packer: StatePacker<T> | undefined;
  private readonly isSettledTime = (time: T): boolean => this.configurations.isSettled(time);
  private readonly isInEffect = (time: T): boolean =>
    this.configurations.isSettled(time) && !this.deferred.some((step) => this.parts.domain.lessEqual(step.time, time));

  /** A router before its first activation. */
  constructor(parts: RouterParts<T>) {
    const { domain, bins, info, initial, inputs } = parts;
    this.parts = parts;
    this.configurations = new Configurations(domain, bins, info.peers, initial);
    this.early = inputs.map((_, input) => new EarlyBatches(domain, input));
    this.table = this.configurations.latest.map();
    this.tableSequence = this.configurations.latest.sequence;
  }

  /** Tells whether all steps at a time and before are known and have taken effect on this worker. */
  get inEffect(): (time: T) => boolean {
    return this.isInEffect;
  }

  /** Has it look again at what is to leave. */
  activate(): void {
    this.parts.info.activate();
  }

  /** Gives it what it moves bins with. */
  attach(moving: MovingParts<T>): void {
    this.moving = moving;
    this.packer = new StatePacker(this.parts.domain, moving.codec);
    this.outstanding = Array.from({ length: this.parts.info.peers }, () => 0);
  }

  /** The pact of a data output: each record to the worker of its bin. */
  pact(key: HashExchange<Batch>): WorkerExchange<Batch> {
    const { bits } = this.parts.bins;
    return {
      kind: "worker",
      target: (batch, _, targets) => {
        const { length } = batch;
        key.hash(batch, targets);
        const { older, table } = this;
        if (older !== undefined) {
          for (let i = 0; i < length; i++) targets[i] = older.workerOf(binOf(targets[i] as number, bits));
          return;
        }
        const shift = 31 - bits;
        for (let i = 0; i < length; i++) {
          targets[i] = table[((targets[i] as number) >>> 1) >>> shift] as number;
        }
      },
    };
  }

  /** One activation. */
  run(): void {
    const { control, inputs } = this.parts;
    if (control.hasBatches) {
      control.forEach((right, { data }) => {
        for (let i = 0; i < data.length; i++) {
          const record = data[i] as ControlRecord;
          this.configurations.apply(right.time, record);
          if (this.moving !== undefined) this.prepare(right.time, record, this.moving);
        }
        this.hold(right);
      });
    }
    if (this.lastControl === undefined || !sameTimes(this.lastControl, control.frontier.elements)) this.settle();
    if (this.deferred.length > 0 && this.moving !== undefined) this.takeEffect(this.moving);
    for (let i = 0; i < inputs.length; i++) {
      (inputs[i] as InputPort<T, Batch>).forEach((right, batch) => {
        if (!this.isSettledTime(right.time)) {
          (this.early[i] as EarlyBatches<T>).add(right, i, batch.retain());
          return;
        }
        this.select(right.time);
        (this.parts.outputs[i] as OutputPort<T, Batch>).session(right).giveBatch(batch.share(1)); // passed on, not kept: no copy
      });
    }
    if (this.configurations.size > 1) this.retire();
    if (this.moving !== undefined) this.ship(this.moving);
  }

  // ---- control ----

  /** Keeps the right to send state at a control time, on every worker, until it is known whose bins move (Megaphone, section 3). */
  private hold(right: InputCapability<T>): void {
    if (this.moving === undefined) return;
    const key = this.parts.domain.key(right.time);
    if (!this.holds.has(key)) this.holds.set(key, right.retain(this.moving.stateOutput).named("a step is announced"));
  }

  /** Notes the bins that an announced record would take away, to be copied ahead. */
  private prepare(time: T, record: ControlRecord, moving: MovingParts<T>): void {
    if (moving.preCopy === 0) return;
    const step = { time, sequence: record.sequence };
    if (record.kind === "move") this.prepareBin(record.bin, step, record.worker, moving);
    else if (record.kind === "map") {
      for (let bin = 0; bin < record.workers.length; bin++) {
        this.prepareBin(bin, step, record.workers[bin] as number, moving);
      }
    }
  }

  private prepareBin(bin: number, step: BinStep<T>, to: number, { host, sharesMemory }: MovingParts<T>): void {
    if (to === this.parts.info.index || this.ahead.has(bin) || !host.isSteady(bin)) return;
    if (host.store.bytes(bin) === 0 || (sharesMemory(to) && host.store.hasBlocks(bin))) return;
    const transfer = new Transfer(host, bin, step, to);
    this.ahead.set(bin, transfer);
    this.uncopied.push(transfer);
  }

  /** Takes in how far the control stream has come. */
  private settle(): void {
    const { control, info, name, log } = this.parts;
    this.lastControl = [...control.frontier.elements];
    for (const step of this.configurations.advance(control.frontier)) {
      const { time, sequence, moves } = step;
      if (step.cancelled) {
        log?.({ kind: "cancelled", worker: info.index, operator: name, time, at: info.now(), sequence });
        continue;
      }
      log?.({ kind: "step", worker: info.index, operator: name, time, at: info.now(), sequence, moves });
      this.later.push({ sequence, moves });
      if (this.moving !== undefined) this.deferred.push(step);
    }
    if (this.moving !== undefined) this.takeEffect(this.moving);
    this.early.forEach((early, input) => this.release(early, input));
  }

  /** Has steps take effect on the host, as far as it admits them. */
  private takeEffect(moving: MovingParts<T>): void {
    const { domain, info } = this.parts;
    while (this.deferred.length > 0) {
      const step = this.deferred[0] as Step<T>;
      if (!moving.host.admits(step.time)) break;
      this.deferred.shift();
      this.announce(step, moving);
      const key = domain.key(step.time);
      const departure = new Departure(step, this.holds.get(key) as Capability<T>, info.index);
      if (departure.isDone) continue;
      this.holds.delete(key);
      this.departures.push(departure);
    }
    this.takeBack(moving);
    for (const [key, capability] of this.holds) {
      if (!this.isInEffect(capability.time)) continue;
      this.holds.delete(key);
      capability.release();
    }
    moving.host.activate();
  }

  /** Takes back what was copied ahead for moves that did not come to be as announced. */
  private takeBack(moving: MovingParts<T>): void {
    for (const [bin, transfer] of this.ahead) {
      const { step, to } = transfer;
      const next = moving.host.leavesBy(bin);
      if (next === undefined && !this.isInEffect(step.time)) continue;
      if (next?.step.sequence === step.sequence && next.to === to) continue;
      this.ahead.delete(bin);
      if (!transfer.hasBegun) continue;
      const packer = this.packer as StatePacker<T>;
      transfer.abort(packer);
      this.bytesAhead -= transfer.bytesAhead;
      this.send(moving, this.rightFor(step), to);
    }
  }

  private announce(step: Step<T>, { host }: MovingParts<T>): void {
    const { index } = this.parts.info;
    const { bins, from, to } = step.moves;
    for (let i = 0; i < bins.length; i++) {
      if (from[i] === index) host.leave(bins[i] as number, step, to[i] as number);
      else if (to[i] === index) host.await(bins[i] as number, step);
    }
  }

  /** Sends on what waited for the control frontier. */
  private release(early: EarlyBatches<T>, input: number): void {
    for (;;) {
      const entry = early.first(this.isSettledTime);
      if (entry === undefined) return;
      early.take(entry);
      this.select(entry.time);
      const session = (this.parts.outputs[input] as OutputPort<T, Batch>).session(entry.capability);
      for (const { batch } of entry.batches) session.giveBatch(batch);
      entry.capability.release();
    }
  }

  // ---- routing ----

  /** Chooses the configuration that records of a time are routed by. */
  private select(time: T): void {
    this.older = undefined;
    if (this.configurations.size === 1 && this.later.length === 0) return;
    const configuration = this.configurations.at(time);
    if (configuration.sequence < this.tableSequence) {
      this.older = configuration;
      return;
    }
    this.catchUp(configuration.sequence);
  }

  /** Brings the table up to a step. */
  private catchUp(last: number): void {
    const { later, table } = this;
    let taken = 0;
    for (; taken < later.length; taken++) {
      const { sequence, moves } = later[taken] as { readonly sequence: number; readonly moves: Moves };
      if (sequence > last) break;
      for (let i = 0; i < moves.length; i++) table[moves.bins[i] as number] = moves.to[i] as number;
      this.tableSequence = sequence;
    }
    if (taken > 0) later.splice(0, taken);
  }

  /** Forgets configurations that no record can ask for any more. */
  private retire(): void {
    const { inputs, domain } = this.parts;
    const asked = new Antichain(domain);
    for (const { frontier } of inputs) for (const time of frontier.elements) asked.insert(time);
    for (const early of this.early) for (const time of early) asked.insert(time);
    if (sameTimes(this.lastData, asked.elements)) return;
    this.lastData = [...asked.elements];
    this.configurations.retire(asked);
    if (this.configurations.size === 1) this.catchUp(this.configurations.latest.sequence);
  }

  // ---- moving bins ----

  /** Sends what is to leave, as far as budget and credit go. */
  private ship(moving: MovingParts<T>): void {
    const { credits, host } = moving;
    if (credits.hasBatches) {
      credits.forEach((_, { data }) => {
        for (let i = 0; i < data.length; i++) {
          const { from, bytes } = data[i] as CreditMessage;
          this.outstanding[from] = (this.outstanding[from] as number) - bytes;
        }
      });
    }
    if (this.departures.length === 0 && this.ahead.size === 0) {
      if (this.uncopied.length > 0) this.forgetCopied();
      return;
    }
    let { budget } = moving;
    for (const departure of this.departures) {
      if (!host.hasAbsorbed(departure.step.time)) continue;
      for (const leg of departure.legs) budget = this.shipLeg(moving, departure, leg, budget);
      if (departure.isDone) departure.capability.release();
    }
    this.departures = this.departures.filter(({ isDone }) => !isDone);
    if (this.uncopied.length > 0) budget = this.copyAhead(moving, budget);
    if (budget <= 0) this.parts.info.activate();
  }

  /** Sends bins to one worker; returns what is left of the budget. */
  private shipLeg(moving: MovingParts<T>, departure: Departure<T>, leg: Leg<T>, budget: number): number {
    let left = budget;
    for (let room = this.room(moving, leg.to, left); room > 0; room = this.room(moving, leg.to, left)) {
      this.pack(moving, departure, leg, room);
      const bytes = this.send(moving, departure.capability, leg.to);
      if (bytes === 0) break;
      left -= bytes;
    }
    return left;
  }

  /** Sends of bins what can be sent before their steps' times; returns what is left of the budget. */
  private copyAhead(moving: MovingParts<T>, budget: number): number {
    const packer = this.packer as StatePacker<T>;
    let left = budget;
    while (this.copied < this.uncopied.length && this.bytesAhead < moving.preCopy) {
      const transfer = this.uncopied[this.copied] as Transfer<T>;
      const { bin, step, to } = transfer;
      if (this.ahead.get(bin) === transfer) {
        const room = this.room(moving, to, left);
        if (room <= 0) return left;
        const before = transfer.bytesAhead;
        const isDone = transfer.packAhead(packer, room);
        this.bytesAhead += transfer.bytesAhead - before;
        left -= this.send(moving, this.rightFor(step), to);
        if (!isDone) continue;
      }
      this.copied += 1;
    }
    if (this.copied === this.uncopied.length) this.forgetCopied();
    return left;
  }

  private forgetCopied(): void {
    this.uncopied = [];
    this.copied = 0;
  }

  /** How many bytes may be packed for a worker at once. */
  private room(moving: MovingParts<T>, to: number, budget: number): number {
    return Math.min(messageBytes, budget, moving.credit - (this.outstanding[to] as number));
  }

  /** Sends what is packed; returns how many bytes that is. */
  private send(moving: MovingParts<T>, capability: Capability<T>, to: number): number {
    const packer = this.packer as StatePacker<T>;
    if (packer.length === 0) return 0;
    const bytes = packer.finish();
    moving.state.session(capability).give({ to, from: this.parts.info.index, bytes });
    this.outstanding[to] = (this.outstanding[to] as number) + bytes.length;
    return bytes.length;
  }

  /** Packs about `limit` bytes of bins that are here whole. */
  private pack(moving: MovingParts<T>, departure: Departure<T>, leg: Leg<T>, limit: number): void {
    const { host } = moving;
    const { step } = departure;
    const packer = this.packer as StatePacker<T>;
    while (packer.length < limit) {
      if (leg.transfer === undefined) {
        const at = leg.bins.findLastIndex((bin) => host.isHere(bin, step));
        if (at < 0) return;
        const bin = leg.bins[at] as number;
        leg.bins.splice(at, 1);
        leg.transfer = this.ahead.get(bin) ?? new Transfer(host, bin, step, leg.to);
        this.bytesAhead -= leg.transfer.bytesAhead;
        this.ahead.delete(bin);
      }
      const { transfer } = leg;
      if (!transfer.pack(packer, limit, moving.sharesMemory(leg.to))) return;
      leg.transfer = undefined;
      this.tellShipped(step, transfer);
    }
  }

  /** The right to send at the time of a step that is announced or not done yet. */
  private rightFor(step: BinStep<T>): Capability<T> {
    const { domain } = this.parts;
    // By time: a cancelled step's right may have gone to the one that took its place.
    const departure = this.departures.find((each) => domain.compare(each.step.time, step.time) === 0);
    return (departure?.capability ?? this.holds.get(domain.key(step.time))) as Capability<T>;
  }

  private tellShipped(step: Step<T>, { bin, to, bytes, bytesAhead, blocks }: Transfer<T>): void {
    const { log, info, name } = this.parts;
    const { time, sequence } = step;
    log?.({
      kind: "shipped",
      worker: info.index,
      operator: name,
      time,
      at: info.now(),
      sequence,
      bin,
      to,
      bytes,
      bytesAhead,
      blocks,
    });
  }
}

/** Whether two frontiers have the same elements, by identity: what is equal but another object counts as moved. */
function sameTimes<T>(a: readonly T[], b: readonly T[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
