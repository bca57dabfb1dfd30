// Paths and trackers against the definition of could-result-in, on random graphs with random, also negative, counts.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { integers, LimmatError, type TimeKey } from "../../src/index.ts";
import { type Graph, insertSummary } from "../../src/progress/graph.ts";
import { ChangeBatch, ZeroDelayCycleError } from "../../src/progress/index.ts";
import { findPaths, Tracker } from "../../src/progress/reachability.ts";
import { frontiers, pathSummaries } from "../oracle/could-result-in.ts";
import { minimalTimes } from "../oracle/minimal-times.ts";
import { clocks, GraphBuilder, graphs } from "./random-graph.ts";

/** Adds up changes as whoever receives them does. */
class Followed {
  private readonly counts = new Map<string, { location: number; time: unknown; count: number }>();
  private readonly keyOf: (time: unknown) => TimeKey;

  constructor(keyOf: (time: unknown) => TimeKey) {
    this.keyOf = keyOf;
  }

  take(changes: ChangeBatch<unknown>): void {
    for (let i = 0; i < changes.length; i++) {
      const location = changes.locations[i] as number;
      const time = changes.times[i];
      const key = `${location} ${this.keyOf(time)}`;
      const count = (this.counts.get(key)?.count ?? 0) + (changes.diffs[i] as number);
      this.counts.set(key, { location, time, count });
    }
    changes.clear();
  }

  at(location: number): { time: unknown; count: number }[] {
    return [...this.counts.values()].filter((entry) => entry.location === location && entry.count !== 0);
  }
}

