import { describe, expect, it } from "vitest";
import {
  abilene,
  fatTree,
  GENERATOR_FORMS,
  type Generator,
  GeneratorError,
  grid,
  isGenerator,
  jellyfish,
  jupiter,
  parseGenerator,
  ring,
  weighed,
} from "../../src/generators/index.ts";
import { Random } from "../../src/generators/random.ts";
import { type LinkSpec, Network, type Topology } from "../../src/network/index.ts";

/** Links per node, counting each link once. */
function degrees(topology: Topology): Map<string, number> {
  const counts = new Map(topology.nodes.map(({ id }) => [id, 0]));
  for (const { from, to } of topology.links) for (const end of [from, to]) counts.set(end, counts.get(end)! + 1);
  return counts;
}

/** Distinct degrees of the nodes whose id has the prefix. */
function degreesOf(topology: Topology, prefix: string): number[] {
  return [...new Set([...degrees(topology)].filter(([id]) => id.startsWith(prefix)).map(([, degree]) => degree))];
}

function islands({ nodes, links }: Topology): number {
  const parent = new Map(nodes.map(({ id }) => [id, id]));
  const root = (id: string): string => {
    let at = id;
    while (parent.get(at) !== at) {
      parent.set(at, parent.get(parent.get(at)!)!);
      at = parent.get(at)!;
    }
    return at;
  };
  for (const { from, to } of links) parent.set(root(from), root(to));
  return nodes.filter(({ id }) => parent.get(id) === id).length;
}

function capacityOf(attributes: LinkSpec["attributes"]): number {
  const { capacity } = attributes ?? ({} as Record<string, unknown>);
  return capacity as number;
}

/** What holds of every generated network. */
function sound(topology: Topology, nodes: number, links: number): void {
  const network = new Network(topology);
  expect({ nodes: network.nodeCount, links: network.linkCount }).toEqual({ nodes, links });
  expect(islands(topology)).toBe(1);
  const places = new Set(topology.nodes.map(({ position }) => JSON.stringify(position)));
  expect(places.size).toBe(nodes);
}

describe("jupiter", () => {
  it("has the published counts at block level", () => {
    const fabric = jupiter();
    sound(fabric, 8960, 98_304);
    expect(degreesOf(fabric, "tor-")).toEqual([8]);
    expect(degreesOf(fabric, "mb-")).toEqual([128 + 64]);
    expect(degreesOf(fabric, "sb-")).toEqual([128]);
  });

  it("joins every aggregation block to every spine block twice, on different middle blocks, evenly", () => {
    const { links } = jupiter();
    const carriers = new Map<string, Set<string>>();
    const pairs = new Map<string, number>();
    for (const { from, to } of links) {
      if (!to.startsWith("sb-")) continue;
      const agg = from.split("-")[1];
      const key = `${agg} ${to}`;
      if (!carriers.has(key)) carriers.set(key, new Set());
      expect(carriers.get(key)!.has(from)).toBe(false);
      carriers.get(key)!.add(from);
    }
    expect(carriers.size).toBe(64 * 256);
    for (const [key, mbs] of carriers) {
      expect(mbs.size).toBe(2);
      if (key.startsWith("0 ")) pairs.set([...mbs].sort().join(), (pairs.get([...mbs].sort().join()) ?? 0) + 1);
    }
    // All 28 pairs of middle blocks occur, none more than 16 times where 256/28 would be even.
    expect(pairs.size).toBe(28);
    expect(Math.max(...pairs.values())).toBeLessThanOrEqual(16);
  });

  it("has every cable as a link when asked to", () => {
    const fabric = jupiter({ cables: true });
    sound(fabric, 8960, 163_840);
    expect(degreesOf(fabric, "tor-")).toEqual([16]);
    expect(fabric.links.slice(0, 2).map(({ id }) => id)).toEqual(["tor-0-0--mb-0-0", "tor-0-0--mb-0-0#2"]);
  });

  it("has the published counts at chip level, and no chip with more than 16 ports of 40G", () => {
    const fabric = jupiter({ level: "chips" });
    sound(fabric, 22_528, 131_072 + 32_768 + 64 * 512 + 128 * 256);
    expect(degreesOf(fabric, "tor-")).toEqual([16]);
    const load = new Map<string, number>();
    for (const { from, to, attributes } of fabric.links) {
      for (const end of [from, to]) load.set(end, (load.get(end) ?? 0) + capacityOf(attributes));
    }
    for (const [id, capacity] of load) {
      if (id.includes("-top-")) expect(capacity).toBe(16 * 40);
      else if (!id.startsWith("tor-")) expect([id, capacity]).toEqual([id, 16 * 40]);
    }
    // The two cables of a ToR to a middle block end on two chips.
    expect(fabric.links.some(({ id }) => id.startsWith("tor-") && id.includes("#"))).toBe(false);
  });

  it("keeps its rules in smaller sizes", () => {
    const sizes = { aggBlocks: 3, mbPerAgg: 4, torPerAgg: 5, spineBlocks: 12, linksPerAggSpine: 3, torUplinksPerMb: 2 };
    const fabric = jupiter(sizes);
    sound(fabric, 3 * 5 + 3 * 4 + 12, 3 * 5 * 4 + 3 * 12 * 3);
    expect(degreesOf(fabric, "mb-")).toEqual([5 + (12 * 3) / 4]);
    expect(new Set(fabric.links.map(({ from, to }) => `${from} ${to}`)).size).toBe(fabric.links.length);
    sound(jupiter({ ...sizes, cables: true }), 39, 3 * 5 * 4 * 2 + 108);
    expect(jupiter({ aggBlocks: 1, mbPerAgg: 1, torPerAgg: 1, spineBlocks: 1, linksPerAggSpine: 1 }).links.length).toBe(
      2,
    );
    expect(() => jupiter({ linksPerAggSpine: 9 })).toThrow(GeneratorError);
    expect(() => jupiter({ aggBlocks: 0 })).toThrow(GeneratorError);
    expect(() => jupiter({ aggBlocks: 1e9 })).toThrow(GeneratorError);
    expect(() => jupiter({ level: "chips", cables: true })).toThrow(GeneratorError);
  });

  it("weighs by inverse capacity", () => {
    const weights = (topology: Topology) => [...new Set(topology.links.map(({ forward }) => forward))].sort();
    const small = { aggBlocks: 2, spineBlocks: 8 };
    expect(weights(weighed(jupiter(small), { kind: "inverseCapacity" }))).toEqual([1, 2]);
    expect(weights(weighed(jupiter({ ...small, cables: true }), { kind: "inverseCapacity" }))).toEqual([1, 4]);
    expect(() => weighed(ring(3), { kind: "inverseCapacity" })).toThrow(GeneratorError);
  });
});

