import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGenerator } from "../../src/generators/index.ts";
import { ChangeError, type Topology, TopologyError } from "../../src/network/index.ts";
import { type EpochDelta, Routing } from "../../src/service/index.ts";
import { NaiveNetwork, networkUnderChange, RouteSnapshot, seededChangeStream } from "../oracle/index.ts";

/** a, b, c, d in a square. */
const square: Topology = {
  nodes: ["a", "b", "c", "d"].map((id) => ({ id })),
  links: ["ab", "bd", "ac", "cd"].map((id) => ({ id, from: id[0]!, to: id[1]!, forward: 1, backward: 1 })),
};
const down = (link: string) => ({ op: "link-down", link }) as const;
const up = (link: string) => ({ op: "link-up", link }) as const;
const path = (from: string, to: string) => ({ op: "path", from, to }) as const;

/** Every node's next-hop groups, for somebody who only ever heard the deltas: links and destinations by number. */
class Switches {
  readonly nodes = new Map<string, Map<number, { links: readonly string[]; destinations: number }>>();

  follow(delta: EpochDelta): void {
    const ids = delta.groups.map(({ node }) => node);
    expect(ids).toEqual([...new Set(ids)].sort());
    for (const { node, added, changed, resized, removed } of delta.groups) {
      expect(added.length + changed.length + resized.length + removed.length).toBeGreaterThan(0);
      const groups = this.nodes.get(node) ?? new Map();
      this.nodes.set(node, groups);
      for (const group of added) expect(groups.has(group.number)).toBe(false);
      for (const group of changed) expect(groups.get(group.number)?.links).not.toEqual(group.links);
      for (const { number, destinations } of resized) {
        const group = groups.get(number)!;
        expect(group.destinations).not.toBe(destinations);
        groups.set(number, { ...group, destinations });
      }
      for (const number of removed) expect(groups.delete(number)).toBe(true);
      for (const { number, links, destinations } of [...added, ...changed]) groups.set(number, { links, destinations });
      if (groups.size === 0) this.nodes.delete(node);
    }
  }

  /** How many destinations each node reaches over which links. */
  get uses(): [string, number][] {
    return [...this.nodes]
      .flatMap(([node, groups]) =>
        [...groups.values()].map(({ links, destinations }): [string, number] => [
          JSON.stringify([node, ...[...links].sort()]),
          destinations,
        ]),
      )
      .sort();
  }
}

/** The same by the oracle. */
function usesOf(network: NaiveNetwork): [string, number][] {
  const snapshot = new RouteSnapshot(network);
  const uses = new Map<string, number>();
  for (const from of network.nodes.keys()) {
    for (const to of network.nodes.keys()) {
      const links = snapshot.nextHopLinks(from, to);
      const key = JSON.stringify([from, ...links]);
      if (links.length > 0) uses.set(key, (uses.get(key) ?? 0) + 1);
    }
  }
  return [...uses].sort();
}

async function followDeltas(
  topology: Topology,
  epochs: ReturnType<typeof seededChangeStream>,
  workers: number,
): Promise<EpochDelta[]> {
  const routing = await Routing.start(topology, { workers, inline: true, initialGroups: true });
  const network = new NaiveNetwork(topology);
  const switches = new Switches();
  const deltas = [await routing.initial];
  switches.follow(deltas[0]!);
  expect(switches.uses).toEqual(usesOf(network));
  for (const { changes, good } of epochs) {
    if (!good) continue;
    network.applyEpoch(changes);
    const delta = await routing.apply(changes);
    switches.follow(delta);
    expect(switches.uses).toEqual(usesOf(network));
    deltas.push(delta);
  }
  await routing.close();
  return deltas;
}

