// Checkpoints on one worker: hears and tells which are wanted, has dataflows make their cuts, writes this worker's part; worker 0 makes
// the parts of all a checkpoint. docs/adr/0014-checkpoints.md has the protocol and why it is exact.

import { ByteReader, ByteWriter } from "../codec/index.ts";
import { integers, type TimeDomain } from "../order/index.ts";
import { type FoundCheckpoint, prune, readCatalogue, type SkippedCheckpoint } from "./catalogue.ts";
import { checksum } from "./checksum.ts";
import { DataflowCuts, type Origin, type SavedOperator } from "./dataflow-cuts.ts";
import { CheckpointError } from "./errors.ts";
import { Ledger, type ReportedPart } from "./ledger.ts";
import { manifestName, manifestVersion, partName, writeManifest } from "./manifest.ts";
import { type Note, readNote, writeNote } from "./notes.ts";
import { type PartEntry, partWriter, readPart, writePart } from "./part.ts";
import { AskedTimes, EveryTime, type Schedule } from "./schedule.ts";
import type { CheckpointStore } from "./store.ts";

/** That a run takes checkpoints, where they are kept, and what it starts from. */
export interface CheckpointOptions<T = number> {
  /** Where they are kept: on every worker an object of its own, over the same contents. */
  readonly store: CheckpointStore;
  /**
   * The times of the dataflows that are checkpointed. Default: integers. Those of other times, told by their name, take no part, nor do
   * barriers, sequencers and what reads logs: give a dataflow with a clock of its own a domain with a name of its own.
   */
  readonly domain?: TimeDomain<T>;
  /**
   * Integer times only: takes a checkpoint at the last time before each multiple of this, without being asked. Multiples that are
   * passed together cost one. Left out, programs ask with `worker.checkpoint`.
   */
  readonly every?: number;
  /**
   * What the run starts from: the newest checkpoint that is whole, if the store has any (true, the default), the one of that number, or
   * none (false), which gives up those that are there.
   */
  readonly restore?: boolean | number;
  /** How many checkpoints stay in the store. Default 2: the newest, and one to fall back to should that turn out damaged. */
  readonly keep?: number;
}

/** The checkpoint that a run started from. */
export interface RestoredCheckpoint<T = number> {
  /** Its number: ascending over all runs on one store. */
  readonly id: number;
  /** The time that it covers, and everything before it: inputs send only what is at other times. */
  readonly time: T;
  /** The number of workers that took it. */
  readonly workers: number;
  /** What each worker's program noted with it; in a launched run the client's note is the first. */
  readonly metadata: readonly unknown[];
  /** Newer checkpoints that can't be used. */
  readonly skipped: readonly SkippedCheckpoint[];
}

/** A checkpoint that was asked for. */
export interface PendingCheckpoint {
  /** Whether it, or a later one, is durable: known to every worker a little after it is so. */
  readonly durable: boolean;
}

/** What checkpoints need of their worker. */
export interface CheckpointHost {
  readonly index: number;
  readonly peers: number;
  /** The number of the client's endpoint, or -1. */
  readonly client: number;
  readonly generation: number;
  /** How many dataflows were built so far. */
  dataflows(): number;
  /** Sends a note to another endpoint, behind all data sent to it and before all that will be. */
  send(endpoint: number, note: Uint8Array): void;
}

/** A checkpoint that was asked for, as this worker knows it. */
interface Asked {
  readonly time: Uint8Array;
  readonly dataflows: number;
  readonly held: boolean;
}

/** A dataflow by its number. */
interface Enlisted {
  readonly id: number;
  readonly cuts: DataflowCuts;
}

