import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change } from "../../src/network/index.ts";
import { Network } from "../../src/network/index.ts";
import {
  type GroupDelta,
  type GroupMove,
  type NextHopGroup,
  NextHopGroups,
  RouteTable,
} from "../../src/routes/index.ts";
import { networkUnderChange } from "../oracle/index.ts";

/** What a switch would hold that only ever heard the deltas. */
class Replayed {
  readonly groups = new Map<number, NextHopGroup>();

  apply({ added, changed, resized, removed }: GroupDelta): void {
    for (const group of added) {
      expect(this.groups.has(group.number)).toBe(false);
      this.groups.set(group.number, group);
    }
    for (const group of changed) {
      expect(this.groups.get(group.number)?.links).not.toEqual(group.links);
      this.groups.set(group.number, group);
    }
    for (const group of resized) {
      expect(this.groups.get(group.number)?.links).toEqual(group.links);
      expect(this.groups.get(group.number)?.destinations).not.toBe(group.destinations);
      this.groups.set(group.number, group);
    }
    for (const number of removed) expect(this.groups.delete(number)).toBe(true);
  }

  list(): NextHopGroup[] {
    return [...this.groups.values()].sort((a, b) => a.number - b.number);
  }
}

/** A set of links of a 6-port switch, as a bit mask. */
const setOf = (mask: number): number[] => [0, 1, 2, 3, 4, 5].filter((link) => (mask >>> link) & 1);

/** The moves that one worker tells of the destinations that are its own. */
function movesOf(
  before: readonly number[],
  after: readonly number[],
  mine: (destination: number) => boolean,
): GroupMove[] {
  const counts = new Map<string, { from: number; to: number; destinations: number }>();
  before.forEach((from, destination) => {
    const to = after[destination] as number;
    if (!mine(destination) || from === to) return;
    const count = counts.get(`${from} ${to}`) ?? { from, to, destinations: 0 };
    counts.set(`${from} ${to}`, { ...count, destinations: count.destinations + 1 });
  });
  return [...counts.values()].map(({ from, to, destinations }) => ({ from: setOf(from), to: setOf(to), destinations }));
}

const populations = fc
  .tuple(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 8 }))
  .chain(([destinations, epochs]) =>
    fc.array(fc.array(fc.nat(15), { minLength: destinations, maxLength: destinations }), {
      minLength: epochs,
      maxLength: epochs,
    }),
  );

