import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Change, Network, type Topology } from "../../src/network/index.ts";
import { type BlockAllocator, type BlockMemory, RouteTable } from "../../src/routes/index.ts";
import {
  type GeneratedEpoch,
  NaiveNetwork,
  networkUnderChange,
  RouteSnapshot,
  seededChangeStream,
} from "../oracle/index.ts";
import { checkPaths, checkRoutes, ownerOf, SetUses } from "./check-routes.ts";

/** Fresh memory full of noise, so that a table that relies on its content fails. */
const noisy: BlockAllocator = {
  allocate: (bytes) => {
    const buffer = new SharedArrayBuffer(bytes + 16);
    new Uint8Array(buffer).fill(0x5a);
    return { buffer, byteOffset: 16 };
  },
};

/** One table a worker, blocks dealt out in turn; new blocks go where they belong before an epoch is applied. */
class Tables {
  readonly tables: RouteTable[];
  readonly network: Network;
  #blocks: number;

  constructor(network: Network, workers: number, rebuildShare: number | undefined) {
    this.network = network;
    this.#blocks = Math.ceil(network.nodeBound / 32);
    const options = { ...noisy, ...(rebuildShare === undefined ? {} : { rebuildShare }) };
    this.tables = Array.from({ length: workers }, (_, worker) => {
      const blocks = Array.from({ length: this.#blocks }, (_, block) => block).filter((b) => b % workers === worker);
      return new RouteTable(network, blocks, options);
    });
  }

  build() {
    return this.tables.map((table) => table.build());
  }

  apply(changes: readonly Change[]) {
    const delta = this.network.applyEpoch(changes);
    for (; this.#blocks < Math.ceil(this.network.nodeBound / 32); this.#blocks++) {
      this.tables[this.#blocks % this.tables.length]?.addBlock(this.#blocks);
    }
    return this.tables.map((table) => table.apply(delta));
  }
}

function sum<K extends string>(changes: readonly Readonly<Record<K, number>>[], key: K): number {
  return changes.reduce((total, change) => total + change[key], 0);
}

/** Runs a stream and compares with the oracle after every epoch. */
function follow(
  topology: Topology,
  epochs: readonly GeneratedEpoch[],
  { workers = 1, rebuildShare }: { workers?: number; rebuildShare?: number },
): Tables {
  const naive = new NaiveNetwork(topology);
  const tables = new Tables(new Network(topology), workers, rebuildShare);
  const { network } = tables;
  const uses = new SetUses();
  let before = new RouteSnapshot(new NaiveNetwork({ nodes: topology.nodes, links: [] }));
  const check = (changes: ReturnType<Tables["build"]>): void => {
    const oracle = new RouteSnapshot(naive);
    checkRoutes(network, tables.tables, oracle);
    uses.follow(changes);
    uses.check(network, tables.tables);
    const counts = RouteSnapshot.compare(before, oracle);
    expect(sum(changes, "pairsChanged")).toBe(counts.pairsChanged);
    expect(sum(changes, "nextHopSetsChanged")).toBe(counts.nextHopSetsChanged);
    before = oracle;
  };
  check(tables.build());
  for (const { changes, good } of epochs) {
    if (!good) continue;
    naive.applyEpoch(changes);
    check(tables.apply(changes));
  }
  checkPaths(network, tables.tables, before);
  return tables;
}

/** Makes distances wide without changing any route: an island of two nodes with one heavy link. */
function withHeavyIsland(topology: Topology, weight: number): Topology {
  return {
    nodes: [...topology.nodes, { id: "heavy0" }, { id: "heavy1" }],
    links: [...topology.links, { id: "heavy", from: "heavy0", to: "heavy1", forward: weight, backward: weight }],
  };
}

const shares = [
  ["repaired", Number.POSITIVE_INFINITY],
  ["searched anew", -1],
  ["as measured", undefined],
  ["searched anew when half touched", 0.1],
] as const;

describe.each(shares)("incremental equals the oracle after every epoch, blocks %s", (_, share) => {
  const options = share === undefined ? {} : { rebuildShare: share };

  test.each(["unit", "integer", "decimal"] as const)("%s weights", (weights) => {
    fc.assert(
      fc.property(networkUnderChange({ maxNodes: 10, weights, epochs: 8, bad: false }), ({ topology, epochs }) => {
        follow(topology, epochs, options);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ["32-bit labels", 1e6, 4],
    ["float labels", 1e12, 8],
  ] as const)("%s", (_, weight, labelBytes) => {
    fc.assert(
      fc.property(networkUnderChange({ maxNodes: 8, epochs: 5 }), ({ topology, epochs }) => {
        const tables = follow(withHeavyIsland(topology, weight), epochs, options);
        expect(tables.tables[0]?.layout.labelBytes).toBe(labelBytes);
      }),
      { numRuns: 60 },
    );
  });
});

describe("several blocks and workers", () => {
  const ring = (size: number, chord: number): Topology => ({
    nodes: Array.from({ length: size }, (_, i) => ({ id: `n${i}` })),
    links: Array.from({ length: size }, (_, i) => [
      { id: `r${i}`, from: `n${i}`, to: `n${(i + 1) % size}`, forward: 1, backward: 1 },
      { id: `c${i}`, from: `n${i}`, to: `n${(i + chord) % size}`, forward: 1, backward: 1 },
    ]).flat(),
  });

  test.each([
    ["unit", 1],
    ["integer", 2],
    ["decimal", 3],
  ] as const)("%s weights, %i workers", (weights, workers) => {
    const topology = ring(62, 7);
    const epochs = seededChangeStream(topology, 11 * workers, { epochs: 25, changesPerEpoch: 8, weights });
    follow(topology, epochs, { workers });
    follow(topology, epochs, { workers, rebuildShare: Number.POSITIVE_INFINITY });
  });

  test("nodes beyond every head-room, then gone and their indexes used again", () => {
    const topology = ring(30, 5);
    const epochs: GeneratedEpoch[] = [];
    for (let round = 0; round < 3; round++) {
      const added = Array.from({ length: 50 }, (_, i) => `x${round}-${i}`);
      const adds = added.flatMap((node, i): Change[] => [
        { op: "node-add", node },
        { op: "link-add", link: `${node}-a`, from: node, to: `n${i % 30}`, weight: 1 },
        { op: "link-add", link: `${node}-b`, from: `n${(7 * i) % 30}`, to: node, weight: 1 },
      ]);
      epochs.push({ changes: adds, good: true });
      const removes = added.slice(round).map((node): Change => ({ op: "node-remove", node }));
      epochs.push({ changes: removes, good: true });
    }
    follow(topology, epochs, { workers: 2 });
  });

  test("labels widen when a heavy weight comes", () => {
    const topology = ring(20, 3);
    const heavier = (link: string, weight: number): GeneratedEpoch => ({
      changes: [{ op: "link-weight", link, weight }],
      good: true,
    });
    const epochs = [heavier("r0", 60_000), heavier("c1", 0.5), heavier("r2", 1e9), heavier("r0", 1)];
    const { tables } = follow(topology, epochs, {});
    expect(tables[0]?.layout.labelBytes).toBe(8);
  });
});

test("a link that moves within an epoch is the same member of its sets", () => {
  const nodes = ["a", "b", "c", "d"].map((id) => ({ id }));
  const links = [
    { id: "moves", from: "a", to: "b", forward: 1, backward: 1 },
    { id: "bd", from: "b", to: "d", forward: 1, backward: 1 },
    { id: "cd", from: "c", to: "d", forward: 1, backward: 1 },
  ];
  const move = (from: string, to: string): GeneratedEpoch => ({
    changes: [
      { op: "link-remove", link: "moves" },
      { op: "link-add", link: "moves", from, to, weight: 1 },
    ],
    good: true,
  });
  const epochs = [move("a", "c"), move("c", "a"), move("d", "a"), move("b", "c"), move("a", "a"), move("a", "b")];
  follow({ nodes, links }, epochs, { rebuildShare: Number.POSITIVE_INFINITY });
  follow({ nodes, links }, epochs, { rebuildShare: -1 });
});

test("a free port position says nothing of the link that has its peer's position now", () => {
  const link = (id: string, from: string, to: string) => ({ id, from, to, forward: 1, backward: 1 });
  const topology = {
    nodes: ["n0", "n1", "n2", "n3"].map((id) => ({ id })),
    links: [link("l0", "n0", "n3"), link("l3", "n2", "n1"), link("l4", "n1", "n0"), link("l5", "n2", "n3")],
  };
  const epochs: Change[][] = [
    [{ op: "link-down", link: "l4" }],
    [{ op: "link-down", link: "l0" }],
    [
      { op: "link-up", link: "l0" },
      { op: "link-add", link: "k6", from: "n0", to: "n3", weight: 1 },
    ],
    [{ op: "node-drain", node: "n2" }],
  ];
  const stream = epochs.map((changes): GeneratedEpoch => ({ changes, good: true }));
  follow(topology, stream, { rebuildShare: Number.POSITIVE_INFINITY });
  follow(topology, stream, {});
});

test("ids of next-hop sets widen where nodes have very many ports", () => {
  const links = Array.from({ length: 1030 }, (_, i) => {
    const to = i % 2 === 0 ? "b" : "c";
    return { id: `l${i}`, from: "a", to, forward: 1, backward: 1, up: i < 1000 };
  });
  const topology = { nodes: ["a", "b", "c"].map((id) => ({ id })), links };
  const epoch = (op: "link-down" | "link-up", numbers: number[]): GeneratedEpoch => ({
    changes: numbers.map((i): Change => ({ op, link: `l${i}` })),
    good: true,
  });
  const epochs = [
    epoch("link-down", [3, 500, 999]),
    epoch("link-up", [3, 1000, 1003]),
    epoch(
      "link-up",
      Array.from({ length: 30 }, (_, i) => 1000 + i),
    ),
    epoch("link-down", [1029, 0]),
  ];
  const { tables } = follow(topology, epochs, {});
  expect(tables[0]?.layout.setBytes).toBe(4);
});

test("a block's memory comes from the allocator and goes back", () => {
  const held = new Set<BlockMemory>();
  const network = new Network({
    nodes: ["a", "b"].map((id) => ({ id })),
    links: [{ id: "ab", from: "a", to: "b", forward: 1, backward: 1 }],
  });
  const table = new RouteTable(network, [0], {
    allocate: (bytes) => {
      const memory = noisy.allocate(bytes);
      held.add(memory);
      return memory;
    },
    release: (memory) => expect(held.delete(memory)).toBe(true),
  });
  table.build();
  const changes = Array.from({ length: 70 }, (_, i): Change => ({ op: "node-add", node: `n${i}` }));
  const delta = network.applyEpoch(changes);
  table.addBlock(1);
  table.addBlock(2);
  table.apply(delta);
  expect(held.size).toBe(3);
  expect(table.blocks.map(({ memory }) => held.has(memory))).toEqual([true, true, true]);
  table.removeBlock(1);
  expect(held.size).toBe(2);
  expect(table.distance(0, 1)).toBe(1);
  expect(() => table.distance(0, 40)).toThrow(RangeError);
});

test("path counts beyond 2^53 are exact", () => {
  const hops = 60;
  const nodes = Array.from({ length: hops + 1 }, (_, i) => ({ id: `n${i}` }));
  const links = Array.from({ length: 2 * hops }, (_, i) => {
    const hop = i >> 1;
    return { id: `l${i}`, from: `n${hop}`, to: `n${hop + 1}`, forward: 1, backward: 1 };
  });
  const network = new Network({ nodes, links });
  const table = new RouteTable(network, [0, 1], noisy);
  table.build();
  expect(table.pathCount(0, hops)).toBe(2n ** 60n);
  expect(table.pathCount(hops, 10)).toBe(2n ** 50n);
  expect(ownerOf([table], 0).pathCount(3, 3)).toBe(1n);
});
