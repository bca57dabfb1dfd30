// Logs with one thing wrong each, and logs with nothing wrong. Runs are audited in test/simulation.

import { integers } from "@limmat/timely-core";
import { describe, expect, it } from "vitest";
import { audit, formatViolation, type MigrationEvent, Moves } from "../../src/index.ts";

type Event = MigrationEvent<number>;

const header = (worker: number, time: number) => ({ worker, operator: "sums", time, at: 0 });
const applied = (worker: number, time: number, bin: number, due = false): Event => ({
  ...header(worker, time),
  kind: "applied",
  bins: Uint32Array.of(bin),
  due,
});
const step = (worker: number, time: number, sequence: number, bin: number, from: number, to: number): Event => ({
  ...header(worker, time),
  kind: "step",
  sequence,
  moves: Moves.of([{ bin, from, to }]),
});
const shipped = (worker: number, time: number, sequence: number, bin: number, to: number): Event => ({
  ...header(worker, time),
  kind: "shipped",
  sequence,
  bin,
  to,
  bytes: 1,
  bytesAhead: 0,
  blocks: false,
});
const installed = (worker: number, time: number, sequence: number, bin: number, from: number): Event => ({
  ...header(worker, time),
  kind: "installed",
  sequence,
  bin,
  from,
  bytes: 1,
});

const options = { operator: "sums", domain: integers, bins: 1, workers: 2 };
/** Bin 0 goes from worker 0 to worker 1 at time 5. */
const steps = [step(0, 5, 0, 0, 0, 1), step(1, 5, 0, 0, 0, 1)];
const move = [...steps, shipped(0, 5, 0, 0, 1), installed(1, 5, 0, 0, 0)];
const found = (events: readonly Event[], more = {}): string[] =>
  audit(events, { ...options, ...more }).map(formatViolation);

describe("audit", () => {
  it("finds nothing where nothing is wrong", () => {
    expect(found([])).toEqual([]);
    expect(found([applied(0, 3, 0), applied(1, 9, 1), applied(0, 4, 0, true), ...move, applied(1, 5, 0)])).toEqual([]);
    expect(found([{ ...applied(1, 1, 0), operator: "other" }])).toEqual([]);
    expect(found([applied(1, 0, 0)], { initial: Uint32Array.of(1, 1) })).toEqual([]);
  });

  it("does not mind a run that has not ended", () => {
    expect(found([step(0, 5, 0, 0, 0, 1)], { ended: false })).toEqual([]);
  });

  it.each<[string, readonly Event[], readonly RegExp[]]>([
    ["an update elsewhere", [applied(1, 3, 0)], [/^migration: .*worker 1, bin 0, time 3: .*worker 0/, /not here/]],
    ["an update after the bin left", [...move, applied(0, 4, 0)], [/worker 0, bin 0, time 4: .* not here/]],
    ["an update before the bin came", [...steps, applied(1, 5, 0), ...move.slice(2)], [/time 5: .*not here/]],
    ["an old owner", [...steps, applied(0, 5, 0), ...move.slice(2)], [/an update belongs to worker 1/]],
    ["a later time first", [applied(0, 3, 0), applied(0, 2, 0)], [/^correctness: .*time 2: .*after time 3/]],
    ["work too early", [applied(0, 3, 0, true), applied(0, 3, 0)], [/after post-dated work of its time/]],
    ["a step that one worker misses", [...steps.slice(1), ...move.slice(2)], [/^completion: .*worker 0, step 0/]],
    ["other moves", [step(0, 5, 0, 0, 0, 1), step(1, 5, 0, 0, 1, 0), ...move.slice(2)], [/not those of the others/]],
    [
      "a move from nowhere",
      [step(0, 5, 0, 0, 1, 0), step(1, 5, 0, 0, 1, 0)],
      [/lives on worker 0/, /never sent/, /never installed/],
    ],
    ["a bin never sent", steps, [/worker 0, .*never sent/, /worker 1, .*never installed/, /ended on worker 0/]],
    ["a bin lost", move.slice(0, 3), [/never installed/, /ended nowhere/]],
    [
      "a bin installed twice",
      [...move, installed(1, 5, 0, 0, 0)],
      [/installed that was here already/, /installed more than once/],
    ],
    ["a bin sent twice", [...move, shipped(0, 5, 0, 0, 1)], [/not here/, /sent more than once/]],
    [
      "a bin sent by no step",
      [shipped(0, 5, 7, 0, 1), installed(1, 5, 7, 0, 0)],
      [/no step says/, /no step says/, /ended on worker 1/],
    ],
  ])("finds %s", (_, events, expected) => {
    const lines = found(events);
    expect(lines).toHaveLength(expected.length);
    expected.forEach((pattern, i) => {
      expect(lines[i]).toMatch(pattern);
    });
  });

  it("compares outputs", () => {
    const outputs = {
      expected: [
        [1, "a"],
        [2, "b"],
      ] as const,
      actual: [
        [1, "a"],
        [1, "a"],
        [3, "b"],
      ] as const,
    };
    expect(found([], { outputs })).toEqual([
      "correctness: sums, time 1: 1 of a came out that should not have",
      "correctness: sums, time 3: 1 of b came out that should not have",
      "correctness: sums, time 2: 1 of b should have come out",
    ]);
  });
});