describe("fatTree", () => {
  it("has 5k²/4 switches, k³/2 links, and k links at every core and aggregation switch", () => {
    for (const k of [2, 4, 8, 16]) {
      const tree = fatTree(k);
      sound(tree, (5 * k * k) / 4, k ** 3 / 2);
      expect(degreesOf(tree, "core-")).toEqual([k]);
      expect(degreesOf(tree, "agg-")).toEqual([k]);
      expect(degreesOf(tree, "edge-")).toEqual([k / 2]);
    }
    for (const k of [3, 0, -2, 2.5, 1e6]) expect(() => fatTree(k)).toThrow(GeneratorError);
  });
});

describe("jellyfish", () => {
  it("is regular, simple, connected and determined by its seed", () => {
    for (const [switches, networkPorts] of [
      [2, 1],
      [5, 2],
      [8, 7],
      [9, 8],
      [10, 3],
      [20, 17],
      [100, 6],
      [390, 11],
    ] as const) {
      const options = { switches, ports: networkPorts + 2, networkPorts, seed: 1 };
      const network = jellyfish(options);
      sound(network, switches, (switches * networkPorts) / 2);
      expect(degreesOf(network, "switch-")).toEqual([networkPorts]);
      expect(new Set(network.links.map(({ from, to }) => [from, to].sort().join())).size).toBe(network.links.length);
      expect(jellyfish(options)).toEqual(network);
    }
    const first = jellyfish({ switches: 50, ports: 6, networkPorts: 4, seed: 1 });
    expect(jellyfish({ switches: 50, ports: 6, networkPorts: 4, seed: 2 })).not.toEqual(first);
  });

  it("leaves one port free when their number is odd, and refuses what cannot be", () => {
    const odd = jellyfish({ switches: 7, ports: 3, networkPorts: 3, seed: 4 });
    expect([...degrees(odd).values()].sort()).toEqual([2, 3, 3, 3, 3, 3, 3]);
    expect(() => jellyfish({ switches: 4, ports: 9, networkPorts: 4, seed: 1 })).toThrow(GeneratorError);
    expect(() => jellyfish({ switches: 9, ports: 3, networkPorts: 4, seed: 1 })).toThrow(GeneratorError);
    expect(() => jellyfish({ switches: 4, ports: 3, networkPorts: 1, seed: 1 })).toThrow(GeneratorError);
  });
});

