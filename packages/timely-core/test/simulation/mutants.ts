// Engines with one deliberate mistake each (engine rule 19): what the simulation suite must be able to find. A mutant replaces methods of
// the engine's classes while it is in force, so production code needs no hooks for it.

import { Capability } from "../../src/dataflow/capability.ts";
import { InputPort } from "../../src/dataflow/channels/input-port.ts";
import { Notificator } from "../../src/dataflow/notificator.ts";
import { FrontierNotificator } from "../../src/dataflow/notificator-frontier.ts";
import { Antichain, type Frontier, MutableAntichain } from "../../src/order/index.ts";
import { Broadcast, ChangeBatch, type ProgressLine, Subgraph } from "../../src/progress/index.ts";
import { Tracker } from "../../src/progress/reachability.ts";
import { Worker } from "../../src/worker/worker.ts";

/** An engine with one mistake. */
export interface Mutant {
  readonly name: string;
  /** Which shapes can show it, by name; all unless given. */
  readonly concerns?: (shape: string) => boolean;
  /** What is replaced. */
  readonly patches: readonly Patch[];
}

/** One method of one class replaced. */
interface Patch {
  readonly prototype: object;
  readonly method: string;
  readonly replace: (original: PropertyDescriptor) => PropertyDescriptor;
}

/** Runs `act` while the mutant is in force. */
export function withMutant<R>(mutant: Mutant, act: () => R): R {
  const undo: (() => void)[] = [];
  try {
    for (const { prototype, method, replace } of mutant.patches) {
      const original = Object.getOwnPropertyDescriptor(prototype, method);
      if (original === undefined) throw new Error(`mutant ${mutant.name}: the engine has no ${method} any more`);
      undo.push(() => Object.defineProperty(prototype, method, original));
      Object.defineProperty(prototype, method, replace(original));
    }
    return act();
  } finally {
    for (const each of undo.reverse()) each();
  }
}

// What mutants see of the engine's classes: also what those keep to themselves.
type Changes = ChangeBatch<unknown>;
interface BroadcastInside {
  readonly domain: Changes["domain"];
  readonly lines: readonly ProgressLine[];
  readonly backlogs: readonly Changes[];
  encode(changes: Changes): Uint8Array;
}
interface ScopeInside {
  readonly parent: unknown;
  readonly running: boolean;
  readonly tracker: Tracker<unknown, unknown>;
  readonly trackerOrUndefined: unknown;
  readonly nodes: readonly { readonly name: string }[];
  shareProgress(): void;
}
interface CapabilityInside {
  released: boolean;
  readonly current: unknown;
  readonly port: {
    readonly held: Set<unknown>;
    readonly scope: ScopeInside;
    holds(time: unknown, diff: number): void;
    flush(): void;
  };
}
interface InputInside {
  readonly scope: { record(location: number, time: unknown, diff: number): void; shareProgress(): void };
  readonly location: number;
}
type Reader = (right: { readonly time: unknown }, batch: { readonly length: number }) => void;

/** Replaces a method; `make` is given the original. */
function method<This, Args extends readonly unknown[], Result>(
  prototype: object,
  name: string,
  make: (original: (this: This, ...args: Args) => Result) => (this: This, ...args: Args) => Result,
): Patch {
  return {
    prototype,
    method: name,
    replace: (original) => ({ ...original, value: make(original.value) }),
  };
}

function sent(lines: readonly ProgressLine[], backlogs: readonly Changes[], encode: (changes: Changes) => Uint8Array) {
  return (changes: Changes): void => {
    lines.forEach((line, i) => {
      const backlog = backlogs[i] as Changes;
      if (backlog.isEmpty() && line.offer(encode(changes))) return;
      for (let j = 0; j < changes.length; j++) {
        backlog.update(changes.locations[j] as number, changes.times[j], changes.diffs[j] as number);
      }
    });
  };
}

/** A batch's changes in several batches. */
function pieces(changes: Changes, length: number): Changes[] {
  const result: Changes[] = [];
  for (let from = 0; from < changes.size(); from += length) {
    const piece = new ChangeBatch(changes.domain);
    for (let i = from; i < Math.min(from + length, changes.size()); i++) {
      piece.update(changes.locations[i] as number, changes.times[i], changes.diffs[i] as number);
    }
    result.push(piece);
  }
  return result;
}

const loops = (shape: string): boolean => /loop|iterat/.test(shape);

const earlyRelease: Mutant = {
  name: "early capability release",
  patches: [
    method(Capability.prototype, "release", (original: (this: CapabilityInside) => void) => {
      return function (this: CapabilityInside): void {
        const { port } = this;
        if (this.released || port.scope.trackerOrUndefined === undefined) {
          original.call(this);
          return;
        }
        // The -1 travels in a batch of its own, and what was sent under it is counted after it.
        this.released = true;
        port.held.delete(this);
        port.holds(this.current, -1);
        port.scope.shareProgress();
        port.flush();
      };
    }),
  ],
};

