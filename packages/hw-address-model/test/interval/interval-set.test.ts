import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { type Interval, IntervalError, IntervalSet, MAX_ADDRESS } from "../../src/interval/index.ts";
import { BASES, members, runs, UNIVERSE } from "../oracle/address-universe.ts";

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 60_000 });

const inUniverse = (base: bigint) =>
  fc
    .tuple(fc.nat(UNIVERSE - 1), fc.nat(24))
    .map(([at, length]) => ({ first: base + BigInt(at), last: base + BigInt(Math.min(at + length, UNIVERSE - 1)) }));
const listIn = (base: bigint) => fc.array(inUniverse(base), { maxLength: 12 });

const addressAnywhere = fc.oneof(
  fc.bigInt(0n, MAX_ADDRESS),
  fc.constantFrom(...BASES).chain((base) => fc.nat(UNIVERSE - 1).map((at) => base + BigInt(at))),
);
const setAnywhere = fc
  .array(fc.tuple(addressAnywhere, addressAnywhere), { maxLength: 8 })
  .map((pairs) => IntervalSet.from(pairs.map(([a, b]) => (a <= b ? { first: a, last: b } : { first: b, last: a }))));

const universeAt = (base: bigint) => IntervalSet.from([{ first: base, last: base + BigInt(UNIVERSE - 1) }]);

describe.each(BASES)("interval sets against one boolean an address, from base %s", (base) => {
  const property = (check: (a: Interval[], b: Interval[]) => void) =>
    fc.assert(fc.property(listIn(base), listIn(base), check), { numRuns: 100 });
  const agrees = (set: IntervalSet, expected: boolean[]): void => {
    expect([...set]).toEqual(runs(base, expected));
  };

  it("from is the union, in the shortest form", () => {
    property((a) => agrees(IntervalSet.from(a), members(base, a)));
  });

  it("union, intersect and subtract are pointwise or, and, and-not", () => {
    property((a, b) => {
      const [x, y] = [IntervalSet.from(a), IntervalSet.from(b)];
      const [inA, inB] = [members(base, a), members(base, b)];
      agrees(
        x.union(y),
        inA.map((is, i) => is || inB[i]!),
      );
      agrees(
        x.intersect(y),
        inA.map((is, i) => is && inB[i]!),
      );
      agrees(
        x.subtract(y),
        inA.map((is, i) => is && !inB[i]),
      );
    });
  });

  it("complement is pointwise not", () => {
    property((a) => {
      agrees(
        IntervalSet.from(a).complement().intersect(universeAt(base)),
        members(base, a).map((is) => !is),
      );
    });
  });

  it("isSubsetOf, overlaps and equals are decided pointwise", () => {
    property((a, b) => {
      const [x, y] = [IntervalSet.from(a), IntervalSet.from(b)];
      const [inA, inB] = [members(base, a), members(base, b)];
      expect(x.isSubsetOf(y)).toBe(inA.every((is, i) => !is || inB[i]!));
      expect(x.overlaps(y)).toBe(inA.some((is, i) => is && inB[i]!));
      expect(x.equals(y)).toBe(inA.every((is, i) => is === inB[i]));
      expect(x.intersect(y).isSubsetOf(y)).toBe(true);
    });
  });

  it("contains, find and indexOf agree with every address", () => {
    property((a) => {
      const set = IntervalSet.from(a);
      const expected = members(base, a);
      const ranges = runs(base, expected);
      const addresses = expected.map((_, i) => base + BigInt(i));
      const positions = addresses.map((at) => ranges.findIndex(({ first, last }) => first <= at && at <= last));
      expect(addresses.map((at) => set.contains(at))).toEqual(expected);
      expect(addresses.map((at) => set.indexOf(at))).toEqual(positions);
      expect(addresses.map((at) => set.find(at))).toEqual(positions.map((position) => ranges[position]));
      expect(addresses.map((at) => set.indexOfWords(Number(at >> 32n), Number(at & 0xffff_ffffn)))).toEqual(positions);
      expect(set.size).toBe(BigInt(expected.filter(Boolean).length));
    });
  });
});

describe("laws of set algebra on the whole 64-bit space", () => {
  const law = (check: (a: IntervalSet, b: IntervalSet, c: IntervalSet) => boolean) => () =>
    fc.assert(fc.property(setAnywhere, setAnywhere, setAnywhere, check), { numRuns: 300 });

  it(
    "union and intersection commute",
    law((a, b) => a.union(b).equals(b.union(a)) && a.intersect(b).equals(b.intersect(a))),
  );
  it(
    "union and intersection associate",
    law(
      (a, b, c) =>
        a
          .union(b)
          .union(c)
          .equals(a.union(b.union(c))) &&
        a
          .intersect(b)
          .intersect(c)
          .equals(a.intersect(b.intersect(c))),
    ),
  );
  it(
    "each distributes over the other",
    law(
      (a, b, c) =>
        a.intersect(b.union(c)).equals(a.intersect(b).union(a.intersect(c))) &&
        a.union(b.intersect(c)).equals(a.union(b).intersect(a.union(c))),
    ),
  );
  it(
    "De Morgan",
    law((a, b) => a.union(b).complement().equals(a.complement().intersect(b.complement()))),
  );
  it(
    "complement is an involution that splits the space",
    law((a) => {
      const outside = a.complement();
      return outside.complement().equals(a) && !a.overlaps(outside) && a.union(outside).equals(IntervalSet.full);
    }),
  );
  it(
    "(A - B) and (A and B) split A, and A - B misses B",
    law((a, b) => {
      const [rest, common] = [a.subtract(b), a.intersect(b)];
      return rest.union(common).equals(a) && !rest.overlaps(b) && rest.size + common.size === a.size;
    }),
  );
  it(
    "absorption",
    law((a, b) => a.union(a.intersect(b)).equals(a) && a.intersect(a.union(b)).equals(a)),
  );
  it(
    "subset is a union that adds nothing, and overlap a common address",
    law(
      (a, b) =>
        a.isSubsetOf(b) === a.union(b).equals(b) &&
        a.overlaps(b) === a.intersect(b).length > 0 &&
        a.intersect(b).isSubsetOf(a) &&
        a.isSubsetOf(a.union(b)),
    ),
  );
  it(
    "iteration rebuilds the set",
    law(
      (a) =>
        IntervalSet.from(a).equals(a) && [...a].every((interval, i) => a.find(interval.last)?.first === a.at(i)?.first),
    ),
  );
});