describe("Routing's deltas", () => {
  it("lead from each epoch's next-hop groups to the next one's", async () => {
    await fc.assert(
      fc.asyncProperty(
        networkUnderChange({ maxNodes: 6, epochs: 6 }),
        fc.integer({ min: 1, max: 2 }),
        async (run, workers) => {
          await followDeltas(run.topology, run.epochs, workers);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it.each(["grid:9x8", "jellyfish:70,8,4,2"])("are the same for every number of workers on %s", async (spec) => {
    const topology = parseGenerator(spec).generate();
    const epochs = seededChangeStream(topology, 3, { epochs: 6 });
    const comparable = (deltas: EpochDelta[]) => deltas.map((delta) => JSON.stringify({ ...delta, milliseconds: 0 }));
    const one = comparable(await followDeltas(topology, epochs, 1));
    for (const workers of [2, 3, 4]) expect(comparable(await followDeltas(topology, epochs, workers))).toEqual(one);
  });
});

describe.each([1, 2])("Routing on %i inline workers", (workers) => {
  const start = () => Routing.start(square, { workers, inline: true });

  it("answers as of the epochs accepted before the question, however many are under way", async () => {
    const routing = await start();
    const under = [
      routing.ask([path("a", "b")]),
      routing.apply([down("ab")]),
      routing.ask([path("a", "b"), path("b", "b")]),
      routing.ask([path("a", "d")]),
      routing.apply([up("ab"), down("ac")]),
      routing.apply([down("ab")]),
      routing.ask([path("a", "b")]),
    ] as const;
    expect(routing.epoch).toBe(3);
    expect(routing.network.linkUp[routing.network.linkIndex("ac")!]).toBe(0);
    const [first, , second, third, , , last] = await Promise.all(under);
    expect(first.map((answer) => answer.path)).toEqual([["a", "b"]]);
    expect(second.map((answer) => answer.path)).toEqual([["a", "c", "d", "b"], ["b"]]);
    expect(third.map((answer) => answer.path)).toEqual([["a", "c", "d"]]);
    expect(last.map((answer) => answer.path)).toEqual([null]);
    await routing.close();
  });

  it("numbers accepted epochs, and tells listeners of each in order", async () => {
    const routing = await start();
    const heard: number[] = [];
    const end = routing.subscribe(({ epoch }) => heard.push(epoch));
    expect(await routing.initial).toMatchObject({
      epoch: 0,
      changes: 0,
      pairsChanged: 12,
      nextHopSetsChanged: 12,
      groups: [],
    });
    const deltas = await Promise.all([
      routing.apply([down("ab")]),
      routing.apply([]),
      routing.apply([down("ab"), down("ab")]),
    ]);
    expect(deltas).toMatchObject([
      { epoch: 1, changes: 1, pairsChanged: 2, nextHopSetsChanged: 6 },
      { epoch: 2, changes: 0, pairsChanged: 0, nextHopSetsChanged: 0, groups: [] },
      { epoch: 3, changes: 2, pairsChanged: 0, nextHopSetsChanged: 0, groups: [] },
    ]);
    end();
    await routing.apply([up("ab")]);
    expect(heard).toEqual([1, 2, 3]);
    await routing.close();
  });

  it("names nodes and links as of each delta's epoch, though the network has given their indexes again", async () => {
    const routing = await start();
    const deltas: Promise<EpochDelta>[] = [];
    const indexes = new Set<number | undefined>();
    for (const name of ["p", "q", "r"]) {
      deltas.push(
        routing.apply([
          { op: "node-add", node: name },
          { op: "link-add", link: `a${name}`, from: "a", to: name, weight: 1 },
        ]),
      );
      indexes.add(routing.network.nodeIndex(name)).add(routing.network.linkIndex(`a${name}`));
      deltas.push(routing.apply([{ op: "node-remove", node: name }]));
    }
    expect(indexes.size).toBe(1);
    const named = (await Promise.all(deltas)).map(({ groups }) => groups.map(({ node }) => node));
    expect(named).toEqual(["p", "p", "q", "q", "r", "r"].map((name) => ["a", "b", "c", "d", name]));
    const links = (await Promise.all(deltas)).map(({ groups }) => groups[0]?.added.map((group) => group.links));
    expect(links).toEqual([[["ap"]], [], [["aq"]], [], [["ar"]], []]);
    await routing.close();
  });

  it("refuses an epoch whole, and questions about nodes that are not there", async () => {
    const routing = await start();
    const refused = routing.apply([down("ab"), { op: "node-add", node: "x" }, down("nowhere"), down("ac")]);
    await expect(refused).rejects.toMatchObject({ name: "ChangeError", code: "UNKNOWN_LINK", index: 2, id: "nowhere" });
    expect(routing.epoch).toBe(0);
    expect(routing.network.nodeIndex("x")).toBeUndefined();
    const asked = routing.ask([path("a", "b"), path("a", "x")]);
    await expect(asked).rejects.toBeInstanceOf(ChangeError);
    await expect(asked).rejects.toMatchObject({ code: "UNKNOWN_NODE", index: 1, id: "x" });
    expect(await routing.ask([path("a", "b")])).toMatchObject([{ distance: 1, path: ["a", "b"], links: ["ab"] }]);
    expect(await routing.ask([])).toEqual([]);
    expect(await routing.apply([down("ab")])).toMatchObject({ epoch: 1 });
    await routing.close();
  });

  it("takes nothing that it could not send to its workers", async () => {
    const routing = await start();
    const odd = { op: "link-down", link: "ab", note: () => {}, [Symbol("s")]: 1 } as const;
    expect(await routing.apply([odd])).toMatchObject({ epoch: 1, nextHopSetsChanged: 6 });
    class Question {
      readonly op = "path";
      readonly from = "a";
      readonly to = "b";
      readonly why = Symbol("why");
    }
    expect(await routing.ask([new Question()])).toMatchObject([{ distance: 3 }]);
    // What types forbid, JavaScript allows.
    for (const [bad, code] of [
      [{ op: "fly" }, "UNKNOWN_OP"],
      [path("a", "b"), "UNKNOWN_OP"],
      [{ op: "link-down" }, "MISSING_FIELD"],
      [null, "NOT_AN_OBJECT"],
      [{ op: "node-add", node: 7 }, "BAD_FIELD"],
    ] as [never, string][]) {
      await expect(routing.apply([up("ab"), bad])).rejects.toMatchObject({ name: "ChangeError", code, index: 1 });
    }
    await expect(routing.ask([path("a", "b"), up("ab") as never])).rejects.toMatchObject({
      code: "UNKNOWN_OP",
      index: 1,
    });
    expect(await routing.apply([up("ab")])).toMatchObject({ epoch: 2, nextHopSetsChanged: 6 });
    await routing.close();
  });

  it("closes after what is under way, questions of the same turn included", async () => {
    const routing = await start();
    const before = routing.ask([path("a", "d")]);
    const delta = routing.apply([down("ab")]);
    const after = routing.ask([path("a", "d")]);
    await routing.close();
    expect(await before).toMatchObject([{ pathCount: "2" }]);
    expect(await delta).toMatchObject({ epoch: 1 });
    expect(await after).toMatchObject([{ pathCount: "1" }]);
    await routing.ended;
  });

  it("refuses everything once it is closed, and closes again without harm", async () => {
    const routing = await start();
    const closing = routing.close();
    await expect(routing.apply([down("ab")])).rejects.toThrow(/closed/);
    await expect(routing.ask([path("a", "b")])).rejects.toThrow(/closed/);
    expect(routing.epoch).toBe(0);
    expect(routing.network.linkUp[routing.network.linkIndex("ab")!]).toBe(1);
    await closing;
    await routing.close();
    await expect(routing.apply([down("ab")])).rejects.toThrow(/closed/);
    expect(routing.epoch).toBe(0);
  });
});

describe("Routing.start", () => {
  it("refuses topologies that contradict themselves, and workers that can't be", async () => {
    const { links } = square;
    await expect(Routing.start({ nodes: [], links }, { inline: true })).rejects.toBeInstanceOf(TopologyError);
    await expect(Routing.start(square, { workers: 0, inline: true })).rejects.toMatchObject({ code: "LAUNCH" });
    await expect(Routing.start(square, { workers: 1.5, inline: true })).rejects.toMatchObject({ code: "LAUNCH" });
  });

  it("keeps weights exactly unless it is given a resolution", async () => {
    const [ab, bd] = square.links;
    const decimal: Topology = {
      ...square,
      links: [
        { ...ab!, forward: 0.1 },
        { ...bd!, forward: 0.2 },
      ],
    };
    for (const [options, distance] of [
      [{}, 0.3],
      [{ resolution: 0.25 }, 0.5],
    ] as const) {
      const routing = await Routing.start(decimal, { inline: true, ...options });
      expect(await routing.ask([path("a", "d")])).toMatchObject([{ distance }]);
      await routing.close();
    }
  });
});
