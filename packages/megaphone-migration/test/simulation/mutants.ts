// Operators with one deliberate mistake each (engine rule 19): what the simulated scenarios must be able to find.

import type { TimeDomain } from "@limmat/timely-core";
import { Configurations } from "../../src/configuration/index.ts";
import { Arrivals } from "../../src/operators/arrivals.ts";
import { Host } from "../../src/operators/host.ts";
import { Router } from "../../src/operators/router.ts";
import { Transfer } from "../../src/operators/transfer.ts";
import { method, type Patch } from "./patches.ts";

/** An operator with one mistake. */
export interface Mutant {
  readonly name: string;
  /** Which shapes can show it, by name; all unless given. */
  readonly concerns?: (shape: string) => boolean;
  readonly patches: readonly Patch[];
}

// What mutants see of the classes: also what those keep to themselves.
interface HostInside {
  readonly domain: TimeDomain<unknown>;
  readonly parts: { readonly inputs: readonly { readonly frontier: { readonly elements: readonly unknown[] } }[] };
  readonly early: Iterable<unknown>;
  readonly work: { minimalTimes(): Iterable<unknown> };
  readonly leaving: Map<number, unknown[]>;
}
interface RouterInside {
  readonly parts: { readonly info: { readonly index: number } };
  readonly configurations: { readonly latest: { readonly sequence: number; map(): Uint32Array } };
  older: unknown;
  catchUp(sequence: number): void;
}
interface ArrivalInside {
  readonly capability: { readonly time: unknown };
  readonly shares: readonly { readonly time: unknown; readonly records: readonly unknown[] }[];
}

/** Everything that may still be applied. */
function* outstanding(host: HostInside): Generator<unknown> {
  for (const { frontier } of host.parts.inputs) yield* frontier.elements;
  yield* host.early;
  yield* host.work.minimalTimes();
}

/** Replaces the test of whether a bin may leave. */
function absorbed(test: (domain: TimeDomain<unknown>, step: unknown, left: unknown) => boolean): Patch {
  return method(Host.prototype, "hasAbsorbed", () => {
    return function (this: HostInside, time: unknown): boolean {
      for (const each of outstanding(this)) if (!test(this.domain, time, each)) return false;
      return true;
    };
  });
}

const before = (domain: TimeDomain<unknown>, a: unknown, b: unknown): boolean =>
  domain.lessEqual(a, b) && domain.compare(a, b) !== 0;

// Configurations in the order of their first record, under the mutant of cancels.
const numbers = new WeakMap<object, number>();
let numbered = 0;

/** The six that rule 19 names, as far as they are mistakes in this design, and others. */
export const mutants: readonly Mutant[] = [
  // Where only records of bins on their way wait, this is merely slow; where all wait, as in the paper, nothing ever leaves.
  {
    name: "F waits for what is at or before the step",
    patches: [absorbed((domain, step, left) => before(domain, step, left))],
  },
  {
    name: "F ships before work at incomparable times is done",
    concerns: (shape) => shape.includes("partially"),
    patches: [absorbed((domain, step, left) => !before(domain, left, step))],
  },
  {
    name: "F ships before earlier work is done",
    patches: [absorbed(() => true)],
  },
  {
    name: "F holds a step's time only where bins are at the announcement",
    patches: [
      method(Router.prototype, "hold", (original: (this: RouterInside, right: unknown) => void) => {
        return function (right) {
          if (this.configurations.latest.map().includes(this.parts.info.index)) original.call(this, right);
        };
      }),
    ],
  },
  {
    name: "pending work is re-registered at the step's time",
    patches: [
      method(Host.prototype, "arrived", (original: (this: object, arrival: ArrivalInside) => void) => {
        return function (arrival) {
          const { time } = arrival.capability;
          original.call(this, { ...arrival, shares: arrival.shares.map(({ records }) => ({ time, records })) });
        };
      }),
    ],
  },
  {
    name: "no gate on departing pending work",
    patches: [
      method(Host.prototype, "leave", () => {
        return function (this: HostInside, bin: number, step: unknown): void {
          this.leaving.set(bin, [...(this.leaving.get(bin) ?? []), { step, shares: [] }]);
        };
      }),
    ],
  },
  {
    name: "no gate on records of a bin on its way",
    patches: [method(Host.prototype, "isGated", () => () => false)],
  },
  {
    name: "a bin is installed twice: pending work is armed once more",
    patches: [
      method(Host.prototype, "arrived", (original: (this: object, arrival: ArrivalInside) => void) => {
        return function (arrival) {
          original.call(this, { ...arrival, shares: [...arrival.shares, ...arrival.shares] });
        };
      }),
    ],
  },
  {
    name: "a bin stays where it left",
    patches: [
      method(Host.prototype, "left", () => {
        return function (this: HostInside, bin: number): void {
          const steps = this.leaving.get(bin) as unknown[];
          steps.shift();
          if (steps.length === 0) this.leaving.delete(bin);
        };
      }),
    ],
  },
  {
    name: "records are routed by the newest step, whatever their time",
    patches: [
      method(Router.prototype, "select", () => {
        return function (this: RouterInside): void {
          this.older = undefined;
          this.catchUp(this.configurations.latest.sequence);
        };
      }),
    ],
  },
  {
    // An operator can't take a cancel after the control frontier has passed the step: the cancel's own time is passed as well. What makes
    // such a cancel harmful is that some workers have settled the step and others have not.
    name: "a cancel after the step has passed on some workers",
    patches: [
      method(
        Configurations.prototype,
        "apply",
        (original: (this: object, time: unknown, record: { readonly kind: string }) => void) => {
          return function (time, record) {
            const number = numbers.get(this) ?? numbered++;
            numbers.set(this, number);
            if (record.kind !== "cancel" || number % 2 === 0) original.call(this, time, record);
          };
        },
      ),
    ],
  },
  {
    name: "what changed after it was copied ahead is not sent",
    patches: [
      method(Transfer.prototype, "readChanges", (original: (this: { reader: unknown }) => void) => {
        return function () {
          original.call(this);
          this.reader = { next: () => undefined };
        };
      }),
    ],
  },
  {
    name: "steps take effect before a checkpoint has saved the bins",
    concerns: (shape) => shape === "crashes",
    patches: [method(Host.prototype, "admits", () => () => true)],
  },
  {
    name: "pending work is left behind",
    patches: [method(Host.prototype, "takeShares", () => () => [])],
  },
  {
    name: "pending work without a right to its time",
    patches: [method(Host.prototype, "covers", () => () => true)],
  },
  {
    name: "a bin is sent on before it is here whole",
    patches: [
      method(Host.prototype, "isHere", () => {
        return function (this: { readonly store: { has(bin: number): boolean } }, bin: number): boolean {
          return this.store.has(bin);
        };
      }),
    ],
  },
  {
    name: "what was copied ahead in vain is not taken back",
    patches: [method(Arrivals.prototype, "abort", () => () => {})],
  },
];