describe("boundaries", () => {
  it("merges adjacent intervals across 2^32 and keeps a gap of one address", () => {
    const below = { first: 0xffff_fff0n, last: 0xffff_ffffn };
    expect(IntervalSet.from([{ first: 2n ** 32n, last: 2n ** 32n + 9n }, below]).toString()).toBe(
      "{0xfffffff0-0x100000009}",
    );
    expect(IntervalSet.from([{ first: 2n ** 32n + 1n, last: 2n ** 32n + 9n }, below]).length).toBe(2);
  });

  it("cuts around 2^32 without losing a word", () => {
    const middle = IntervalSet.from([{ first: 2n ** 32n, last: 2n ** 32n }]);
    expect(IntervalSet.full.subtract(middle).toString()).toBe("{0x0-0xffffffff, 0x100000001-0xffffffffffffffff}");
    const before = IntervalSet.from([{ first: 0xffff_ffffn, last: 0xffff_ffffn }]);
    expect(IntervalSet.full.subtract(before).toString()).toBe("{0x0-0xfffffffe, 0x100000000-0xffffffffffffffff}");
  });

  it("holds 0, 2^64 - 1 and all 2^64 addresses", () => {
    const ends = IntervalSet.from([
      { first: MAX_ADDRESS, last: MAX_ADDRESS },
      { first: 0n, last: 0n },
    ]);
    expect(ends.toString()).toBe("{0x0, 0xffffffffffffffff}");
    expect(ends.contains(0n) && ends.contains(MAX_ADDRESS) && !ends.contains(1n)).toBe(true);
    expect(ends.complement().toString()).toBe("{0x1-0xfffffffffffffffe}");
    expect(IntervalSet.full.size).toBe(2n ** 64n);
    expect(IntervalSet.full.union(ends).equals(IntervalSet.full)).toBe(true);
    expect(IntervalSet.full.complement().equals(IntervalSet.empty)).toBe(true);
    expect(
      IntervalSet.from([
        { first: 5n, last: MAX_ADDRESS },
        { first: 9n, last: 9n },
      ]).length,
    ).toBe(1);
  });

  it("complements within a width", () => {
    const page = IntervalSet.from([{ first: 0x1000n, last: 0x1fffn }]);
    expect(page.complement(16).toString()).toBe("{0x0-0xfff, 0x2000-0xffff}");
    expect(page.complement(8).toString()).toBe("{0x0-0xff}");
    expect(page.complement(1).toString()).toBe("{0x0-0x1}");
    for (const width of [0, 65, 1.5, Number.NaN]) {
      expect(() => page.complement(width)).toThrow(expect.objectContaining({ code: "width-out-of-range" }));
    }
  });

  it("the empty set has nothing", () => {
    expect(IntervalSet.empty.length).toBe(0);
    expect(IntervalSet.empty.size).toBe(0n);
    expect(IntervalSet.empty.toString()).toBe("{}");
    expect(IntervalSet.empty.contains(0n)).toBe(false);
    expect(IntervalSet.empty.isSubsetOf(IntervalSet.empty)).toBe(true);
    expect(IntervalSet.empty.at(0)).toBeUndefined();
    expect(IntervalSet.full.at(0.5)).toBeUndefined();
  });
});

describe("errors", () => {
  const good = { first: 0n, last: 1n };
  it.each([
    ["interval-inverted", { first: 2n, last: 1n }],
    ["interval-out-of-range", { first: -1n, last: 1n }],
    ["interval-out-of-range", { first: 1n, last: 2n ** 64n }],
    ["not-a-bigint", { first: 1, last: 2 } as unknown as Interval],
  ])("%s names the position", (code, bad) => {
    const build = () => IntervalSet.from([good, good, bad, good]);
    expect(build).toThrow(IntervalError);
    expect(build).toThrow(expect.objectContaining({ code, position: 2 }));
    expect(build).toThrow(/^interval 2: /);
  });

  it("a lookup of no 64-bit address is an error, not a miss", () => {
    for (const address of [-1n, 2n ** 64n, 2n ** 80n]) {
      expect(() => IntervalSet.full.contains(address)).toThrow(
        expect.objectContaining({ code: "interval-out-of-range" }),
      );
    }
    expect(() => IntervalSet.full.find(0 as unknown as bigint)).toThrow(
      expect.objectContaining({ code: "not-a-bigint" }),
    );
  });
});
