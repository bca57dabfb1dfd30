import { Antichain, integers, pair, product, type TimeDomain } from "@limmat/timely-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Bins,
  Configurations,
  type ControlRecord,
  difference,
  FrontierRegressionError,
  initialMap,
  LateControlError,
  RetiredTimeError,
  UnsettledTimeError,
} from "../../src/index.ts";
import { type PlacementStep, placement } from "../oracle/placement.ts";

const plane = product(integers, integers);

/** A domain, all its times up to a bound that no generated time passes, and the time at a distance from another. */
interface Clock<T> {
  readonly domain: TimeDomain<T>;
  readonly times: readonly T[];
  later(time: T, a: number, b: number): T;
}

const line: Clock<number> = {
  domain: integers,
  times: Array.from({ length: 26 }, (_, i) => i),
  later: (time, a, b) => time + a + b,
};

const grid: Clock<{ readonly outer: number; readonly inner: number }> = {
  domain: plane,
  times: Array.from({ length: 14 * 14 }, (_, i) => pair(Math.floor(i / 14), i % 14)),
  later: (time, a, b) => pair(time.outer + a, time.inner + b),
};

const distance = fc.tuple(fc.nat(2), fc.nat(2));

const stepArbitrary = fc.record({
  distance: distance.filter(([a, b]) => a + b > 0),
  sequenceGap: fc.integer({ min: 1, max: 3 }),
  map: fc.option(fc.array(fc.nat(), { minLength: 8, maxLength: 8 }), { nil: undefined }),
  moves: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 4 }),
});