/** Finds what a run starts from. */
export function findCheckpoint<T>(options: CheckpointOptions<T>): {
  restored: RestoredCheckpoint<T> | undefined;
  found: FoundCheckpoint | undefined;
  last: number;
} {
  const domain = options.domain ?? (integers as unknown as TimeDomain<T>);
  const { found, skipped, last } = readCatalogue(options.store, options.restore ?? true);
  if (found === undefined) return { restored: undefined, found, last };
  const { id, workers, metadata, time } = found.manifest;
  if (found.manifest.domain !== domain.name) {
    throw new CheckpointError(
      `checkpoint ${id} is of times of ${found.manifest.domain}, where ${domain.name} are expected: give checkpoints the domain of its dataflows`,
    );
  }
  const restored = { id, time: domain.codec.read(new ByteReader(time)), workers, metadata, skipped };
  return { restored, found, last };
}

/** One worker's side of all checkpoints of a run. */
export class Checkpointer {
  /** What the run started from. */
  readonly restored: RestoredCheckpoint<unknown> | undefined;
  /** The times of the dataflows that take part. */
  readonly domain: TimeDomain<unknown>;
  private readonly host: CheckpointHost;
  private readonly store: CheckpointStore;
  private readonly keep: number;
  /** Checkpoints of this run are numbered from 0, and those of the store from 1: what is added to the first. */
  private readonly base: number;
  private readonly asked: AskedTimes;
  private readonly schedule: Schedule;
  private readonly asks: Asked[] = [];
  private readonly metadata = new Map<number, unknown>();
  /** How many this worker's own program asked for. */
  private own = 0;
  private dataflows: Enlisted[] = [];
  /** The keys of those that were dropped. */
  private readonly dropKeys = new Set<string>();
  private readonly keys = new Map<string, number>();
  /** What the checkpoint has of dataflows that were not built yet. */
  private readonly saved = new Map<string, Map<string, { schema: string; records: Uint8Array[] }>>();
  private readonly writer = partWriter();
  /** The last number that this worker wrote a part for. */
  private written = -1;
  /** Whether nothing can change any more, so that this part holds for all later numbers as well. */
  private final = false;
  private durable = -1;
  /** Worker 0's. */
  private readonly ledger: Ledger;
  /** What workers said last when their dataflows had all ended. */
  private readonly left = new Map<number, { readonly dataflows: number; readonly asked: number }>();
  private locked = false;
  /** Whether there may be something to do although nothing else happens. */
  private news = false;
  private abandoned = false;
  /** The held checkpoint whose parts are all durable. */
  private ready = -1;

  constructor(options: CheckpointOptions<unknown>, host: CheckpointHost) {
    this.host = host;
    this.store = options.store;
    this.domain = options.domain ?? (integers as TimeDomain<unknown>);
    this.keep = options.keep ?? 2;
    if (!Number.isSafeInteger(this.keep) || this.keep < 1) {
      throw new CheckpointError(`keep is ${this.keep}: give a whole number from 1 on`);
    }
    this.ledger = new Ledger(host.peers);
    this.lock();
    const { restored, found, last } = findCheckpoint(options);
    this.restored = restored;
    this.base = last + 1;
    this.asked = new AskedTimes(this.domain, restored);
    this.schedule = this.asked;
    if (options.every !== undefined) {
      if (this.domain.name !== integers.name) {
        throw new CheckpointError(
          `every is for integer times, and these are ${this.domain.name}: ask by worker.checkpoint()`,
        );
      }
      this.schedule = new EveryTime(options.every, restored?.time as number | undefined);
    }
    for (const bytes of found?.parts ?? []) this.index(bytes, found?.manifest.dataflows ?? []);
  }

  private index(bytes: Uint8Array, dataflows: readonly string[]): void {
    for (const [key, entries] of readPart(bytes)) {
      if (!dataflows.includes(key)) continue;
      const operators = this.saved.get(key) ?? new Map<string, { schema: string; records: Uint8Array[] }>();
      this.saved.set(key, operators);
      for (const { path, schema, record } of entries) {
        const operator = operators.get(path) ?? { schema, records: [] };
        operators.set(path, operator);
        operator.records.push(record);
      }
    }
  }

  // ---- dataflows ----