describe.each(clocks.map((clock) => [clock.domain.name, clock] as const))("over %s", (_, clock) => {
  const { domain, times } = clock;
  const { summaries } = domain;
  const leastSummaries = (all: readonly unknown[]) => {
    const set: unknown[] = [];
    for (const summary of all) insertSummary(summaries, set, summary);
    return new Set(set.map((summary) => JSON.stringify(summary)));
  };

  it("exits and external summaries are those of all paths", () => {
    fc.assert(
      fc.property(graphs(clock), (graph) => {
        const paths = findPaths(domain, graph);
        const boundary = graph.nodes[0];
        graph.ports.forEach((_port, location) => {
          boundary?.targets.forEach((target, output) => {
            const expected = leastSummaries(pathSummaries(domain, graph, location, target));
            expect(new Set(paths.exits[location]?.[output]?.map((each) => JSON.stringify(each)))).toEqual(expected);
          });
        });
        expect(paths.external).toEqual(boundary?.sources.map((source) => paths.exits[source]));
      }),
      { numRuns: 150 },
    );
  });

  it("a tracker's frontiers, their changes and the exits are those of could-result-in", () => {
    // Every other update takes an earlier one back, so that frontiers move on as well as back.
    const updates = fc.array(fc.tuple(fc.nat(30), times, fc.integer({ min: -2, max: 2 }), fc.boolean()), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(graphs(clock), updates, (graph, all) => {
        const tracker = new Tracker(domain, findPaths(domain, graph));
        const leaving = graph.nodes[0]?.targets ?? [];
        const allowed = graph.ports.flatMap((_port, location) => (leaving.includes(location) ? [] : [location]));
        fc.pre(allowed.length > 0);
        const counts = new ChangeBatch(domain);
        const moved = new Followed(domain.key);
        const exits = new Followed(domain.key);
        const standing: { location: number; time: unknown; diff: number }[] = [];
        for (const [i, [where, drawn, by, propagates]] of all.entries()) {
          const takenBack = i % 2 === 1 ? standing.splice(where % standing.length, 1)[0] : undefined;
          const { location, time, diff } = takenBack ?? {
            location: allowed[where % allowed.length] as number,
            time: drawn,
            diff: -by,
          };
          if (takenBack === undefined) standing.push({ location, time, diff: -diff });
          tracker.update(location, time, diff);
          counts.update(location, time, diff);
          if (!propagates) continue;
          tracker.propagate();
          moved.take(tracker.moved);
          exits.take(tracker.exitChanges);
          compare(graph, tracker, counts, moved, exits);
        }
      }),
      { numRuns: 150 },
    );
  });

  function compare(
    graph: Graph<unknown>,
    tracker: Tracker<unknown, unknown>,
    counts: ChangeBatch<unknown>,
    moved: Followed,
    exits: Followed,
  ): void {
    counts.compact();
    const outstanding: unknown[][] = graph.ports.map(() => []);
    counts.locations.slice(0, counts.length).forEach((location, i) => {
      if ((counts.diffs[i] as number) > 0) outstanding[location]?.push(counts.times[i]);
    });
    const expected = frontiers(domain, graph, outstanding);
    graph.ports.forEach(({ kind, node }, location) => {
      const frontier = expected[location] as unknown[];
      expect([...tracker.frontier(location).elements].sort(domain.compare)).toEqual(frontier);
      const followed = moved.at(location);
      const isInput = kind === "target" && node !== 0;
      expect(followed.map((entry) => entry.time).sort(domain.compare)).toEqual(isInput ? frontier : []);
      expect(followed.every(({ count }) => count === 1)).toBe(true);
    });
    // The scope's own inputs don't count as what its inside holds.
    const inside = outstanding.map((each, location) => (graph.ports[location]?.node === 0 ? [] : each));
    const held = frontiers(domain, graph, inside);
    for (const target of graph.nodes[0]?.targets ?? []) {
      const entries = exits.at(target);
      expect(entries.every(({ count }) => count > 0)).toBe(true);
      expect(
        minimalTimes(
          domain,
          entries.map((entry) => entry.time),
        ),
      ).toEqual(held[target]);
    }
    expect(tracker.isOutstanding()).toBe(counts.size() > 0);
    expect([...tracker.counts()]).toEqual(
      counts.locations
        .slice(0, counts.length)
        .map((location, i) => ({ location, time: counts.times[i], count: counts.diffs[i] })),
    );
  }

  it("a cycle that may leave time as it is is refused, and any other is not", () => {
    fc.assert(
      fc.property(graphs(clock), fc.nat(30), fc.nat(30), (graph, a, b) => {
        const sources = graph.ports.flatMap(({ kind, node }, at) => (kind === "source" && node !== 0 ? [at] : []));
        const targets = graph.ports.flatMap(({ kind, node }, at) => (kind === "target" && node !== 0 ? [at] : []));
        fc.pre(sources.length > 0 && targets.length > 0);
        const source = sources[a % sources.length] as number;
        const target = targets[b % targets.length] as number;
        const back = pathSummaries(domain, graph, target, source);
        const stands = back.some((summary) => summaries.lessEqual(summary, summaries.identity));
        if (!graph.edges[source]?.includes(target)) (graph.edges[source] as number[]).push(target);
        if (stands) {
          const names = new Set(graph.nodes.map(({ name }) => name));
          expect(() => findPaths(domain, graph)).toThrow(ZeroDelayCycleError);
          try {
            findPaths(domain, graph);
          } catch (error) {
            const { operators } = error as ZeroDelayCycleError;
            expect(operators.length).toBeGreaterThan(0);
            expect(operators.every((name) => names.has(name))).toBe(true);
          }
        } else {
          expect(() => findPaths(domain, graph)).not.toThrow();
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("ZeroDelayCycleError", () => {
  it("names the operators of the cycle, in order, and no others", () => {
    const builder = new GraphBuilder();
    const still = [[[0]]];
    const before = builder.node("before", 0, 1, []);
    const a = builder.node("a", 1, 1, still);
    const b = builder.node("b", 1, 1, still);
    const c = builder.node("c", 1, 1, still);
    const after = builder.node("after", 1, 0, [[]]);
    const connect = (from: typeof a, to: typeof a) => builder.edge(from.sources[0] as number, to.targets[0] as number);
    connect(before, a);
    connect(a, b);
    connect(b, c);
    connect(c, a);
    connect(c, after);
    let caught: unknown;
    try {
      findPaths(integers, builder.graph as Graph<number>);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(ZeroDelayCycleError);
    expect(caught).toBeInstanceOf(LimmatError);
    const { operators, message, code } = caught as ZeroDelayCycleError;
    const start = operators.indexOf("a");
    expect([...operators.slice(start), ...operators.slice(0, start)].slice(0, 3)).toEqual(["a", "b", "c"]);
    expect(new Set(operators)).toEqual(new Set(["a", "b", "c"]));
    expect(message).toContain("feedback()");
    expect(code).toBe("ZERO_DELAY_CYCLE");
  });
});

describe("insertSummary", () => {
  it("keeps least summaries only", () => {
    const set: number[] = [];
    expect(insertSummary(integers.summaries, set, 3)).toBe(true);
    expect(insertSummary(integers.summaries, set, 4)).toBe(false);
    expect(insertSummary(integers.summaries, set, 3)).toBe(false);
    expect(insertSummary(integers.summaries, set, 1)).toBe(true);
    expect(set).toEqual([1]);
  });
});
