// Wrong control records end a whole run with a typed error that names the operator and the culprit (Megaphone's reference crashes).

import { byKey, input, OperatorError, rows } from "@limmat/timely-core";
import { simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import {
  ControlConflictError,
  ControlCountError,
  ControlOrderError,
  type ControlRecord,
  ControlRecordError,
  ControlSequenceError,
  MapLengthError,
  mapStore,
  statefulUnary,
  UnknownBinError,
  UnknownWorkerError,
} from "../../src/index.ts";

type Sent = readonly (readonly [time: number, record: ControlRecord])[];

function endOf(seed: number, sent: Sent): unknown {
  try {
    simulate({ seed, workers: 3 }, function* (worker, random) {
      const { feed, control } = worker.dataflow((scope) => {
        const feed = input<number>(scope);
        const control = input<ControlRecord>(scope, "control");
        feed.stream.pipe(
          statefulUnary(
            "counts",
            { key: byKey((n: number) => n), control: control.stream, bins: 2 },
            rows<number>(),
            () => ({ store: mapStore<number, number>(), fold() {} }),
          ),
        );
        return { feed, control };
      });
      if (worker.index > 0) control.close();
      else {
        for (const [time, record] of sent) {
          control.advanceTo(time);
          control.send(record);
          if (random.chance(0.5)) yield;
        }
      }
      feed.send(1);
      yield;
      feed.close();
      control.close();
    });
  } catch (error) {
    return error;
  }
  return undefined;
}

const move = (bin: number, worker: number, sequence: number, count = 1): ControlRecord => ({
  kind: "move",
  bin,
  worker,
  sequence,
  count,
});

describe("wrong control records", () => {
  it.each<[string, Sent, abstract new (...args: never[]) => Error, object]>([
    ["too few records", [[2, move(0, 1, 0, 2)]], ControlCountError, { code: "CONTROL_COUNT", time: 2, received: 1 }],
    [
      "too many",
      [
        [2, move(0, 1, 0)],
        [2, move(1, 1, 0)],
      ],
      ControlCountError,
      { time: 2, received: 2 },
    ],
    [
      "two sequences at one time",
      [
        [2, move(0, 1, 0)],
        [2, move(1, 1, 1)],
      ],
      ControlSequenceError,
      { time: 2 },
    ],
    [
      "sequences that decrease",
      [
        [2, move(0, 1, 5)],
        [3, move(1, 1, 4)],
      ],
      ControlOrderError,
      { time: 3, sequence: 4 },
    ],
    ["an unknown worker", [[1, move(0, 3, 0)]], UnknownWorkerError, { worker: 3 }],
    ["an unknown bin", [[1, move(4, 1, 0)]], UnknownBinError, { bin: 4 }],
    [
      "two workers for a bin",
      [
        [1, move(0, 1, 0, 2)],
        [1, move(0, 2, 0, 2)],
      ],
      ControlConflictError,
      { time: 1 },
    ],
    ["a short map", [[1, { kind: "map", workers: [0, 1], sequence: 0, count: 1 }]], MapLengthError, { length: 2 }],
    ["no record", [[1, { kind: "merge", sequence: 0, count: 1 } as never]], ControlRecordError, { field: "kind" }],
  ])("%s", (_, sent, type, fields) => {
    for (let seed = 0; seed < 20; seed++) {
      const error = endOf(seed, sent);
      expect(error).toBeInstanceOf(OperatorError);
      expect((error as Error).message).toContain("counts");
      expect((error as OperatorError).cause).toBeInstanceOf(type);
      expect((error as OperatorError).cause).toMatchObject(fields);
    }
  });
});