  /** Takes part in the checkpoints of a dataflow that is about to be built. */
  enlist(id: number, name: string): DataflowCuts {
    this.lock();
    const count = this.keys.get(name) ?? 0;
    this.keys.set(name, count + 1);
    const key = count === 0 ? name : `${name}#${count}`;
    const operators: ReadonlyMap<string, SavedOperator> | undefined = this.saved.get(key);
    const { restored } = this;
    const origin: Origin | undefined =
      restored === undefined ? undefined : { id: restored.id, time: restored.time, operators };
    this.saved.delete(key);
    let first = this.written + 1;
    this.final = false;
    while (first < this.asks.length && id >= (this.asks[first] as Asked).dataflows) first += 1;
    const cuts = new DataflowCuts(key, this.domain, this.schedule, first, origin, this.host);
    this.dataflows.push({ id, cuts });
    return cuts;
  }

  /** A dataflow has ended. The state of its operators stays in later checkpoints: a restored run builds it again. */
  ended(id: number): void {
    this.dataflows = this.dataflows.filter((each) => each.id !== id || each.cuts.hasState);
  }

  /** A dataflow was dropped: it is in no checkpoint any more. */
  dropped(id: number): void {
    const dropped = this.dataflows.find((each) => each.id === id);
    if (dropped?.cuts.hasState) this.dropKeys.add(dropped.cuts.key);
    this.dataflows = this.dataflows.filter((each) => each !== dropped);
  }

  /** The time of the last checkpoint that this worker knows to be durable. */
  get durableTime(): unknown {
    return this.durable < 0 ? this.restored?.time : this.schedule.at(this.durable);
  }

  // ---- asking ----

  /** This worker's program asks for a checkpoint. */
  ask(time: unknown, metadata: unknown): PendingCheckpoint {
    if (this.schedule !== this.asked) {
      throw new CheckpointError(
        "this run takes checkpoints by itself: leave out checkpoints: { every } to ask for them",
      );
    }
    if (this.saved.size > 0) this.refuseMissing();
    const number = this.own++;
    const writer = new ByteWriter(16);
    this.domain.codec.write(time, writer);
    this.metadata.set(number, metadata);
    this.take({ kind: "ask", number, time: writer.finish(), dataflows: this.host.dataflows(), held: false });
    const checkpointer = this;
    return {
      get durable() {
        return checkpointer.durable >= number;
      },
    };
  }

  private refuseMissing(): void {
    throw new CheckpointError(
      `checkpoint ${this.restored?.id} has state of dataflow ${[...this.saved.keys()].join(", ")}, which this run has not built: ` +
        `build it before the next checkpoint, or start with restore: false`,
    );
  }

  /** Takes note that a checkpoint is wanted; whoever hears of it first tells all others before it sends them anything else. */
  private take(note: Extract<Note, { kind: "ask" }>): void {
    const known = this.asks[note.number];
    if (known !== undefined) {
      if (note.dataflows !== known.dataflows || checksum(note.time) !== checksum(known.time)) {
        throw new CheckpointError(
          `workers asked for different checkpoints as their number ${note.number}, or after building different dataflows: ` +
            `every worker's program must ask for the same ones, in the same order`,
        );
      }
      return;
    }
    if (note.number !== this.asks.length || this.schedule !== this.asked) {
      throw new CheckpointError(
        `a checkpoint was asked for out of order: every worker's program must ask for the same ones, in the same order`,
      );
    }
    this.asked.add(this.domain.codec.read(new ByteReader(note.time)));
    this.asks.push({ time: note.time.slice(), dataflows: note.dataflows, held: note.held });
    const bytes = writeNote(note);
    for (let peer = 0; peer < this.host.peers; peer++) if (peer !== this.host.index) this.host.send(peer, bytes);
    for (const { cuts } of this.dataflows) cuts.announced();
    this.news = true;
  }

  private refuseAbsent(who: string): never {
    throw new CheckpointError(
      `${who} ended without having asked for the last checkpoint that worker ${this.host.index} asked for: ` +
        `every worker's program must ask for the same ones, before its dataflows end`,
    );
  }

