// A worker's log: gathers what its dataflows do as typed events, and delivers them in batches.
// After timely dataflow's `logging` module.

import { edgeAddress, edgesOf, namesWithin, operatorAddress, scopeAddress } from "../dataflow/addresses.ts";
import type { Traffic } from "../dataflow/channels/traffic.ts";
import type { DataflowParts, MessageLog, OperatorParts, Replica, Watcher } from "../dataflow/context.ts";
import type { Activity, ChangeBatch, LoggedScope, Meter, ProgressLog } from "../progress/index.ts";
import type { LogEvent, ProgressChange } from "./events.ts";

/** How a worker is logged. */
export interface LogOptions {
  /**
   * "summary": what operators, channels and scopes did is summed up per delivery, and durations are estimated from some runs that are
   * timed; costs a busy worker one or two hundredths. "full": every run, message and batch of progress is an event of its own; where
   * runs take a microsecond, that costs as much as they do. Default "summary".
   */
  readonly detail?: "summary" | "full";
  /** Milliseconds between deliveries while something happens. Default 1000. */
  readonly interval?: number;
}

/** Events at which a delivery does not wait for its time. */
const enough = 1024;
/** Steps after which the clock is looked at even if no run was timed. */
const stepsPerLook = 64;

/** What was last told of an operator. */
interface Told {
  readonly address: string;
  readonly parts: OperatorParts | undefined;
  readonly activity: Activity;
  readonly node: number;
  activations: number;
  busy: number;
  recordsIn: number;
  recordsOut: number;
  held: number;
}

/** What was last told of a channel. */
interface ToldTraffic {
  readonly address: string;
  readonly traffic: Traffic;
  sentMessages: number;
  sentRecords: number;
  sentBytes: number;
  receivedMessages: number;
  receivedRecords: number;
  receivedBytes: number;
}

/** What was last told of what a scope has sent, and what it has received since. */
interface Exchanged {
  readonly address: string;
  readonly scope: Replica;
  sentBatches: number;
  sentChanges: number;
  receivedBatches: number;
  receivedChanges: number;
}

/** One dataflow under watch. */
class Watched {
  readonly parts: DataflowParts;
  readonly operators: Told[] = [];
  readonly channels: ToldTraffic[] = [];
  readonly scopes = new Map<LoggedScope, Exchanged>();

  constructor(parts: DataflowParts) {
    this.parts = parts;
    const { id } = parts;
    const known = new Map<unknown, Map<number, OperatorParts>>();
    for (const scope of parts.scopes) known.set(scope, new Map());
    for (const operator of parts.operators) known.get(operator.scope)?.set(operator.node, operator);
    for (const scope of parts.scopes) {
      const address = scopeAddress(id, scope);
      const { sentBatches, sentChanges } = scope;
      this.scopes.set(scope, { address, scope, sentBatches, sentChanges, receivedBatches: 0, receivedChanges: 0 });
      for (let node = 1; node < scope.nodes.length; node++) {
        this.operators.push({
          address: operatorAddress(id, scope, node),
          parts: known.get(scope)?.get(node),
          activity: scope.activity,
          node,
          activations: scope.activity.runs(node),
          busy: scope.activity.busy[node] ?? 0,
          recordsIn: sumOf(known.get(scope)?.get(node)?.inputs),
          recordsOut: sumOf(known.get(scope)?.get(node)?.outputs),
          held: 0,
        });
      }
    }
    for (const { traffic } of parts.channels) {
      const { edge } = traffic;
      if (edge === undefined) continue;
      this.channels.push({
        address: edgeAddress(id, edge.scope, edge.source, edge.target),
        traffic,
        sentMessages: traffic.sentMessages,
        sentRecords: traffic.sentRecords,
        sentBytes: traffic.sentBytes,
        receivedMessages: traffic.receivedMessages,
        receivedRecords: traffic.receivedRecords,
        receivedBytes: traffic.receivedBytes,
      });
    }
  }
}

function sumOf(ports: readonly { readonly records: number }[] | undefined): number {
  let sum = 0;
  if (ports !== undefined) for (const { records } of ports) sum += records;
  return sum;
}

