import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Change,
  ChangeError,
  Network,
  type Topology,
  TopologyError,
  WeightError,
} from "../../src/network/index.ts";
import { NaiveNetwork, networkUnderChange } from "../oracle/index.ts";

const line: Topology = {
  nodes: [{ id: "a" }, { id: "b" }, { id: "c" }],
  links: [
    { id: "ab", from: "a", to: "b", forward: 1, backward: 2 },
    { id: "bc", from: "b", to: "c", forward: 3, backward: 3 },
  ],
};

/** Everything a network says about itself, by ids. */
function described(network: Network) {
  const nodes = new Map<string, object>();
  for (let node = 0; node < network.nodeBound; node++) {
    if (!network.nodePresent[node]) continue;
    const links = network.incidentLinks(node).map((link) => network.linkId(link));
    nodes.set(network.nodeId(node), {
      up: network.nodeUp[node] === 1,
      drained: network.nodeDrained[node] === 1,
      links: links.sort(),
    });
  }
  const links = new Map<string, object>();
  for (let link = 0; link < network.linkBound; link++) {
    if (!network.linkPresent[link]) continue;
    links.set(network.linkId(link), {
      up: network.linkUp[link] === 1,
      from: network.nodeId(network.linkFrom[link]!),
      to: network.nodeId(network.linkTo[link]!),
      forward: network.toWeight(network.linkForward[link]!),
      backward: network.toWeight(network.linkBackward[link]!),
    });
  }
  return { nodes, links };
}

function describedNaively(naive: NaiveNetwork) {
  const nodes = new Map<string, object>();
  for (const [id, { up, drained }] of naive.nodes) {
    const links = [...naive.links].filter(([, { from, to }]) => from === id || to === id).map(([link]) => link);
    nodes.set(id, { up, drained, links: links.sort() });
  }
  return { nodes, links: new Map([...naive.links].map(([id, link]) => [id, { ...link }])) };
}

/** The arcs that carry, by link, direction and end indexes. */
function arcWeights(network: Network): Map<string, number> {
  const arcs = network.effectiveArcs();
  const weights = new Map<string, number>();
  for (let i = 0; i < arcs.count; i++) {
    weights.set(`${arcs.link[i]} ${arcs.reverse[i] === 1} ${arcs.from[i]} ${arcs.to[i]}`, arcs.weight[i]!);
  }
  return weights;
}

function indexes(network: Network) {
  const nodes = new Map<string, number>();
  for (let i = 0; i < network.nodeBound; i++) if (network.nodePresent[i]) nodes.set(network.nodeId(i), i);
  const links = new Map<string, number>();
  for (let i = 0; i < network.linkBound; i++) if (network.linkPresent[i]) links.set(network.linkId(i), i);
  return { nodes, links };
}