  /** Takes a note of another endpoint. */
  receive(sender: number, bytes: Uint8Array): void {
    if (this.abandoned) return;
    const note = readNote(bytes);
    switch (note.kind) {
      case "ask":
        this.take(note);
        return;
      case "part":
        this.ledger.add(sender, note);
        this.commit();
        return;
      case "commit":
        this.metadata.set(note.number, note.metadata);
        this.ready = -1;
        this.complete(note.number, note.forget);
        return;
      case "durable":
        this.durable = Math.max(this.durable, note.number);
        return;
      case "left":
        this.left.set(sender, note);
        return;
      case "over":
        if (note.dataflows >= this.host.dataflows() && note.number < this.own) this.refuseAbsent("some worker");
        return;
      default:
        throw new CheckpointError(`a worker was sent a note of a ${note.kind} checkpoint`);
    }
  }

  // ---- parts ----

  /** Whether `advance` may have something to do although nothing arrives. */
  get hasNews(): boolean {
    return this.news;
  }

  /** Makes the cuts that can be made, and writes this worker's part of each checkpoint that all dataflows have passed. */
  advance(): void {
    this.news = false;
    if (this.abandoned) return;
    for (let i = 0; i < this.dataflows.length; i++) (this.dataflows[i] as Enlisted).cuts.advance();
    while (!this.final) {
      const number = this.written + 1;
      if (this.schedule.at(number) === undefined) return;
      const ask = this.asks[number];
      if (ask !== undefined && ask.dataflows > this.host.dataflows()) return;
      let to = Number.POSITIVE_INFINITY;
      let any = false;
      for (const { cuts } of this.dataflows) {
        if (!cuts.isIn(number)) continue;
        const saved = cuts.savedTo(number);
        if (saved === undefined) return;
        any = true;
        to = Math.min(to, saved);
      }
      if (!any && ask === undefined) return;
      this.write(number, ask === undefined ? to : number);
    }
  }

  private write(number: number, to: number): void {
    if (this.saved.size > 0) this.refuseMissing();
    const { host } = this;
    const parts = this.dataflows
      .filter(({ cuts }) => cuts.isIn(number))
      .map(({ cuts }) => [cuts.key, cuts.entries(number)] as const)
      .filter(([, entries]) => entries.length > 0);
    const bytes = writePart(new Map<string, PartEntry[]>(parts), this.writer);
    const name = partName(this.base + number, host.index);
    this.store.write(name, bytes);
    this.final = to === Number.POSITIVE_INFINITY;
    this.written = this.final ? number : to;
    const note: ReportedPart = {
      kind: "part",
      from: number,
      to,
      dataflows: parts.map(([key]) => key),
      dropped: [...this.dropKeys],
      name,
      bytes: bytes.length,
      checksum: checksum(bytes),
      metadata: this.metadata.get(number),
    };
    this.metadata.delete(number);
    for (const { cuts } of this.dataflows) cuts.forget(this.written);
    if (host.index !== 0) {
      host.send(0, writeNote(note));
      return;
    }
    this.ledger.add(0, note);
    this.commit();
  }

  // ---- worker 0 ----

  /** Makes checkpoints of parts: each one that was asked for, or the last of those on a schedule. */
  private commit(): void {
    const { ledger } = this;
    let last = ledger.last();
    if (last === Number.POSITIVE_INFINITY) last = this.finalNumber();
    while (this.durable < last && this.ready < 0) {
      const number = this.schedule === this.asked ? this.durable + 1 : last;
      if (this.asks[number]?.held) {
        this.ready = number;
        this.host.send(this.host.client, writeNote({ kind: "ready", number }));
        return;
      }
      this.complete(number, false);
    }
  }

  /** When nothing can come any more, all numbers stand for the same state: the first that does. */
  private finalNumber(): number {
    let number = this.durable + 1;
    for (const part of this.ledger.partsOf(Number.POSITIVE_INFINITY)) number = Math.max(number, part.from);
    return number;
  }