/** Logs one worker, until it is closed. See `log` and `logStream`. */
export class Log implements Watcher, MessageLog, ProgressLog {
  /** Engine-internal: whether every run, message and batch of progress is told. @internal */
  readonly full: boolean;
  private readonly interval: number;
  private readonly now: () => number;
  private readonly meter: Meter;
  private readonly sink: (events: LogEvent[]) => void;
  private readonly ended: () => void;
  /** Dataflows that read this log. */
  private readonly reading = new Set<number>();
  private readonly watched = new Map<DataflowParts, Watched>();
  private readonly byActivity = new Map<Activity, string[]>();
  private readonly byTraffic = new Map<Traffic, string>();
  private readonly byScope = new Map<LoggedScope, Exchanged>();
  private events: LogEvent[] = [];
  private time: number;
  private due: number;
  /** Whether something happened since the last delivery that is worth one: waiting alone is not, or a reader would cause the next event. */
  private eventful = false;
  private steps = 0;
  private parkedAt = 0;
  private parkings = 0;
  private parked = 0;
  private closed = false;

  /** Engine-internal: see `log` and `logStream`. @internal */
  constructor(
    options: LogOptions,
    now: () => number,
    meter: Meter,
    sink: (events: LogEvent[]) => void,
    ended: () => void,
  ) {
    this.full = options.detail === "full";
    this.interval = options.interval ?? 1000;
    this.now = now;
    this.meter = meter;
    this.sink = sink;
    this.ended = ended;
    this.time = now();
    this.due = this.time + this.interval;
    if (this.full) meter.report((activity, node, start, duration) => this.ran(activity, node, start, duration), true);
  }

  /** Engine-internal. @internal */
  get readers(): number {
    return this.reading.size;
  }

  /** Engine-internal: leaves a dataflow out, because it reads this log. @internal */
  leaveOut(dataflow: number): void {
    this.reading.add(dataflow);
  }

  /** Engine-internal. @internal */
  attach(dataflow: DataflowParts): void {
    if (this.reading.has(dataflow.id)) {
      dataflow.meter = undefined;
      return;
    }
    const watched = new Watched(dataflow);
    this.watched.set(dataflow, watched);
    dataflow.progressLog = this;
    if (this.full) dataflow.messageLog = this;
    this.time = this.now();
    for (const [scope, exchanged] of watched.scopes) this.byScope.set(scope, exchanged);
    for (const { traffic, address } of watched.channels) this.byTraffic.set(traffic, address);
    this.tellGraph(dataflow);
    this.eventful = true;
  }

  /** Engine-internal. @internal */
  detach(dataflow: DataflowParts): void {
    if (this.reading.delete(dataflow.id)) {
      this.end(); // nobody reads it any more
      return;
    }
    const watched = this.watched.get(dataflow);
    if (watched === undefined) return;
    this.time = this.now();
    this.sumUp(watched);
    this.events.push({ kind: "shutdown", at: this.time, dataflow: String(dataflow.id) });
    this.eventful = true;
    this.forget(watched);
  }

  /** Engine-internal. @internal */
  poll(): void {
    this.steps += 1;
    if (this.steps % stepsPerLook === 0) this.time = this.now();
    else if (this.meter.time > this.time) this.time = this.meter.time;
    if (this.eventful && (this.time >= this.due || this.events.length >= enough)) this.deliver();
  }

  /** Engine-internal. @internal */
  park(): number {
    this.time = this.now();
    this.parkedAt = this.time;
    if (this.full) this.events.push({ kind: "park", at: this.time });
    if (!this.eventful) return Number.POSITIVE_INFINITY;
    if (this.time >= this.due) this.deliver();
    return this.eventful ? this.due - this.time : Number.POSITIVE_INFINITY;
  }

  /** Engine-internal. @internal */
  unpark(): void {
    this.time = this.now();
    const parked = this.time - this.parkedAt;
    if (this.full) this.events.push({ kind: "unpark", at: this.time, times: 1, parked });
    this.parkings += 1;
    this.parked += parked;
  }

  /** Delivers what was gathered, without waiting for its time. */
  flush(): void {
    this.time = this.now();
    if (!this.closed) this.deliver();
  }

  /** Delivers what was gathered, and ends the log. Closing twice is harmless. The worker closes it when all other dataflows have ended. */
  close(): void {
    this.flush();
    this.end();
  }

