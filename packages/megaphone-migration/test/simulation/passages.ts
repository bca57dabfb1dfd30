// What migrations went through in simulated schedules: a test that never gates a record shows nothing about gates.

import type { TimeDomain } from "@limmat/timely-core";
import { Arrivals } from "../../src/operators/arrivals.ts";
import { EarlyBatches } from "../../src/operators/early-batches.ts";
import { Host } from "../../src/operators/host.ts";
import { Router } from "../../src/operators/router.ts";
import { StatePacker } from "../../src/operators/state-message.ts";
import { Transfer } from "../../src/operators/transfer.ts";
import { method, withPatches } from "./patches.ts";

/** Counts of what happened. */
export interface Coverage {
  runs: number;
  /** Steps settled, and bins that arrived. */
  steps: number;
  moved: number;
  /** Records that waited because their bin was on its way. */
  gated: number;
  /** Runs of post-dated records that moved with their bin. */
  pendingMoved: number;
  /** Batches that waited for the control stream, or for their turn. */
  early: number;
  /** Looks at a destination without credit left. */
  creditExhausted: number;
  /** Bins that did not leave because of work at times incomparable to the step's. */
  incomparable: number;
  /** Several steps that take bins from one worker at once. */
  overlapping: number;
  /** Bins that were cut into several messages. */
  pieces: number;
  /** Bins copied ahead, in bits; and such copies taken back. */
  ahead: number;
  aborted: number;
  /** Bins that arrived before their step was known. */
  unannounced: number;
  /** Bins whose true transfer came while another one was under way. */
  aside: number;
  /** Steps that were cancelled. */
  cancelled: number;
  crashes: number;
  /** Runs that started from a checkpoint, on another number of workers, and after a crash with a bin under way. */
  restored: number;
  rescaled: number;
  midStep: number;
}

/** No observations. */
export function emptyCoverage(): Coverage {
  return {
    runs: 0,
    steps: 0,
    moved: 0,
    gated: 0,
    pendingMoved: 0,
    early: 0,
    creditExhausted: 0,
    incomparable: 0,
    overlapping: 0,
    pieces: 0,
    ahead: 0,
    aborted: 0,
    unannounced: 0,
    aside: 0,
    cancelled: 0,
    crashes: 0,
    restored: 0,
    rescaled: 0,
    midStep: 0,
  };
}

/** Adds one to another. */
export function addCoverage(total: Coverage, more: Coverage): void {
  for (const key of Object.keys(total) as (keyof Coverage)[]) total[key] += more[key];
}

interface RouterInside {
  readonly outstanding: readonly number[];
  readonly departures: readonly unknown[];
}
interface HostInside {
  readonly domain: TimeDomain<unknown>;
  readonly unannounced: { readonly size: number };
  readonly parts: { readonly inputs: readonly { readonly frontier: { lessThan(time: unknown): boolean } }[] };
  readonly early: Iterable<unknown>;
  readonly work: { minimalTimes(): Iterable<unknown> };
}

/** Runs `act` and counts into `coverage` what it goes through. */
export function observed<R>(coverage: Coverage, act: () => R): R {
  return withPatches(
    [
      method(Host.prototype, "isGated", (original: (this: object, bin: number, time: unknown) => boolean) => {
        return function (bin, time) {
          const waits = original.call(this, bin, time);
          if (waits) coverage.gated += 1;
          return waits;
        };
      }),
      method(Host.prototype, "hasAbsorbed", (original: (this: HostInside, time: unknown) => boolean) => {
        return function (time) {
          const all = original.call(this, time);
          if (all || this.domain.total) return all;
          const isBefore = (each: unknown) =>
            this.domain.lessEqual(each, time) && this.domain.compare(each, time) !== 0;
          if (this.parts.inputs.some(({ frontier }) => frontier.lessThan(time))) return all;
          if ([...this.early, ...this.work.minimalTimes()].some(isBefore)) return all;
          coverage.incomparable += 1;
          return all;
        };
      }),
      method(Host.prototype, "arrived", (original: (this: HostInside, arrival: unknown) => void) => {
        return function (arrival) {
          const before = this.unannounced.size;
          original.call(this, arrival);
          if (this.unannounced.size > before) coverage.unannounced += 1;
        };
      }),
      method(
        Router.prototype,
        "room",
        (original: (this: RouterInside, moving: { credit: number }, to: number, budget: number) => number) => {
          return function (moving, to, budget) {
            if ((this.outstanding[to] as number) >= moving.credit) coverage.creditExhausted += 1;
            return original.call(this, moving, to, budget);
          };
        },
      ),
      method(Router.prototype, "ship", (original: (this: RouterInside, moving: unknown) => void) => {
        return function (moving) {
          if (this.departures.length > 1) coverage.overlapping += 1;
          original.call(this, moving);
        };
      }),
      method(Transfer.prototype, "pack", (original: (this: object, ...args: unknown[]) => boolean) => {
        return function (...args) {
          const isDone = original.apply(this, args);
          if (!isDone) coverage.pieces += 1;
          return isDone;
        };
      }),
      method(Transfer.prototype, "packAhead", (original: (this: object, ...args: unknown[]) => boolean) => {
        return function (...args) {
          coverage.ahead += 1;
          return original.apply(this, args);
        };
      }),
      method(StatePacker.prototype, "pending", (original: (this: object, ...args: unknown[]) => void) => {
        return function (...args) {
          coverage.pendingMoved += 1;
          original.apply(this, args);
        };
      }),
      method(StatePacker.prototype, "abort", (original: (this: object, bin: number) => void) => {
        return function (bin) {
          coverage.aborted += 1;
          original.call(this, bin);
        };
      }),
      method(Arrivals.prototype, "promote", (original: (this: object, arrival: unknown) => void) => {
        return function (arrival) {
          coverage.aside += 1;
          original.call(this, arrival);
        };
      }),
      method(EarlyBatches.prototype, "add", (original: (this: object, ...args: unknown[]) => void) => {
        return function (...args) {
          coverage.early += 1;
          original.apply(this, args);
        };
      }),
    ],
    act,
  );
}