describe("laws", () => {
  test("deltas do not depend on how destinations are divided, and replaying them gives the groups", () => {
    fc.assert(
      fc.property(populations, fc.integer({ min: 2, max: 4 }), fc.func(fc.nat(3)), (epochs, workers, owner) => {
        const alone = new NextHopGroups();
        const divided = new NextHopGroups();
        const replayed = new Replayed();
        let before = (epochs[0] ?? []).map(() => 0);
        for (const after of epochs) {
          const delta = alone.apply(movesOf(before, after, () => true));
          const parts = Array.from({ length: workers }, (_, worker) =>
            movesOf(before, after, (destination) => owner(destination) % workers === worker),
          );
          expect(divided.apply(parts.reverse().flat())).toEqual(delta);
          if (delta !== undefined) replayed.apply(delta);
          expect(replayed.list()).toEqual(alone.list());
          const uses = new Map<string, number>();
          for (const set of after) if (set !== 0) uses.set(`${setOf(set)}`, (uses.get(`${setOf(set)}`) ?? 0) + 1);
          expect(new Map(alone.list().map(({ links, destinations }) => [`${links}`, destinations]))).toEqual(uses);
          expect(alone.size).toBe(uses.size);
          before = after;
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a set that stays in use keeps its number", () => {
    fc.assert(
      fc.property(populations, (epochs) => {
        const groups = new NextHopGroups();
        let before = (epochs[0] ?? []).map(() => 0);
        let numbers = new Map<string, number>();
        for (const after of epochs) {
          groups.apply(movesOf(before, after, () => true));
          const now = new Map(groups.list().map(({ links, number }) => [`${links}`, number]));
          for (const [links, number] of now) expect(numbers.get(links) ?? number).toBe(number);
          numbers = now;
          before = after;
        }
      }),
    );
  });

  test("tables of two workers and of one give the same groups for every switch", () => {
    fc.assert(
      fc.property(networkUnderChange({ maxNodes: 40, epochs: 4 }), ({ topology, epochs }) => {
        const network = new Network(topology);
        const blocks = [0, 1, 2, 3];
        const options = { allocate: (bytes: number) => ({ buffer: new ArrayBuffer(bytes), byteOffset: 0 }) };
        const one = [new RouteTable(network, blocks, options)];
        const two = [0, 1].map((w) => new RouteTable(network, blocks.filter((b) => b % 2 === w).reverse(), options));
        const switches = [one, two].map(() => new Map<number, NextHopGroups>());
        const deltas = (
          tables: RouteTable[],
          which: number,
          changes: (table: RouteTable) => { moves: readonly (GroupMove & { node: number })[] },
        ) => {
          const byNode = new Map<number, GroupMove[]>();
          for (const table of tables) {
            for (const move of changes(table).moves) byNode.set(move.node, [...(byNode.get(move.node) ?? []), move]);
          }
          const tablesOf = switches[which] as Map<number, NextHopGroups>;
          return new Map(
            [...byNode]
              .sort(([a], [b]) => a - b)
              .map(([node, moves]) => {
                const groups = tablesOf.get(node) ?? new NextHopGroups();
                tablesOf.set(node, groups);
                return [node, groups.apply(moves)];
              }),
          );
        };
        expect(deltas(two, 1, (table) => table.build())).toEqual(deltas(one, 0, (table) => table.build()));
        for (const { changes, good } of epochs as { changes: Change[]; good: boolean }[]) {
          if (!good) continue;
          const delta = network.applyEpoch(changes);
          expect(deltas(two, 1, (table) => table.apply(delta))).toEqual(deltas(one, 0, (table) => table.apply(delta)));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe("examples", () => {
  const start = (): NextHopGroups => {
    const groups = new NextHopGroups();
    groups.apply([
      { from: [], to: [1, 2, 3], destinations: 100 },
      { from: [], to: [1], destinations: 2 },
      { from: [], to: [4], destinations: 5 },
    ]);
    return groups;
  };

  test("new sets are numbered in order", () => {
    expect(start().list()).toEqual([
      { number: 1, links: [1], destinations: 2 },
      { number: 2, links: [1, 2, 3], destinations: 100 },
      { number: 3, links: [4], destinations: 5 },
    ]);
  });

  test("a failed member leaves its group in place, with its count of destinations", () => {
    expect(start().apply([{ from: [1, 2, 3], to: [1, 2], destinations: 100 }])).toEqual({
      added: [],
      changed: [{ number: 2, links: [1, 2], destinations: 100 }],
      resized: [],
      removed: [],
    });
  });

  test("a group that becomes equal to another is merged into it", () => {
    expect(start().apply([{ from: [1, 2, 3], to: [1], destinations: 100 }])).toEqual({
      added: [],
      changed: [],
      resized: [{ number: 1, links: [1], destinations: 102 }],
      removed: [2],
    });
  });

  test("a group that parts passes to the set that most of it moved to", () => {
    const groups = start();
    expect(
      groups.apply([
        { from: [1, 2, 3], to: [2], destinations: 40 },
        { from: [1, 2, 3], to: [3], destinations: 60 },
      ]),
    ).toEqual({
      added: [{ number: 4, links: [2], destinations: 40 }],
      changed: [{ number: 2, links: [3], destinations: 60 }],
      resized: [],
      removed: [],
    });
  });

  test("a number that an epoch frees is given again only later", () => {
    const groups = start();
    const swap = groups.apply([
      { from: [4], to: [], destinations: 5 },
      { from: [], to: [7], destinations: 1 },
    ]);
    expect(swap?.removed).toEqual([3]);
    expect(swap?.added.map(({ number }) => number)).toEqual([4]);
    expect(groups.apply([{ from: [], to: [8], destinations: 1 }])?.added.map(({ number }) => number)).toEqual([3]);
  });

  test("moves that cancel change nothing; moves that cannot be are refused", () => {
    const groups = start();
    const there = { from: [4], to: [9], destinations: 5 };
    expect(groups.apply([there, { from: [9], to: [4], destinations: 5 }])).toBeUndefined();
    expect(() => groups.apply([there, there])).toThrow(RangeError);
  });
});