const splitBatch: Mutant = {
  name: "split progress batch",
  patches: [
    method(Broadcast.prototype, "send", () => {
      return function (this: BroadcastInside, changes: Changes): void {
        const send = sent(this.lines, this.backlogs, (piece) => this.encode(piece));
        for (const half of pieces(changes, Math.ceil(changes.size() / 2))) send(half);
      };
    }),
  ],
};

const fragmentApplied: Mutant = {
  name: "fragment of a large progress batch applied before the rest",
  patches: [
    method(Broadcast.prototype, "send", () => {
      return function (this: BroadcastInside, changes: Changes): void {
        const send = sent(this.lines, this.backlogs, (piece) => this.encode(piece));
        for (const piece of pieces(changes, 6)) send(piece);
      };
    }),
  ],
};

const missingSummary: Mutant = {
  name: "missing feedback summary",
  concerns: loops,
  patches: [
    method(
      Subgraph.prototype,
      "setOperator",
      (
        original: (this: ScopeInside, node: number, operator: unknown, internal: unknown, notified: boolean) => void,
      ) => {
        return function (this: ScopeInside, node, operator, internal, notified): void {
          const none = this.nodes[node]?.name === "feedback" ? [[[]]] : internal;
          original.call(this, node, operator, none, notified);
        };
      },
    ),
  ],
};

const clampedNegative: Mutant = {
  name: "clamped negative",
  patches: [
    method(
      MutableAntichain.prototype,
      "update",
      (original: (this: MutableAntichain<unknown>, time: unknown, diff: number) => boolean) => {
        return function (this: MutableAntichain<unknown>, time, diff): boolean {
          let count = 0;
          for (const [at, n] of this.entries()) if (this.domain.compare(at, time) === 0) count = n;
          return original.call(this, time, Math.max(diff, -count));
        };
      },
    ),
  ],
};

const lostOnDrop: Mutant = {
  name: "progress lost on drop",
  patches: [
    method(Worker.prototype, "finish", () => {
      return function (this: { dataflows: Map<number, unknown> }, dataflow: { readonly id: number }): void {
        this.dataflows.delete(dataflow.id);
      };
    }),
  ],
};

/** A frontier as the least time at or after all its elements, which is what it is not. */
class Joined<T> implements Frontier<T> {
  readonly domain: Frontier<T>["domain"];
  private readonly whole: Frontier<T>;

  constructor(whole: Frontier<T>) {
    this.domain = whole.domain;
    this.whole = whole;
  }

  get elements(): readonly T[] {
    const [first, ...rest] = this.whole.elements;
    return first === undefined ? [] : [rest.reduce((a, b) => this.domain.join(a, b), first)];
  }

  lessEqual(time: T): boolean {
    return new Antichain(this.domain, this.elements).lessEqual(time);
  }

  lessThan(time: T): boolean {
    return new Antichain(this.domain, this.elements).lessThan(time);
  }

  isEmpty(): boolean {
    return this.whole.isEmpty();
  }
}

const joinForMeet: Mutant = {
  name: "frontier join for meet",
  // Where times are totally ordered a frontier has one element, and the mutant is no mutant.
  concerns: (shape) => loops(shape) || shape.includes("partially ordered"),
  patches: [
    method(
      Tracker.prototype,
      "frontier",
      (original: (this: Tracker<unknown, unknown>, location: number) => Frontier<unknown>) => {
        return function (this: Tracker<unknown, unknown>, location): Frontier<unknown> {
          return new Joined(original.call(this, location));
        };
      },
    ),
  ],
};

const countedOnArrival: Mutant = {
  name: "records counted as consumed when they arrive",
  patches: [
    method(
      InputPort.prototype,
      "accept",
      (original: (this: InputInside, time: unknown, batch: { readonly length: number }) => void) => {
        return function (this: InputInside, time, batch): void {
          this.scope.record(this.location, time, -batch.length);
          original.call(this, time, batch);
        };
      },
    ),
    method(InputPort.prototype, "forEach", (original: (this: InputInside, read: Reader) => void) => {
      return function (this: InputInside, read): void {
        original.call(this, (right, batch) => {
          // Makes up for what is recorded after reading.
          this.scope.record(this.location, right.time, batch.length);
          read(right, batch);
        });
      };
    }),
  ],
};

// Applying a worker's own changes one by one, instead of as a batch, would be no mutant: nobody looks at a frontier between two changes of
// one activation. What matters is that they are not shared in pieces.
const consumedFirst: Mutant = {
  name: "consumption shared before what it caused",
  patches: [
    method(InputPort.prototype, "forEach", (original: (this: InputInside, read: Reader) => void) => {
      return function (this: InputInside, read): void {
        original.call(this, read);
        this.scope.shareProgress();
      };
    }),
  ],
};

