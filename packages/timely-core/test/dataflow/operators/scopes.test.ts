// Nested scopes and loops on one worker: enter, leave, region, feedback, iterate.

import { describe, expect, it } from "vitest";
import {
  concat,
  connectLoop,
  delay,
  enter,
  feedback,
  filter,
  input,
  inspect,
  iterate,
  leave,
  map,
  type Product,
  pair,
  probe,
  rows,
  solo,
  unit,
} from "../../../src/index.ts";
import { releases, type Version } from "../../order/domains.ts";
import { outputsOf } from "../run.ts";

describe("enter and leave", () => {
  it("extend times by the least inner time, and take the inner part away again", () => {
    const inside: unknown[] = [];
    const outputs = outputsOf<number, number>(
      [
        [0, 1],
        [4, 2],
      ],
      (stream) =>
        stream.scope.nested("inner", (inner) =>
          stream.pipe(
            enter(inner),
            inspect((n: number, time: Product<number, number>) => inside.push([time, n])),
            leave(stream.scope),
          ),
        ),
    );
    expect(inside).toEqual([
      [pair(0, 0), 1],
      [pair(4, 0), 2],
    ]);
    expect(outputs).toEqual([
      [0, 1],
      [4, 2],
    ]);
  });

  it("nest with any domain, and regions keep times as they are", () => {
    const inside: unknown[] = [];
    const outputs = outputsOf<number, number>([[2, 5]], (stream) =>
      stream.scope.nested("once", unit, (inner) =>
        inner.region("same", (same) =>
          stream.pipe(
            enter(inner),
            enter(same),
            inspect((_: number, time: Product<number, null>) => inside.push(time)),
            leave(inner),
            leave(stream.scope),
          ),
        ),
      ),
    );
    expect(inside).toEqual([pair(2, null)]);
    expect(outputs).toEqual([[2, 5]]);
  });

  it("refine times in any way that the user defines", () => {
    const inside: unknown[] = [];
    const outputs = outputsOf<number, number>([[1, 5]], (stream) =>
      stream.scope.refined("releases", releases, (inner) =>
        stream.pipe(
          enter(inner),
          inspect((_: number, time: Version) => inside.push(time)),
          delay((_: number, time: Version) => pair(time.outer + 2, 7)),
          inspect((_: number, time: Version) => inside.push(time)),
          leave(stream.scope),
        ),
      ),
    );
    expect(inside).toEqual([pair(1, 0), pair(3, 7)]);
    expect(outputs).toEqual([[3, 5]]);
  });

  it("let the frontier outside pass a time once nothing of it is left inside", () => {
    const worker = solo();
    const { source, inside, outside } = worker.dataflow((scope) => {
      const source = input<number>(scope);
      return scope.nested("inner", (inner) => {
        const entered = source.stream.pipe(enter(inner));
        return { source, inside: entered.pipe(probe()), outside: entered.pipe(leave(scope), probe()) };
      });
    });
    source.send(1);
    source.advanceTo(3);
    worker.stepWhile(() => outside.lessThan(3) || inside.lessThan(pair(3, 0)));
    expect(inside.frontier.elements).toEqual([pair(3, 0)]);
    expect(outside.frontier.elements).toEqual([3]);
    source.close();
    worker.run();
    expect(inside.done && outside.done).toBe(true);
  });
});

describe("feedback", () => {
  it("advances times by its summary each time round", () => {
    const outputs = outputsOf<number, number>([[1, 3]], (stream) => {
      const loop = feedback(stream.scope, rows<number>(), 10);
      const all = stream.pipe(concat(loop.stream));
      all.pipe(
        map((n: number) => n - 1),
        filter((n) => n >= 0),
        connectLoop(loop),
      );
      return all;
    });
    expect(outputs).toEqual([
      [1, 3],
      [11, 2],
      [21, 1],
      [31, 0],
    ]);
  });

  it("drops what passes the last time", () => {
    const outputs = outputsOf<number, number>([[Number.MAX_SAFE_INTEGER - 5, 1]], (stream) => {
      const loop = feedback(stream.scope, rows<number>(), 3);
      const all = stream.pipe(concat(loop.stream));
      all.pipe(connectLoop(loop));
      return all;
    });
    expect(outputs).toEqual([
      [Number.MAX_SAFE_INTEGER - 5, 1],
      [Number.MAX_SAFE_INTEGER - 2, 1],
    ]);
  });

  it("is an empty stream while nothing is connected", () => {
    expect(
      outputsOf<number, number>([[0, 1]], (stream) =>
        stream.pipe(concat(feedback(stream.scope, rows<number>(), 1).stream)),
      ),
    ).toEqual([[0, 1]]);
  });
});

describe("iterate", () => {
  it("goes round until nothing comes again, and counts the rounds in its times", () => {
    const rounds: unknown[] = [];
    const outputs = outputsOf<number, number>(
      [
        [0, 2],
        [1, 0],
      ],
      (stream) =>
        stream.pipe(
          iterate((entered) => {
            const seen = entered.pipe(
              inspect((n: number, time: Product<number, number>) => rounds.push([time.outer, time.inner, n])),
            );
            return {
              again: seen.pipe(
                filter((n: number) => n > 0),
                map((n) => n - 1),
              ),
              out: seen.pipe(filter((n: number) => n === 0)),
            };
          }),
        ),
    );
    expect(rounds.sort()).toEqual([
      [0, 0, 2],
      [0, 1, 1],
      [0, 2, 0],
      [1, 0, 0],
    ]);
    expect([...outputs].sort()).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });
});