describe("ring, grid and abilene", () => {
  it("have the counts of their definitions", () => {
    sound(ring(10), 10, 10);
    expect(degreesOf(ring(10), "node-")).toEqual([2]);
    sound(grid(4, 5), 20, 4 * 4 + 5 * 3);
    sound(grid(1, 1), 1, 0);
    sound(abilene(), 11, 14);
    expect([...degrees(abilene()).values()].sort()).toEqual([2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3]);
    expect(() => ring(2)).toThrow(GeneratorError);
    expect(() => grid(0, 5)).toThrow(GeneratorError);
  });
});

describe("parseGenerator", () => {
  const sizeOf = (generator: Generator) => {
    const { nodes, links } = generator.generate();
    return [nodes.length, links.length];
  };

  it("reads every form", () => {
    const cases: [string, number, number][] = [
      ["jupiter", 8960, 98_304],
      ["jupiter:cables", 8960, 163_840],
      ["jupiter?aggBlocks=2&spineBlocks=8", 2 * 136 + 8, 2 * 1024 + 32],
      ["jupiter:chips?aggBlocks=1&spineBlocks=4", 128 + 128 + 96, 2048 + 8 + 512 + 512],
      ["fat-tree:4", 20, 32],
      ["jellyfish:100,12,6,1", 100, 300],
      ["ring:10", 10, 10],
      ["grid:4x5", 20, 31],
      ["abilene", 11, 14],
    ];
    for (const [spec, nodes, links] of cases)
      expect([spec, ...sizeOf(parseGenerator(spec))]).toEqual([spec, nodes, links]);
    expect(parseGenerator("abilene").name).toBe("abilene");
  });

  it("weighs at random by seed", () => {
    const weights = (spec: string) =>
      parseGenerator(spec)
        .generate()
        .links.map(({ forward }) => forward);
    const drawn = weights("fat-tree:8?weights=random:100&seed=7");
    expect(drawn).toEqual(weights("fat-tree:8?seed=7&weights=random:100"));
    expect(drawn).not.toEqual(weights("fat-tree:8?weights=random:100"));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(100);
    expect(new Set(drawn).size).toBeGreaterThan(50);
    expect(weights("ring:3?weights=unit")).toEqual([1, 1, 1]);
  });

  it("says what there is when asked for something else", () => {
    const cases: [string, string][] = [
      ["hypercube:4", "UNKNOWN_GENERATOR"],
      ["", "UNKNOWN_GENERATOR"],
      ["__proto__", "UNKNOWN_GENERATOR"],
      ["topology.graphml", "UNKNOWN_GENERATOR"],
      ["fat-tree", "BAD_PARAMETER"],
      ["fat-tree:x", "BAD_PARAMETER"],
      ["fat-tree:3", "BAD_PARAMETER"],
      ["fat-tree:4,4", "BAD_PARAMETER"],
      ["grid:4", "BAD_PARAMETER"],
      ["ring:-5", "BAD_PARAMETER"],
      ["ring:999999999", "TOO_LARGE"],
      ["abilene:2", "BAD_PARAMETER"],
      ["jupiter:cable", "BAD_PARAMETER"],
      ["ring:5?colour=red", "BAD_PARAMETER"],
      ["ring:5?weights=random:0", "BAD_PARAMETER"],
      ["ring:5?weights=random:9999999999", "BAD_PARAMETER"],
      ["ring:5?weights=some", "BAD_PARAMETER"],
      ["ring:5?seed=1", "BAD_PARAMETER"],
      ["ring:5?weights=unit&weights=unit", "BAD_PARAMETER"],
      ["ring:5?weights=inverse-capacity", "BAD_PARAMETER"],
    ];
    for (const [spec, code] of cases) {
      let caught: unknown;
      try {
        parseGenerator(spec).generate();
      } catch (error) {
        caught = error;
      }
      expect([spec, caught]).toEqual([spec, expect.any(GeneratorError)]);
      expect([spec, (caught as GeneratorError).code]).toEqual([spec, code]);
    }
    expect(() => parseGenerator("hypercube:4")).toThrow(Object.values(GENERATOR_FORMS).join("; "));
    expect(isGenerator("fat-tree:8")).toBe(true);
    expect(isGenerator("ring.csv")).toBe(false);
  });
});

describe("Random", () => {
  it("draws the numbers of its seed, each about as often", () => {
    const random = new Random(42);
    const counts = new Int32Array(7);
    for (let i = 0; i < 70_000; i++) counts[random.below(7)]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
    const draw = (seed: number) => {
      const stream = new Random(seed);
      return Array.from({ length: 8 }, () => stream.below(2 ** 32));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(draw(7)).not.toEqual(draw(7 + 2 ** 32));
  });
});