  private complete(number: number, forget: boolean): void {
    const parts = this.ledger.partsOf(number);
    // A dataflow that only some workers have dropped yet is gone for all.
    const dropped = new Set(parts.flatMap((part) => part.dropped));
    const [dataflows = [], ...others] = parts.map((part) => part.dataflows.filter((key) => !dropped.has(key)));
    const same = others.every((keys) => keys.join("\n") === dataflows.join("\n"));
    if (!same && this.schedule === this.asked) {
      throw new CheckpointError(
        `workers took a checkpoint of different dataflows: ${parts.map((part) => part.dataflows.join(", ")).join(" and ")}`,
      );
    }
    // On a schedule, one worker may have built or ended a dataflow that another had not yet: the next one will do.
    if (same && !forget) this.writeManifest(number, parts, dataflows);
    this.durable = number;
    this.ledger.forget(number);
    if (!forget) {
      const note = writeNote({ kind: "durable", number, id: this.base + number });
      for (let peer = 1; peer < this.host.peers; peer++) this.host.send(peer, note);
      if (this.host.client >= 0) this.host.send(this.host.client, note);
    }
    if (this.asks[number]?.held) this.commit();
  }

  private writeManifest(number: number, parts: readonly ReportedPart[], dataflows: readonly string[]): void {
    const writer = new ByteWriter(16);
    this.domain.codec.write(this.schedule.at(number), writer);
    const id = this.base + number;
    const manifest = writeManifest({
      version: manifestVersion,
      id,
      time: writer.finish(),
      domain: this.domain.name,
      workers: this.host.peers,
      generation: this.host.generation,
      dataflows,
      parts: parts.map(({ name, bytes, checksum: sum }) => ({ name, bytes, checksum: sum })),
      metadata: parts.map((part, worker) =>
        worker === 0 ? (this.metadata.get(number) ?? part.metadata) : part.metadata,
      ),
    });
    this.metadata.delete(number);
    if (!this.store.create(manifestName(id), manifest)) {
      throw new CheckpointError(`another run wrote checkpoint ${id} into this run's store: this run is out of date`);
    }
    prune(this.store, { durable: id, keep: this.keep, restored: this.restored?.id ?? 0, last: this.base - 1 });
  }

  // ---- the end ----

  /** Tells worker 0 that this worker's dataflows have all ended. */
  leave(): void {
    if (this.abandoned) return;
    const left = { dataflows: this.host.dataflows(), asked: this.own };
    this.left.set(this.host.index, left);
    if (this.host.index !== 0) this.host.send(0, writeNote({ kind: "left", ...left }));
  }

  /** Whether this worker is still needed, although its dataflows have ended: worker 0 is until everybody's parts are a checkpoint. */
  get waits(): boolean {
    if (this.abandoned || this.host.index !== 0) return false;
    if (this.ready >= 0) return true;
    for (let peer = 0; peer < this.host.peers; peer++) {
      const left = this.left.get(peer);
      if (left === undefined || left.dataflows < this.host.dataflows()) return true;
      if (left.asked < this.own) this.refuseAbsent(`worker ${peer}`);
    }
    return false;
  }

  /** Ends this worker's part in checkpoints, as long as no other dataflow is built. */
  close(): void {
    if (this.host.index !== 0) return;
    const over = writeNote({ kind: "over", dataflows: this.host.dataflows(), number: this.durable + 1 });
    for (let peer = 1; peer < this.host.peers; peer++) this.host.send(peer, over);
    this.unlock();
  }

  /** Gives everything up: the run has failed. */
  abandon(): void {
    this.abandoned = true;
    this.unlock();
  }

  private lock(): void {
    if (this.host.index !== 0 || this.locked) return;
    this.store.lock?.();
    this.locked = true;
  }

  private unlock(): void {
    if (this.locked) this.store.unlock?.();
    this.locked = false;
  }
}
