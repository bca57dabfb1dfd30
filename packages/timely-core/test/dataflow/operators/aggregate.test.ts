import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aggregate } from "../../../src/index.ts";
import { outputsOf } from "../run.ts";

type Word = readonly [word: string, length: number];

describe("aggregate", () => {
  it("is a group-by within each time", () => {
    const step = fc.tuple(fc.nat(2), fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.nat(9)), { maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        let time = 0;
        const fed = steps.map(([gap, words]): [number, ...Word[]] => {
          time += gap;
          return [time, ...words];
        });
        const expected = new Map<string, unknown>();
        for (const [at] of fed) {
          const words = fed.flatMap(([other, ...more]) => (other === at ? more : []));
          for (const [word] of words) {
            const lengths = words.filter(([other]) => other === word).map(([, length]) => length);
            expected.set(`${at} ${word}`, [at, { word, n: lengths.length, most: Math.max(...lengths) }]);
          }
        }
        const outputs = outputsOf<Word, unknown>(fed, (stream) =>
          stream.pipe(
            aggregate({
              key: ([word]: Word) => word,
              initial: () => ({ n: 0, most: 0 }),
              fold: (state, [, length]) => ({ n: state.n + 1, most: Math.max(state.most, length) }),
              emit: (word, state) => ({ word, ...state }),
            }),
          ),
        );
        const order = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
        expect([...outputs].sort(order)).toEqual([...expected.values()].sort(order));
      }),
      { numRuns: 60 },
    );
  });

  it("tells keys apart as a Map does, and gives the key to initial", () => {
    const outputs = outputsOf<number | boolean, string>([[0, 0, -0, false, Number.NaN, Number.NaN]], (stream) =>
      stream.pipe(
        aggregate({
          key: (value: number | boolean) => value,
          initial: (key) => [String(key)],
          fold: (seen: string[], value) => [...seen, Object.is(value, -0) ? "-0" : String(value)],
          emit: (_, seen) => seen.join(" "),
        }),
      ),
    );
    expect(outputs.map(([, text]) => text)).toEqual(["0 0 -0", "false false", "NaN NaN NaN"]);
  });

  it("keeps a state that is undefined, and takes a hash", () => {
    const started: number[] = [];
    const outputs = outputsOf<number, unknown>([[0, 1, 1, 2]], (stream) =>
      stream.pipe(
        aggregate({
          key: (n: number) => n,
          initial: (key): unknown => {
            started.push(key);
            return undefined;
          },
          fold: () => undefined,
          emit: (key, state) => [key, state],
          hash: (n) => -n,
        }),
      ),
    );
    expect(started).toEqual([1, 2]);
    expect(outputs).toEqual([
      [0, [1, undefined]],
      [0, [2, undefined]],
    ]);
  });
});
