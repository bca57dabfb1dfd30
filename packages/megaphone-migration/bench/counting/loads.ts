// The counting loads by name: keys of 8-byte counts, 500,000 records a second unless a case says otherwise.
import type { RunSpec } from "../harness/run-spec.ts";
import type { CountingLoad } from "./counting.ts";

/** What the reference's figures were measured with, in records a second of both workers. */
const usualRate = 500_000;

/** A run of a load, without migrations. */
export function counts(load: Omit<CountingLoad, "kind">, seconds: number, rate = usualRate): RunSpec {
  return { load: { kind: "counting", ...load }, rate, seconds };
}

/** The name of a load: `native-hash-4M`, `hash-4M-b12`. */
export function nameOf({ state, keys, bins }: Omit<CountingLoad, "kind">): string {
  const domain = keys >= 1e9 ? `${keys / 1e9}G` : keys >= 1e6 ? `${keys / 1e6}M` : `${keys / 1e3}k`;
  return bins === undefined ? `native-${state}-${domain}` : `${state}-${domain}-b${bins}`;
}
