import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatAnswer, formatEpoch, MAX_LINE_LENGTH, ReplayError, ReplayReader } from "../../src/formats/index.ts";
import { networkUnderChange } from "../oracle/index.ts";

/** What a reader makes of lines: entries, or [code, line, epoch]. */
function readAll(lines: string[]): unknown[] {
  const reader = new ReplayReader();
  return lines.map((line) => {
    try {
      return reader.read(line);
    } catch (error) {
      if (error instanceof ReplayError) return [error.code, error.line, error.epoch];
      throw error;
    }
  });
}

describe("ReplayReader", () => {
  it("gives back every change that was written", () => {
    fc.assert(
      fc.property(networkUnderChange({ weights: "decimal" }), ({ epochs }) => {
        const entries = epochs.flatMap(({ changes }, epoch) => changes.map((change) => ({ epoch, change })));
        const lines = entries.map(({ epoch, change }) => JSON.stringify({ epoch, ...change }));
        expect(readAll(lines)).toEqual(entries);
      }),
    );
  });

  it("reads queries and skips blank lines", () => {
    expect(
      readAll([
        '\uFEFF{"epoch":0,"op":"path","from":"A","to":"B"}\r',
        " ",
        '{"op":"distance","to":"B","from":"A","epoch":4}',
      ]),
    ).toEqual([
      { epoch: 0, query: { op: "path", from: "A", to: "B" } },
      undefined,
      { epoch: 4, query: { op: "distance", from: "A", to: "B" } },
    ]);
  });

  it("says which line is bad, which epoch it rejects, and reads on", () => {
    const down = (epoch: number | string) => `{"epoch":${epoch},"op":"link-down","link":"l"}`;
    const good = (epoch: number) => ({ epoch, change: { op: "link-down", link: "l" } });
    expect(
      readAll([
        "{",
        down(2),
        "nonsense",
        '"text"',
        '{"op":"link-down","link":"l"}',
        down("-1"),
        down("1.5"),
        down('"3"'),
        down(1),
        '{"epoch":3,"op":"fly"}',
        '{"epoch":4,"op":"link-down"}',
        '{"epoch":5,"op":"link-weight","link":"l","weight":-2}',
        `{"epoch":9,"op":"link-down","link":"${"x".repeat(MAX_LINE_LENGTH)}"}`,
        down(6),
      ]),
    ).toEqual([
      ["BAD_JSON", 1, undefined],
      good(2),
      ["BAD_JSON", 3, 2],
      ["NOT_AN_OBJECT", 4, 2],
      ["MISSING_FIELD", 5, 2],
      ["BAD_EPOCH", 6, 2],
      ["BAD_EPOCH", 7, 2],
      ["BAD_EPOCH", 8, 2],
      ["EPOCH_DECREASED", 9, 2],
      ["UNKNOWN_OP", 10, 3],
      ["MISSING_FIELD", 11, 4],
      ["BAD_WEIGHT", 12, 5],
      ["LINE_TOO_LONG", 13, 5],
      good(6),
    ]);
  });

  it("throws nothing but ReplayError, whatever the lines", () => {
    const field = fc.constantFrom("epoch", "op", "link", "weight", "from", "__proto__");
    const value = fc.oneof(fc.constantFrom("link-weight", "link-add", "path", 1, 2), fc.jsonValue());
    const line = fc.oneof(
      fc.string(),
      fc.json(),
      fc.dictionary(field, value).map((record) => JSON.stringify(record)),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        readAll(lines);
      }),
      { numRuns: 500 },
    );
  });
});

describe("formatAnswer and formatEpoch", () => {
  it("write keys in the order of the format", () => {
    const answer = {
      pathCount: String(2n ** 70n),
      links: ["l"],
      path: ["A", "B"],
      nextHops: ["B"],
      distance: 0.3,
      to: "B",
      from: "A",
      op: "path",
      epoch: 1,
    } as const;
    expect(formatAnswer(answer)).toBe(
      '{"epoch":1,"op":"path","from":"A","to":"B","distance":0.3,"nextHops":["B"],"path":["A","B"],"links":["l"],"pathCount":"1180591620717411303424"}',
    );
    expect(formatAnswer({ ...answer, distance: null, nextHops: [], path: null, links: null, pathCount: "0" })).toBe(
      '{"epoch":1,"op":"path","from":"A","to":"B","distance":null,"nextHops":[],"path":null,"links":null,"pathCount":"0"}',
    );
    expect(formatEpoch({ ms: 1.23456, nextHopSetsChanged: 4, pairsChanged: 3, changes: 2, epoch: 1 })).toBe(
      '{"epoch":1,"op":"epoch","changes":2,"pairsChanged":3,"nextHopSetsChanged":4,"ms":1.235}',
    );
  });
});
