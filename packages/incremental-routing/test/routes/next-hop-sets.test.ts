import fc from "fast-check";
import { expect, test } from "vitest";
import { NextHopSets, portHash, type SetCensus } from "../../src/routes/next-hop-sets.ts";

const DEGREE = 70;
const STRIDE = Math.ceil(DEGREE / 32);
const links = Int32Array.from({ length: DEGREE + 5 }, (_, port) => 1000 - 7 * port);

function census(): SetCensus {
  return { uncollected: [], bound: 1 };
}

function wordsOf(positions: Iterable<number>): { words: Int32Array; hash: number } {
  const words = new Int32Array(STRIDE);
  let hash = 0;
  for (const position of new Set(positions)) {
    words[position >>> 5] = (words[position >>> 5] ?? 0) | (1 << (position & 31));
    hash ^= portHash(position);
  }
  return { words, hash };
}

function intern(sets: NextHopSets, positions: Iterable<number>): number {
  const { words, hash } = wordsOf(positions);
  return sets.intern(words, 0, hash);
}

function membersOf(sets: NextHopSets, id: number): number[] {
  return Array.from({ length: DEGREE }, (_, position) => position).filter((position) => sets.has(id, position));
}

const positions = fc.uniqueArray(fc.nat(DEGREE - 1), { maxLength: 12 });

test("equal sets have one id, different ones differ, through additions, removals and collections", () => {
  const step = fc.record({
    base: positions,
    position: fc.nat(DEGREE - 1),
    removed: positions,
    use: fc.boolean(),
    collect: fc.constantFrom("no", "made", "all"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const shared = census();
      const sets = new NextHopSets(DEGREE, shared);
      const scratch = new Int32Array(STRIDE);
      const used = new Map<string, number>();
      for (const { base, position, removed, use, collect } of steps) {
        const id = intern(sets, base);
        const more = sets.toggled(id, position, true, scratch);
        const fewer = sets.toggled(id, position, false, scratch);
        const left = sets.without(id, wordsOf(removed).words, 0, scratch);
        const sorted = base.toSorted((a, b) => a - b);
        expect(membersOf(sets, id)).toEqual(sorted);
        expect(intern(sets, [...base, position])).toBe(more);
        expect(
          intern(
            sets,
            base.filter((member) => member !== position),
          ),
        ).toBe(fewer);
        expect(
          intern(
            sets,
            base.filter((member) => !removed.includes(member)),
          ),
        ).toBe(left);
        expect(id === 0).toBe(base.length === 0);
        if (use) {
          sets.use(id, 1);
          if (id !== 0) used.set(sorted.join(), id);
        } else if (used.has(sorted.join()) && sets.uses(id) > 0) sets.use(id, -sets.uses(id));
        if (collect === "made") sets.collectMade();
        if (collect === "all") {
          sets.collect();
          shared.uncollected.length = 0;
          for (const [key, kept] of used) if (sets.uses(kept) < 1) used.delete(key);
          expect(sets.count).toBe(1 + used.size);
        }
        for (const [key, kept] of used) {
          expect(membersOf(sets, kept).join()).toBe(key);
          expect(sets.members(kept, links, 5)).toEqual(
            membersOf(sets, kept)
              .map((member) => links[5 + member])
              .toReversed(),
          );
        }
      }
      expect(sets.size).toBeLessThanOrEqual(shared.bound);
    }),
    { numRuns: 200 },
  );
});

test("a node that gets more ports keeps its sets", () => {
  const sets = new NextHopSets(3, census());
  const words = Int32Array.of(0b101);
  const id = sets.intern(words, 0, portHash(0) ^ portHash(2));
  sets.widen(40);
  expect(sets.stride).toBe(2);
  expect([sets.has(id, 0), sets.has(id, 1), sets.has(id, 2), sets.has(id, 39)]).toEqual([true, false, true, false]);
  const both = sets.toggled(id, 39, true, new Int32Array(2));
  expect(sets.intern(Int32Array.of(0b101, 0), 0, portHash(0) ^ portHash(2))).toBe(id);
  expect(sets.has(both, 39)).toBe(true);
});
