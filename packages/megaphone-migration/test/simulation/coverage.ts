// Which of migration's rarer paths simulated runs went through, seen from outside: methods are watched while a run lasts.

import { Arrivals } from "../../src/operators/arrivals.ts";
import { Host } from "../../src/operators/host.ts";
import { Router } from "../../src/operators/router.ts";
import { Transfer } from "../../src/operators/transfer.ts";
import { method, type Patch, withPatches } from "./patches.ts";

/** Counts of observations. */
export interface Coverage {
  /** Bins that left. */
  moves: number;
  /** Post-dated work that left with its bin. */
  pendingMoved: number;
  /** Records that waited for their bin. */
  gated: number;
  /** State that had to wait for credit. */
  creditExhausted: number;
  /** Bins that were copied ahead. */
  copiedAhead: number;
  /** Copies taken back. */
  aborted: number;
  /** Transfers that came while another one of the bin was under way. */
  aside: number;
  /** Transfers that came while the bin was here. */
  void: number;
  /** Bins that were whole before their step was known here. */
  unannounced: number;
}

/** No observations. */
export function noCoverage(): Coverage {
  return {
    moves: 0,
    pendingMoved: 0,
    gated: 0,
    creditExhausted: 0,
    copiedAhead: 0,
    aborted: 0,
    aside: 0,
    void: 0,
    unannounced: 0,
  };
}

interface ArrivalsInside {
  readonly underway: Map<number, { readonly place: "first" | "aside" | "void" }[]>;
}
interface HostInside {
  readonly gated: readonly unknown[];
  readonly unannounced: Map<number, unknown>;
}

/** Runs `act` and adds what it goes through. */
export function observed<R>(coverage: Coverage, act: () => R): R {
  const patches: Patch[] = [
    method(Arrivals.prototype, "prepare", (original: (this: ArrivalsInside, bin: number, sequence: number) => void) => {
      return function (this: ArrivalsInside, bin, sequence): void {
        original.call(this, bin, sequence);
        const place = this.underway.get(bin)?.at(-1)?.place;
        if (place === "aside" || place === "void") coverage[place] += 1;
      };
    }),
    method(Host.prototype, "left", (original: (this: object, bin: number) => void) => {
      return function (this: object, bin): void {
        coverage.moves += 1;
        original.call(this, bin);
      };
    }),
    method(Host.prototype, "takeShares", (original: (this: object, bin: number) => readonly unknown[]) => {
      return function (this: object, bin): readonly unknown[] {
        const shares = original.call(this, bin);
        if (shares.length > 0) coverage.pendingMoved += 1;
        return shares;
      };
    }),
    method(Host.prototype, "run", (original: (this: HostInside) => void) => {
      return function (this: HostInside): void {
        original.call(this);
        if (this.gated.length > 0) coverage.gated += 1;
        if (this.unannounced.size > 0) coverage.unannounced += 1;
      };
    }),
    method(
      Router.prototype,
      "room",
      (original: (this: object, moving: { credit: number }, to: number, budget: number) => number) => {
        return function (this: object, moving, to, budget): number {
          const room = original.call(this, moving, to, budget);
          if (room <= 0 && budget > 0) coverage.creditExhausted += 1;
          return room;
        };
      },
    ),
    method(Transfer.prototype, "packAhead", (original: (this: object, packer: unknown, limit: number) => boolean) => {
      return function (this: object, packer, limit): boolean {
        const isDone = original.call(this, packer, limit);
        if (isDone) coverage.copiedAhead += 1;
        return isDone;
      };
    }),
    method(Transfer.prototype, "abort", (original: (this: object, packer: unknown) => void) => {
      return function (this: object, packer): void {
        coverage.aborted += 1;
        original.call(this, packer);
      };
    }),
  ];
  return withPatches(patches, act);
}