  private end(): void {
    if (this.closed) return;
    this.closed = true;
    if (this.full) this.meter.report(undefined, false);
    for (const watched of [...this.watched.values()]) this.forget(watched);
    this.ended();
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Engine-internal. @internal */
  sent(traffic: Traffic, peer: number, records: number, bytes: number): void {
    this.message(traffic, "sent", peer, records, bytes);
  }

  /** Engine-internal. @internal */
  received(traffic: Traffic, peer: number, records: number, bytes: number): void {
    this.message(traffic, "received", peer, records, bytes);
  }

  /** Engine-internal. @internal */
  progressSent(scope: LoggedScope, changes: ChangeBatch<unknown>): void {
    this.eventful = true;
    if (!this.full) return; // the scope itself counts
    this.progress((this.byScope.get(scope) as Exchanged).address, scope, "sent", undefined, changes);
  }

  /** Engine-internal. @internal */
  progressReceived(scope: LoggedScope, sender: number, changes: ChangeBatch<unknown>): void {
    this.eventful = true;
    this.progress((this.byScope.get(scope) as Exchanged).address, scope, "received", sender, changes);
  }

  /** Engine-internal. @internal */
  progressCounted(scope: LoggedScope, changes: number): void {
    const exchanged = this.byScope.get(scope) as Exchanged;
    this.eventful = true;
    exchanged.receivedBatches += 1;
    exchanged.receivedChanges += changes;
  }

  private ran(activity: Activity, node: number, start: number, duration: number): void {
    const operator = this.byActivity.get(activity)?.[node];
    if (operator !== undefined) this.events.push({ kind: "schedule", at: start, operator, duration });
  }

  private message(
    traffic: Traffic,
    direction: "sent" | "received",
    peer: number | undefined,
    records: number,
    bytes: number,
  ): void {
    const channel = this.byTraffic.get(traffic);
    if (channel === undefined) return;
    this.events.push({ kind: "messages", at: this.now(), channel, direction, peer, messages: 1, records, bytes });
  }

  private progress(
    scope: string,
    { ports }: LoggedScope,
    direction: "sent" | "received",
    peer: number | undefined,
    batch: ChangeBatch<unknown>,
  ): void {
    batch.compact();
    const list: ProgressChange[] = [];
    for (let i = 0; i < batch.length; i++) {
      const { node = 0, kind = "target", index = 0 } = ports[batch.locations[i] as number] ?? {};
      list.push({
        operator: node === 0 ? scope : `${scope}.${node}`,
        at: kind === "target" ? "input" : "output",
        port: index,
        time: batch.times[i],
        diff: batch.diffs[i] as number,
      });
    }
    const changes = list.length;
    this.events.push({ kind: "progress", at: this.now(), scope, direction, peer, batches: 1, changes, list });
  }

  private tellGraph(dataflow: DataflowParts): void {
    const { id } = dataflow;
    const at = this.time;
    const scopes = new Set(dataflow.scopes.map((scope) => scopeAddress(id, scope)));
    this.events.push({
      kind: "operator",
      at,
      operator: String(id),
      name: dataflow.name,
      within: [],
      scope: true,
    });
    for (const scope of dataflow.scopes) {
      const within = namesWithin(scope);
      const addresses: string[] = [scopeAddress(id, scope)];
      for (let node = 1; node < scope.nodes.length; node++) {
        const operator = operatorAddress(id, scope, node);
        addresses.push(operator);
        const name = scope.nodes[node]?.name ?? "";
        this.events.push({ kind: "operator", at, operator, name, within, scope: scopes.has(operator) });
      }
      this.byActivity.set(scope.activity, addresses);
    }
    const pacts = new Map(
      dataflow.channels.flatMap(({ traffic: { edge, pact } }) =>
        edge === undefined ? [] : [[edgeAddress(id, edge.scope, edge.source, edge.target), pact] as const],
      ),
    );
    for (const { address, from, to } of edgesOf(dataflow)) {
      // What crosses the boundary of a scope stays on its worker.
      this.events.push({ kind: "channel", at, channel: address, from, to, pact: pacts.get(address) ?? "pipeline" });
    }
  }

  private deliver(): void {
    for (const watched of this.watched.values()) this.sumUp(watched);
    if (!this.full && this.parkings > 0) {
      this.events.push({ kind: "unpark", at: this.time, times: this.parkings, parked: this.parked });
    }
    this.parkings = 0;
    this.parked = 0;
    this.eventful = false;
    this.due = this.time + this.interval;
    const { events } = this;
    if (events.length === 0) return;
    this.events = [];
    this.sink(events);
  }

  /** Tells what changed of a dataflow since it was last told. */
  private sumUp(watched: Watched): void {
    for (const told of watched.operators) {
      const held = told.parts?.outputs.reduce((sum, output) => sum + output.held.size, 0) ?? 0;
      if (held !== told.held) {
        this.events.push({ kind: "held", at: this.time, operator: told.address, count: held });
        told.held = held;
      }
      if (!this.full) this.sumUpOperator(told);
    }
    if (this.full) return;
    for (const told of watched.channels) this.sumUpTraffic(told);
    for (const exchanged of watched.scopes.values()) this.sumUpProgress(exchanged);
  }

  private sumUpOperator(told: Told): void {
    const activations = told.activity.runs(told.node);
    if (activations === told.activations) return;
    const busy = told.activity.busy[told.node] ?? 0;
    const recordsIn = sumOf(told.parts?.inputs);
    const recordsOut = sumOf(told.parts?.outputs);
    this.events.push({
      kind: "activity",
      at: this.time,
      operator: told.address,
      activations: activations - told.activations,
      busy: busy - told.busy,
      recordsIn: recordsIn - told.recordsIn,
      recordsOut: recordsOut - told.recordsOut,
    });
    told.activations = activations;
    told.busy = busy;
    told.recordsIn = recordsIn;
    told.recordsOut = recordsOut;
  }

  private sumUpTraffic(told: ToldTraffic): void {
    const { traffic, address: channel } = told;
    const at = this.time;
    const kind = "messages";
    const peer = undefined;
    if (traffic.sentMessages > told.sentMessages) {
      const messages = traffic.sentMessages - told.sentMessages;
      const records = traffic.sentRecords - told.sentRecords;
      const bytes = traffic.sentBytes - told.sentBytes;
      this.events.push({ kind, at, channel, direction: "sent", peer, messages, records, bytes });
      told.sentMessages = traffic.sentMessages;
      told.sentRecords = traffic.sentRecords;
      told.sentBytes = traffic.sentBytes;
    }
    if (traffic.receivedMessages > told.receivedMessages) {
      const messages = traffic.receivedMessages - told.receivedMessages;
      const records = traffic.receivedRecords - told.receivedRecords;
      const bytes = traffic.receivedBytes - told.receivedBytes;
      this.events.push({ kind, at, channel, direction: "received", peer, messages, records, bytes });
      told.receivedMessages = traffic.receivedMessages;
      told.receivedRecords = traffic.receivedRecords;
      told.receivedBytes = traffic.receivedBytes;
    }
  }

  private sumUpProgress(exchanged: Exchanged): void {
    const { address: scope, receivedBatches, receivedChanges } = exchanged;
    const sentBatches = exchanged.scope.sentBatches - exchanged.sentBatches;
    const sentChanges = exchanged.scope.sentChanges - exchanged.sentChanges;
    const common = { kind: "progress", at: this.time, scope, peer: undefined, list: undefined } as const;
    if (sentBatches > 0) {
      this.events.push({ ...common, direction: "sent", batches: sentBatches, changes: sentChanges });
    }
    if (receivedBatches > 0) {
      this.events.push({ ...common, direction: "received", batches: receivedBatches, changes: receivedChanges });
    }
    exchanged.sentBatches += sentBatches;
    exchanged.sentChanges += sentChanges;
    exchanged.receivedBatches = 0;
    exchanged.receivedChanges = 0;
  }

  private forget(watched: Watched): void {
    const { parts } = watched;
    parts.progressLog = undefined;
    parts.messageLog = undefined;
    this.watched.delete(parts);
    for (const scope of watched.scopes.keys()) this.byScope.delete(scope);
    for (const scope of parts.scopes) this.byActivity.delete(scope.activity);
    for (const { traffic } of watched.channels) this.byTraffic.delete(traffic);
  }
}
