// Random steps, as a controller might make them, and the operator that announces them ahead of their times.

import { OperatorBuilder, pipeline, type Rows, rows, type Stream, type Through } from "@limmat/timely-core";
import type { Random } from "@limmat/timely-core/simulation";
import {
  allAtOnce,
  batched,
  type ControlRecord,
  cancelRecords,
  controlRecords,
  fluid,
  Moves,
  optimized,
} from "../../src/index.ts";
import type { Order } from "./orders.ts";

/** A control record, and the time that it is for. */
export interface Announcement<T> {
  readonly at: T;
  readonly record: ControlRecord;
}

/** What is sent at a control time. */
export interface ControlMoment<T> {
  readonly time: T;
  readonly announcements: readonly Announcement<T>[];
}

/** Steps at a chain of times, some of them announced ahead: maps, moves, moves one by one, steps that change nothing, steps back. */
export function drawSteps<T>(
  order: Order<T>,
  random: Random,
  bins: number,
  workers: number,
  initial: ArrayLike<number>,
): ControlMoment<T>[] {
  const moments: { time: T; announcements: Announcement<T>[] }[] = [];
  let time = order.domain.minimum;
  for (let i = random.below(9); i > 0; i--) {
    moments.push({ time, announcements: [] });
    time = order.climb(time, random);
  }
  let before = Array.from(initial);
  let now = before;
  let sequence = 0;
  let plan: Moves[] = [];
  // In some runs each second step is known before the one before it, so that what was copied ahead for it is in vain.
  const overtaking = random.chance(0.3);
  moments.forEach(({ time: at }, i) => {
    let next = now.slice();
    const kind = random.below(7);
    if (kind === 0) return;
    if (kind === 1) next = before;
    else if (kind <= 3) next = now.map(() => random.below(workers));
    else if (kind === 4) next[random.below(bins)] = random.below(workers);
    else if (plan.length > 0) for (const { bin, to } of plan.shift() as Moves) next[bin] = to;
    else plan = drawPlan(random, now, workers);
    const records = drawRecords(random, now, next, sequence++);
    const announced = moments[
      Math.max(0, i - (overtaking ? (i % 2) * 4 : random.below(4)))
    ] as (typeof moments)[number];
    announced.announcements.push(...records.map((record) => ({ at, record })));
    if (random.chance(0.25)) {
      // A step that is cancelled before its time comes: nothing of it must be seen.
      const doomed = sequence++;
      const map = now.map(() => random.below(workers));
      announced.announcements.push(
        { at, record: { kind: "map", workers: map, sequence: doomed, count: 1 } },
        ...cancelRecords([doomed], sequence++).map((record) => ({ at, record })),
      );
      if (random.chance(0.5)) announced.announcements.reverse();
    }
    before = now;
    now = next;
  });
  return moments;
}

/** The steps to a random map by a random strategy. */
function drawPlan(random: Random, now: readonly number[], workers: number): Moves[] {
  const strategy = random.pick([allAtOnce, fluid, batched(2), optimized]);
  return [
    ...strategy(
      movesBetween(
        now,
        now.map(() => random.below(workers)),
      ),
    ),
  ];
}

function movesBetween(before: readonly number[], after: readonly number[]): Moves {
  return Moves.of(after.flatMap((to, bin) => (to === before[bin] ? [] : [{ bin, from: before[bin] as number, to }])));
}

function drawRecords(
  random: Random,
  before: readonly number[],
  after: readonly number[],
  sequence: number,
): ControlRecord[] {
  const moves = movesBetween(before, after);
  if (moves.length > 0 && random.chance(0.6)) return controlRecords(moves, sequence);
  return [{ kind: "map", workers: after, sequence, count: 1 }];
}

/** Sends each record on at the time that it is for. */
export function announce<T>(): Through<Stream<T, Rows<Announcement<T>>>, Stream<T, Rows<ControlRecord>>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, "announce");
    const input = builder.input(stream, pipeline);
    const [output, result] = builder.output(rows<ControlRecord>());
    builder.build(([capability]) => {
      capability?.release();
      return () =>
        input.forEach((right, { data }) => {
          for (const { at, record } of data) {
            const later = right.delayed(at);
            output.session(later).give(record);
            later.release();
          }
        });
    });
    return result;
  };
}