const droppedWhenFull: Mutant = {
  name: "progress dropped while a line is full",
  patches: [
    method(Broadcast.prototype, "send", () => {
      return function (this: BroadcastInside, changes: Changes): void {
        for (const line of this.lines) line.offer(this.encode(changes));
      };
    }),
  ],
};

// What waits for each line, oldest first, per broadcast under the mutant below.
const waiting = new WeakMap<object, Uint8Array[][]>();

function waitingOf(broadcast: BroadcastInside): Uint8Array[][] {
  const known = waiting.get(broadcast) ?? broadcast.lines.map(() => []);
  waiting.set(broadcast, known);
  return known;
}

const newestFirst: Mutant = {
  name: "held-back progress sent newest first",
  patches: [
    method(Broadcast.prototype, "send", () => {
      return function (this: BroadcastInside, changes: Changes): void {
        this.lines.forEach((line, i) => {
          const stack = waitingOf(this)[i] as Uint8Array[];
          const message = this.encode(changes);
          if (stack.length > 0 || !line.offer(message)) stack.push(message.slice());
        });
      };
    }),
    method(Broadcast.prototype, "flush", () => {
      return function (this: BroadcastInside): boolean {
        let clear = true;
        this.lines.forEach((line, i) => {
          const stack = waitingOf(this)[i] as Uint8Array[];
          while (stack.length > 0 && line.offer(stack[stack.length - 1] as Uint8Array)) stack.pop();
          if (stack.length > 0) clear = false;
        });
        return clear;
      };
    }),
  ],
};

// What a scope is still to report to its parent, under the mutant below.
const unreported = new WeakMap<object, Changes>();

const heldLate: Mutant = {
  name: "a scope reports what it holds one activation late",
  concerns: (shape) => loops(shape) || shape.includes("region"),
  patches: [
    method(Subgraph.prototype, "reportHeld", (original: (this: ScopeInside) => void) => {
      return function (this: ScopeInside): void {
        const { exitChanges } = this.tracker;
        if (this.parent === undefined || !this.running) {
          original.call(this);
          return;
        }
        const now = new ChangeBatch(exitChanges.domain);
        exitChanges.drainInto(now);
        unreported.get(this)?.drainInto(exitChanges);
        unreported.set(this, now);
        original.call(this);
      };
    }),
    method(Subgraph.prototype, "schedule", (original: (this: ScopeInside) => boolean) => {
      return function (this: ScopeInside): boolean {
        return original.call(this) || unreported.get(this)?.isEmpty() === false;
      };
    }),
  ],
};

const ringHeld: Mutant = {
  name: "batches that wait keep the memory of their ring",
  concerns: (shape) => shape.startsWith("columns"),
  patches: [method(InputPort.prototype, "returnBorrowed", () => () => {})],
};

type Frontiers = readonly Frontier<unknown>[];

const oneFrontier: Mutant = {
  name: "notifications wait for the first input only",
  patches: [
    method(Notificator.prototype, "forEach", (original: (this: object, frontiers: Frontiers, act: unknown) => void) => {
      return function (this: object, frontiers: Frontiers, act: unknown): void {
        original.call(this, frontiers.slice(0, 1), act);
      };
    }),
  ],
};

const firstElement: Mutant = {
  name: "notifications look at one element of each frontier",
  concerns: (shape) => /partial|diamond/.test(shape),
  patches: [
    method(FrontierNotificator.prototype, "next", (original: (this: object, frontiers: Frontiers) => unknown) => {
      return function (this: object, frontiers: Frontiers): unknown {
        return original.call(
          this,
          frontiers.map(({ domain, elements }) => new Antichain(domain, elements.slice(0, 1))),
        );
      };
    }),
  ],
};

const onlyBefore: Mutant = {
  name: "notifications while their own time may still arrive",
  patches: [
    method(Notificator.prototype, "forEach", (original: (this: object, frontiers: Frontiers, act: unknown) => void) => {
      return function (this: object, frontiers: Frontiers, act: unknown): void {
        const early = frontiers.map((frontier) => ({
          domain: frontier.domain,
          elements: frontier.elements,
          lessEqual: (time: unknown) => frontier.lessThan(time),
        }));
        original.call(this, early as unknown as Frontiers, act);
      };
    }),
  ],
};

/** The mutants that concern progress and notifications; the first six are those that engine rule 19 names. */
export const mutants: readonly Mutant[] = [
  earlyRelease,
  splitBatch,
  missingSummary,
  clampedNegative,
  lostOnDrop,
  joinForMeet,
  fragmentApplied,
  countedOnArrival,
  consumedFirst,
  droppedWhenFull,
  newestFirst,
  heldLate,
  ringHeld,
  oneFrontier,
  firstElement,
  onlyBefore,
];