function caught(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

const underChange = networkUnderChange({ weights: "decimal", bad: true, changesPerEpoch: 8 });

describe("Network under random epochs", () => {
  it("equals the naive model after every epoch, and rejects exactly the bad ones", () => {
    fc.assert(
      fc.property(underChange, ({ topology, epochs }) => {
        const network = new Network(topology);
        const naive = new NaiveNetwork(topology);
        expect(described(network)).toEqual(describedNaively(naive));
        for (const { changes, good } of epochs) {
          expect(naive.applyEpoch(changes)).toBe(good);
          if (good) network.applyEpoch(changes);
          else expect(() => network.applyEpoch(changes)).toThrow(ChangeError);
          expect(described(network)).toEqual(describedNaively(naive));
          expect(network.nodeCount).toBe(naive.nodes.size);
          expect(network.linkCount).toBe(naive.links.size);
          const arcs = network.effectiveArcs();
          const ours = Array.from({ length: arcs.count }, (_, i) => ({
            link: network.linkId(arcs.link[i]!),
            from: network.nodeId(arcs.from[i]!),
            to: network.nodeId(arcs.to[i]!),
            weight: network.toWeight(arcs.weight[i]!),
          }));
          const order = (a: { link: string; from: string }, b: { link: string; from: string }) =>
            a.link < b.link || (a.link === b.link && a.from < b.from) ? -1 : 1;
          expect(ours.sort(order)).toEqual(naive.arcs().sort(order));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("says in its deltas exactly how the effective arcs and the nodes differ", () => {
    fc.assert(
      fc.property(underChange, ({ topology, epochs }) => {
        const network = new Network(topology);
        for (const { changes, good } of epochs) {
          if (!good) continue;
          const before = arcWeights(network);
          const nodesBefore = described(network).nodes as Map<string, { up: boolean; drained: boolean }>;
          const { nodes: indexBefore } = indexes(network);
          const scale = network.scale;
          const delta = network.applyEpoch(changes);
          expect(delta.rescaled).toBe(network.scale !== scale);
          expect(delta.factor).toBe(network.scale / scale);

          const sum = new Map([...before].map(([arc, weight]) => [arc, weight * delta.factor]));
          for (const { link, reverse, from, to, before: was, after } of delta.arcs) {
            const arc = `${link} ${reverse} ${from} ${to}`;
            expect(was).not.toBe(after);
            expect(sum.get(arc) ?? Number.POSITIVE_INFINITY).toBe(was);
            if (after === Number.POSITIVE_INFINITY) sum.delete(arc);
            else sum.set(arc, after);
          }
          expect(sum).toEqual(arcWeights(network));

          const nodesAfter = described(network).nodes as Map<string, { up: boolean; drained: boolean }>;
          const absent = { up: false, drained: false };
          const expected = new Map<number, object>();
          for (const id of new Set([...nodesBefore.keys(), ...nodesAfter.keys()])) {
            const was = nodesBefore.get(id) ?? absent;
            const is = nodesAfter.get(id) ?? absent;
            const added = !nodesBefore.has(id);
            const removed = !nodesAfter.has(id);
            if (!added && !removed && was.up === is.up && was.drained === is.drained) continue;
            const node = (indexBefore.get(id) ?? network.nodeIndex(id)) as number;
            expected.set(node, {
              node,
              upBefore: was.up,
              upAfter: is.up,
              drainedBefore: was.drained,
              drainedAfter: is.drained,
              ...(added ? { added } : {}),
              ...(removed ? { removed } : {}),
            });
          }
          expect(new Map(delta.nodes.map((change) => [change.node, change]))).toEqual(expected);
          expect(delta.nodes.length).toBe(expected.size);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("keeps the index of an id that stays, and gives no index two ids within an epoch", () => {
    fc.assert(
      fc.property(underChange, ({ topology, epochs }) => {
        const network = new Network(topology);
        for (const { changes, good } of epochs) {
          if (!good) continue;
          const before = indexes(network);
          network.applyEpoch(changes);
          const after = indexes(network);
          for (const kind of ["nodes", "links"] as const) {
            const held = new Map([...before[kind]].map(([id, index]) => [index, id]));
            for (const [id, index] of after[kind]) {
              if (before[kind].has(id)) expect(index).toBe(before[kind].get(id));
              else expect(held.has(index)).toBe(false);
              expect(index).toBeLessThan(kind === "nodes" ? network.nodeCapacity : network.linkCapacity);
            }
          }
          // Ids of what an epoch removed stay readable through its delta.
          for (const [id, index] of before.nodes) expect(network.nodeId(index)).toBe(id);
          for (const [id, index] of before.links) expect(network.linkId(index)).toBe(id);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same indexes and deltas on a replica that never saw the rejected epochs", () => {
    fc.assert(
      fc.property(underChange, ({ topology, epochs }) => {
        const network = new Network(topology);
        const replica = new Network(topology);
        for (const { changes, good } of epochs) {
          if (good) expect(network.applyEpoch(changes)).toEqual(replica.applyEpoch(changes));
          else expect(() => network.applyEpoch(changes)).toThrow(ChangeError);
        }
        expect(indexes(network)).toEqual(indexes(replica));
      }),
      { numRuns: 200 },
    );
  });

  it("bounds every simple path by distanceBound", () => {
    fc.assert(
      fc.property(underChange, ({ topology, epochs }) => {
        const network = new Network(topology);
        for (const { changes, good } of epochs) if (good) network.applyEpoch(changes);
        const heaviest = new Map<number, number>();
        const arcs = network.effectiveArcs();
        for (let i = 0; i < arcs.count; i++) {
          heaviest.set(arcs.from[i]!, Math.max(heaviest.get(arcs.from[i]!) ?? 0, arcs.weight[i]!));
        }
        const sum = [...heaviest.values()].sort((a, b) => b - a).slice(0, Math.max(0, network.nodeCount - 1));
        expect(sum.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(network.distanceBound);
      }),
    );
  });
});

describe("Network", () => {
  it("keeps a link's state and weight through its node's down and up", () => {
    const network = new Network(line);
    network.applyEpoch([{ op: "link-down", link: "ab" }]);
    expect(network.applyEpoch([{ op: "node-down", node: "b" }]).arcs.map(({ link }) => network.linkId(link))).toEqual([
      "bc",
      "bc",
    ]);
    expect(network.applyEpoch([{ op: "link-weight", link: "bc", forward: 9 }]).arcs).toEqual([]);
    expect(network.applyEpoch([{ op: "link-up", link: "ab" }]).arcs).toEqual([]);
    const { arcs } = network.applyEpoch([{ op: "node-up", node: "b" }]);
    expect(arcs.map(({ after }) => after).sort()).toEqual([1, 2, 3, 9]);
  });

  it("finds repeated states harmless", () => {
    const network = new Network(line);
    const repeated: Change[] = [
      { op: "link-up", link: "ab" },
      { op: "node-up", node: "a" },
      { op: "node-undrain", node: "a" },
      { op: "link-weight", link: "bc", weight: 3 },
    ];
    expect(network.applyEpoch(repeated)).toEqual({ arcs: [], nodes: [], rescaled: false, factor: 1 });
  });

  it("reports a link that an epoch removes and adds elsewhere under one index, loss first", () => {
    const network = new Network(line);
    const { arcs } = network.applyEpoch([
      { op: "link-remove", link: "ab" },
      { op: "link-add", link: "ab", from: "a", to: "c", weight: 1 },
    ]);
    const [a, b, c] = ["a", "b", "c"].map((id) => network.nodeIndex(id));
    const [lost, gained] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    expect(arcs).toEqual([
      { link: 0, reverse: false, from: a, to: b, before: 1, after: lost },
      { link: 0, reverse: true, from: b, to: a, before: 2, after: lost },
      { link: 0, reverse: false, from: a, to: c, before: gained, after: 1 },
      { link: 0, reverse: true, from: c, to: a, before: gained, after: 1 },
    ]);
  });

  it("accepts self-loops and never uses them", () => {
    const network = new Network(line);
    expect(network.applyEpoch([{ op: "link-add", link: "aa", from: "a", to: "a", weight: 1 }]).arcs).toEqual([]);
    expect(network.effectiveArcs().count).toBe(4);
    expect(network.applyEpoch([{ op: "node-remove", node: "a" }]).arcs.length).toBe(2);
    expect(network.linkIndex("aa")).toBeUndefined();
  });

  it("places the first bad change of an epoch", () => {
    const network = new Network(line);
    const cases: [Change[], string, number][] = [
      [
        [
          { op: "link-down", link: "ab" },
          { op: "link-up", link: "zz" },
        ],
        "UNKNOWN_LINK",
        1,
      ],
      [[{ op: "node-drain", node: "zz" }], "UNKNOWN_NODE", 0],
      [[{ op: "node-add", node: "a" }], "NODE_EXISTS", 0],
      [[{ op: "link-add", link: "ab", from: "a", to: "b", weight: 1 }], "LINK_EXISTS", 0],
      [[{ op: "link-add", link: "x", from: "a", to: "zz", weight: 1 }], "UNKNOWN_NODE", 0],
      [[{ op: "link-weight", link: "ab", weight: -1 }], "BAD_WEIGHT", 0],
      [[{ op: "link-weight", link: "ab", weight: Number.NaN }], "BAD_WEIGHT", 0],
      [[{ op: "link-weight", link: "ab" }], "MISSING_FIELD", 0],
      [[{ op: "link-weight", link: "ab", weight: 1, forward: 1 }], "BAD_FIELD", 0],
      [[{ op: "link-add", link: "x", from: "a", to: "b", forward: 1 }], "MISSING_FIELD", 0],
      [
        [
          { op: "node-remove", node: "a" },
          { op: "link-down", link: "ab" },
        ],
        "UNKNOWN_LINK",
        1,
      ],
      [
        [
          { op: "node-add", node: "n" },
          { op: "link-weight", link: "bc", forward: 2 ** 53 },
        ],
        "WEIGHT_RANGE",
        1,
      ],
    ];
    const before = described(network);
    for (const [changes, code, index] of cases) {
      const error = caught(() => network.applyEpoch(changes));
      expect(error).toBeInstanceOf(ChangeError);
      expect(error).toMatchObject({ code, index });
      expect(described(network)).toEqual(before);
    }
  });

  it("grows its arrays with head-room", () => {
    const network = new Network(line);
    const { nodeCapacity, linkCapacity } = network;
    const changes: Change[] = [];
    for (let i = 0; i < 100; i++) {
      changes.push(
        { op: "node-add", node: `n${i}` },
        { op: "link-add", link: `k${i}`, from: "a", to: `n${i}`, weight: 2 },
      );
    }
    expect(network.applyEpoch(changes).arcs.length).toBe(200);
    expect(network.nodeCapacity).toBeGreaterThan(Math.max(nodeCapacity, 103));
    expect(network.linkCapacity).toBeGreaterThan(Math.max(linkCapacity, 102));
    expect(network.nodeCapacity % 32).toBe(0);
    expect(network.effectiveArcs().count).toBe(204);
  });

  it("reuses freed indexes from the next epoch on", () => {
    const network = new Network(line);
    const b = network.nodeIndex("b");
    network.applyEpoch([
      { op: "node-remove", node: "b" },
      { op: "node-add", node: "d" },
    ]);
    expect(network.nodeIndex("d")).toBe(3);
    network.applyEpoch([{ op: "node-add", node: "e" }]);
    expect(network.nodeIndex("e")).toBe(b);
    network.applyEpoch([{ op: "link-add", link: "ae", from: "a", to: "e", weight: 1 }]);
    expect(network.linkBound).toBe(2);
  });
});

describe("Network weights", () => {
  const two = (...weights: number[]): Topology => ({
    nodes: [...weights, 0].map((_, i) => ({ id: `n${i}` })),
    links: weights.map((weight, i) => ({
      id: `l${i}`,
      from: `n${i}`,
      to: `n${i + 1}`,
      forward: weight,
      backward: weight,
    })),
  });

  it("scales decimals to integers, finer when a finer one arrives", () => {
    const network = new Network(two(0.1, 0.2));
    expect(network.scale).toBe(10);
    expect([...network.linkForward.subarray(0, 2)]).toEqual([1, 2]);
    expect(network.toWeight(3)).toBe(0.3);
    const { rescaled, factor, arcs } = network.applyEpoch([{ op: "link-weight", link: "l0", forward: 0.125 }]);
    expect({ rescaled, factor, scale: network.scale }).toEqual({ rescaled: true, factor: 100, scale: 1000 });
    expect(arcs).toEqual([{ link: 0, reverse: false, from: 0, to: 1, before: 100, after: 125 }]);
    expect(network.effectiveWeight(1, true)).toBe(200);
    expect(network.givenWeight(0, false)).toBe(0.125);
  });

  it("bounds paths in the new unit when it rescales, and refuses a unit that leaves no room", () => {
    const network = new Network(two(900, 1));
    expect(network.applyEpoch([{ op: "link-weight", link: "l1", weight: 0.001 }]).factor).toBe(1000);
    expect(network.distanceBound).toBeGreaterThanOrEqual(900_001);
    for (const [forward, backward] of [
      [2 ** 50, 1],
      [1, 2 ** 50],
    ] as const) {
      const [first, second] = two(1, 1).links;
      const large = new Network({ ...two(1, 1), links: [{ ...first!, forward, backward }, second!] });
      const finer: Change[] = [{ op: "link-weight", link: "l1", weight: 0.01 }];
      expect(caught(() => large.applyEpoch(finer))).toMatchObject({ code: "WEIGHT_RANGE", index: 0, id: "l1" });
      expect(large.scale).toBe(1);
      expect(large.effectiveWeight(1, false)).toBe(1);
    }
  });

  it("refuses weights whose path sums could reach 2^53, naming one and the mend", () => {
    const error = caught(() => new Network(two(1e9, 1e-9)));
    expect(error).toBeInstanceOf(WeightError);
    expect(error).toMatchObject({ code: "WEIGHT_RANGE", weight: 1e-9 });
    expect((error as Error).message).toMatch(/"l1".*1e-9.*--weight-resolution/);
    expect(new Network(two(1e9, 1e-9), { resolution: 0.001 }).effectiveWeight(1, false)).toBe(1);
    expect(caught(() => new Network(two(5e-324)))).toBeInstanceOf(WeightError);
    expect(caught(() => new Network(two(1.5e308)))).toBeInstanceOf(WeightError);
  });

  it("counts a node's heaviest departing arc once, so few heavy links do not refuse a large network", () => {
    const heavy = 2 ** 51;
    expect(new Network(two(heavy, 1, 1, 1, 1, 1, 1)).distanceBound).toBe(2 * heavy + 5);
    expect(caught(() => new Network(two(heavy, 1, heavy, 1)))).toMatchObject({ code: "WEIGHT_RANGE", weight: heavy });
    const network = new Network(two(heavy, 1, 1, 1));
    const reject: Change[] = [
      { op: "node-add", node: "z" },
      { op: "link-weight", link: "l3", weight: heavy },
    ];
    expect(caught(() => network.applyEpoch(reject))).toMatchObject({ code: "WEIGHT_RANGE", index: 1, id: "l3" });
    expect(network.nodeIndex("z")).toBeUndefined();
    const swap: Change[] = [
      { op: "link-weight", link: "l3", weight: heavy },
      { op: "link-weight", link: "l0", weight: 1 },
    ];
    expect(network.applyEpoch(swap).arcs.length).toBe(4);
  });

  it("refuses a topology that contradicts itself", () => {
    const bad: [Topology, string][] = [
      [{ nodes: [{ id: "a" }, { id: "a" }], links: [] }, "DUPLICATE_NODE"],
      [{ nodes: [{ id: "" }], links: [] }, "BAD_ID"],
      [{ nodes: line.nodes, links: [line.links[0]!, line.links[0]!] }, "DUPLICATE_LINK"],
      [{ nodes: [], links: line.links }, "UNKNOWN_NODE"],
      [two(0), "BAD_WEIGHT"],
      [two(Number.POSITIVE_INFINITY), "BAD_WEIGHT"],
    ];
    for (const [topology, code] of bad) {
      const error = caught(() => new Network(topology));
      expect(error).toBeInstanceOf(TopologyError);
      expect(error).toMatchObject({ code });
    }
  });
});