const scenario = fc.record({
  bits: fc.nat(3),
  workers: fc.integer({ min: 1, max: 4 }),
  start: distance,
  steps: fc.array(stepArbitrary, { maxLength: 6 }),
  // Steps that are cancelled: anywhere in time, out of the order of sequence numbers.
  doomed: fc.array(
    fc.record({
      at: fc.nat(),
      // How far before it the cancel stands.
      before: fc.nat(),
      after: fc.nat(6),
      bin: fc.nat(),
      worker: fc.nat(),
      map: fc.boolean(),
      twice: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  // Whether the cancels are of one group.
  together: fc.boolean(),
  // Which of the records still to come is next, and what happens after it.
  actions: fc.array(
    fc.record({
      kind: fc.constantFrom("apply", "apply", "advance", "retire"),
      picks: fc.array(fc.nat(), { minLength: 4 }),
    }),
    { maxLength: 40 },
  ),
});

type Scenario = typeof scenario extends fc.Arbitrary<infer S> ? S : never;

const cancelOf = (cancels: number, sequence: number, count: number): ControlRecord => ({
  kind: "cancel",
  cancels,
  sequence,
  count,
});

/** The steps of a scenario, and the control records that say them. */
function script<T>(clock: Clock<T>, { bits, workers, start, steps, doomed, together }: Scenario) {
  const { domain, times } = clock;
  const bins = 2 ** bits;
  const script: PlacementStep<T>[] = [];
  const records: { readonly time: T; readonly record: ControlRecord }[] = [];
  let time = clock.later(clock.domain.minimum, ...start);
  let sequence = 0;
  for (const step of steps) {
    const map = step.map?.slice(0, bins).map((worker) => worker % workers);
    const moves = new Map(step.moves.map(([bin, worker]) => [bin % bins, worker % workers]));
    const count = moves.size + (map === undefined ? 0 : 1);
    if (count > 0) {
      if (map !== undefined) records.push({ time, record: { kind: "map", workers: map, sequence, count } });
      for (const [bin, worker] of moves) {
        records.push({ time, record: { kind: "move", bin, worker, sequence, count } });
      }
      script.push({ time, map, moves });
    }
    time = clock.later(time, ...step.distance);
    sequence += step.sequenceGap * 100;
  }
  // Numbers between those of the steps that stand, and cancels above all of them.
  const dead = doomed.map(({ at, after }, i) => ({
    time: times[at % times.length] as T,
    sequence: after * 100 + 1 + i,
  }));
  const before = (i: number) => {
    const time = times[(doomed[i]?.before as number) % times.length] as T;
    return domain.meet(time, dead[i]?.time as T);
  };
  doomed.forEach(({ bin, worker, map, twice }, i) => {
    const { time, sequence } = dead[i] as { time: T; sequence: number };
    const count = map ? 2 : 1;
    if (map) records.push({ time, record: { kind: "map", workers: Array(bins).fill(0), sequence, count } });
    records.push({ time, record: { kind: "move", bin: bin % bins, worker: worker % workers, sequence, count } });
    if (!together) records.push({ time: before(i), record: cancelOf(sequence, 10_000 + i, 1) });
    if (twice) records.push({ time: before(i), record: cancelOf(sequence, 20_000 + i, 1) });
  });
  if (together && dead.length > 0) {
    const time = dead.map((_, i) => before(i)).reduce((a, b) => domain.meet(a, b));
    for (const { sequence } of dead) records.push({ time, record: cancelOf(sequence, 10_000, dead.length) });
  }
  return { bins, script, dead, records };
}

function follow<T>(clock: Clock<T>, given: Scenario): void {
  const { domain, times } = clock;
  const { workers, actions } = given;
  const { bins, script: steps, dead, records } = script(clock, given);
  const tested = new Configurations(domain, new Bins(given.bits), workers);
  const coming = [...records];
  let control = new Antichain(domain, [domain.minimum]);
  let asked = new Antichain(domain, [domain.minimum]);
  let settledSteps = 0;

  // An antichain at or after `frontier`, of joins with times picked at random.
  const later = (frontier: Antichain<T>, picks: readonly number[]) =>
    new Antichain(
      domain,
      picks
        .slice(1)
        .map((pick, i) =>
          domain.join(frontier.elements[i % frontier.elements.length] as T, times[pick % times.length] as T),
        ),
    );

  const bySequence = ([a]: (number | T)[], [b]: (number | T)[]) => (a as number) - (b as number);
  const advance = (next: Antichain<T>) => {
    const passed = dead.filter(({ time }) => control.lessEqual(time) && !next.lessEqual(time));
    control = next;
    const all = tested.advance(next);
    const cancelled = all.filter((step) => step.cancelled);
    expect(cancelled.map(({ time, sequence }) => [sequence, time]).sort(bySequence)).toEqual(
      passed.map(({ time, sequence }) => [sequence, time]).sort(bySequence),
    );
    expect(cancelled.every(({ moves }) => moves.length === 0)).toBe(true);
    for (let i = 1; i < all.length; i++) {
      expect(domain.compare(all[i - 1]?.time as T, all[i]?.time as T)).toBeLessThanOrEqual(0);
    }
    const settled = all.filter((step) => !step.cancelled);
    const expected = steps.filter((step, i) => i >= settledSteps && !next.lessEqual(step.time));
    expect(settled.map((step) => step.time)).toEqual(expected.map((step) => step.time));
    for (const { time, moves } of settled) {
      // The moves of a step are what it changes in the map of the step before.
      const before = placement(domain, bins, workers, steps.slice(0, settledSteps), time);
      settledSteps += 1;
      const after = placement(domain, bins, workers, steps.slice(0, settledSteps), time);
      expect([...moves]).toEqual([...difference(Uint32Array.from(before), Uint32Array.from(after))]);
    }
  };

  const check = () => {
    const known = steps.slice(0, settledSteps);
    const wanted = new Set<number>([known.length]);
    for (const time of times) {
      if (!asked.lessEqual(time)) {
        expect(() => tested.at(time)).toThrow(RetiredTimeError);
        continue;
      }
      wanted.add(known.filter((step) => domain.lessEqual(step.time, time)).length);
      expect(tested.isSettled(time)).toBe(!control.lessEqual(time));
      if (control.lessEqual(time)) {
        expect(() => tested.at(time)).toThrow(UnsettledTimeError);
        continue;
      }
      const map = placement(domain, bins, workers, steps, time);
      const configuration = tested.at(time);
      expect([...configuration.map()]).toEqual(map);
      expect(map.map((_, bin) => configuration.workerOf(bin))).toEqual(map);
    }
    return wanted.size;
  };

  for (const { kind, picks } of actions) {
    if (kind === "apply") {
      const [next] = coming.splice((picks[0] as number) % (coming.length || 1), 1);
      if (next !== undefined) tested.apply(next.time, next.record);
    } else if (kind === "advance" && !control.isEmpty()) {
      // Never past a time whose records are still to come.
      const frontier = later(control, picks);
      for (const { time } of coming) frontier.insert(time);
      advance(frontier);
    } else if (kind === "retire" && !asked.isEmpty()) {
      asked = later(asked, picks);
      tested.retire(asked);
      // Exactly those that some time at or after the frontier has are kept, and the last one.
      expect(tested.size).toBe(check());
      // Memory: at most twice the changes that the kept ones hold.
      expect(tested.changes).toBeLessThanOrEqual(2 * bins * (tested.size - 1));
      continue;
    }
    check();
  }

  for (const { time, record } of coming) tested.apply(time, record);
  advance(new Antichain(domain));
  check();
  expect([...tested.latest.map()]).toEqual(
    steps.length === 0
      ? placement(domain, bins, workers, [], domain.minimum)
      : placement(domain, bins, workers, steps, (steps.at(-1) as PlacementStep<T>).time),
  );
  tested.retire(new Antichain(domain));
  expect([tested.size, tested.changes]).toEqual([1, 0]);
}

describe("Configurations", () => {
  it("is the function of time that its records say, under a total order", () => {
    fc.assert(fc.property(scenario, (given) => follow(line, given)));
  });

  it("is the function of time that its records say, under a partial order", () => {
    fc.assert(fc.property(scenario, (given) => follow(grid, given)));
  });

  it("supersedes a step by an earlier one, even in one group of records", () => {
    const tested = new Configurations(integers, new Bins(1), 3);
    tested.apply(9, { kind: "move", bin: 0, worker: 1, sequence: 0, count: 1 });
    tested.apply(4, { kind: "move", bin: 0, worker: 2, sequence: 1, count: 2 });
    tested.apply(4, { kind: "cancel", cancels: 0, sequence: 1, count: 2 });
    expect(tested.advance(new Antichain(integers, [5]))).toMatchObject([{ time: 4, sequence: 1, cancelled: false }]);
    expect(tested.advance(new Antichain(integers, [20]))).toMatchObject([{ time: 9, sequence: 0, cancelled: true }]);
    expect([3, 4, 9, 19].map((time) => tested.at(time).workerOf(0))).toEqual([0, 2, 2, 2]);
  });

  it("starts with bin i on worker i mod workers, once the control stream is known not to change it", () => {
    const tested = new Configurations(integers, new Bins(3), 3);
    expect(() => tested.at(0)).toThrow(UnsettledTimeError);
    expect(tested.advance(new Antichain(integers, [5]))).toEqual([]);
    expect([...tested.at(4).map()]).toEqual([0, 1, 2, 0, 1, 2, 0, 1]);
    expect(tested.at(4).sequence).toBe(-1);
    expect(() => tested.at(5)).toThrow(expect.objectContaining({ code: "UNSETTLED_TIME", time: 5 }));
  });

  it("replaces the initial configuration by a step at the least time", () => {
    const tested = new Configurations(integers, new Bins(1), 2);
    tested.apply(0, { kind: "map", workers: new Uint32Array([1, 1]), sequence: 0, count: 1 });
    tested.advance(new Antichain(integers, [1]));
    expect([...tested.at(0).map()]).toEqual([1, 1]);
    tested.retire(new Antichain(integers, [0]));
    expect(tested.size).toBe(1);
  });

  it("gives a record that is incomparable to a control time the configuration before it", () => {
    const tested = new Configurations(plane, new Bins(0), 2);
    tested.apply(pair(2, 2), { kind: "move", bin: 0, worker: 1, sequence: 0, count: 1 });
    tested.advance(new Antichain(plane, [pair(9, 9)]));
    const at = (outer: number, inner: number) => tested.at(pair(outer, inner)).workerOf(0);
    expect([at(1, 8), at(8, 1), at(2, 2), at(8, 2), at(8, 8)]).toEqual([0, 0, 1, 1, 1]);
  });

  it("drops a configuration amid others that stay", () => {
    const tested = new Configurations(plane, new Bins(0), 3);
    tested.apply(pair(1, 0), { kind: "move", bin: 0, worker: 1, sequence: 0, count: 1 });
    tested.apply(pair(1, 5), { kind: "move", bin: 0, worker: 2, sequence: 1, count: 1 });
    tested.advance(new Antichain(plane));
    // From (0, 7) on, whatever is at or after (1, 0) is at or after (1, 5) as well.
    tested.retire(new Antichain(plane, [pair(0, 7)]));
    expect(tested.size).toBe(2);
    expect(tested.at(pair(0, 7)).workerOf(0)).toBe(0);
    expect(tested.at(pair(1, 7)).workerOf(0)).toBe(2);
    expect(() => tested.at(pair(1, 3))).toThrow(expect.objectContaining({ code: "RETIRED_TIME" }));
  });

  it("keeps the memory of a long run of steps bounded by what is still asked for", () => {
    const tested = new Configurations(integers, new Bins(4), 2);
    for (let step = 0; step < 2000; step++) {
      const map = Array.from({ length: 16 }, () => step % 2);
      tested.apply(step, { kind: "map", workers: map, sequence: step, count: 1 });
      tested.advance(new Antichain(integers, [step + 1]));
      tested.retire(new Antichain(integers, [Math.max(0, step - 2)]));
      expect(tested.size).toBeLessThanOrEqual(4);
      expect(tested.changes).toBeLessThanOrEqual(2 * 3 * 16);
      expect(tested.at(step).workerOf(7)).toBe(step % 2);
    }
  });

  it("keeps the memory of steps amid others that stay bounded as well", () => {
    const tested = new Configurations(plane, new Bins(4), 2);
    const steps = 500;
    for (let step = 0; step < steps; step++) {
      const bin = step % 16;
      const worker = 1 - tested.latest.workerOf(bin);
      tested.apply(pair(1, step), { kind: "move", bin, worker, sequence: step, count: 1 });
      tested.advance(new Antichain(plane, [pair(1, step + 1)]));
      // Times (0, x) still have the initial configuration; of the others, those at or after (1, step) alone.
      tested.retire(new Antichain(plane, [pair(0, step)]));
      expect(tested.size).toBe(2);
      expect(tested.changes).toBeLessThanOrEqual(2 * 16);
    }
    expect(tested.at(pair(0, steps)).map()).toEqual(initialMap(new Bins(4), 2));
    // The initial configuration goes, and with it every change into the table.
    tested.retire(new Antichain(plane, [pair(1, steps)]));
    expect([tested.size, tested.changes]).toEqual([1, 0]);
  });

  it("refuses control records behind the control frontier", () => {
    const tested = new Configurations(integers, new Bins(0), 1);
    tested.advance(new Antichain(integers, [5]));
    const record: ControlRecord = { kind: "move", bin: 0, worker: 0, sequence: 0, count: 1 };
    expect(() => tested.apply(4, record)).toThrow(LateControlError);
    expect(() => tested.apply(5, record)).not.toThrow();
  });

  it("refuses frontiers that go back, and keeps the earlier ones", () => {
    const tested = new Configurations(plane, new Bins(0), 1);
    tested.advance(new Antichain(plane, [pair(5, 0), pair(0, 5)]));
    tested.retire(new Antichain(plane, [pair(3, 3)]));
    expect(() => tested.advance(new Antichain(plane, [pair(4, 4)]))).toThrow(FrontierRegressionError);
    expect(() => tested.retire(new Antichain(plane, [pair(2, 9)]))).toThrow(
      expect.objectContaining({ code: "FRONTIER_REGRESSION", time: pair(2, 9) }),
    );
    expect(tested.isSettled(pair(4, 4))).toBe(true);
    expect(() => tested.at(pair(2, 9))).toThrow(RetiredTimeError);
    expect(tested.at(pair(3, 3)).workerOf(0)).toBe(0);
  });
});
