// Random topologies and streams of changes, for fast-check (they shrink well) and by seed (for runs on real data).

import fc from "fast-check";
import type { Change, LinkSpec, Topology } from "../../src/network/index.ts";
import { NaiveNetwork } from "./naive-network.ts";

/** Which weights may occur. */
export type WeightKind = "unit" | "integer" | "decimal";

export interface ChangeStreamOptions {
  /** At most so many epochs; 8 when left out. */
  epochs?: number;
  /** At most so many changes in an epoch; 6 when left out. */
  changesPerEpoch?: number;
  /** Weights that changes set; "integer" when left out. */
  weights?: WeightKind;
  /** Whether bad changes occur, which reject their epoch. */
  bad?: boolean;
}

/** The changes of one epoch, and whether the network must take them. */
export interface GeneratedEpoch {
  changes: Change[];
  good: boolean;
}

/** A change before it is known what there is to change: numbers that pick. */
type Choice = readonly [kind: number, first: number, second: number, third: number];

const PICK = 1 << 16;
const CHOICE: fc.Arbitrary<Choice> = fc.tuple(fc.nat(PICK - 1), fc.nat(PICK - 1), fc.nat(PICK - 1), fc.nat(PICK - 1));

/** Networks of up to `maxNodes` nodes with parallel links, self-loops, links that start down, and islands. */
function arbitraryTopology(maxNodes = 8, weights: WeightKind = "integer"): fc.Arbitrary<Topology> {
  return fc.integer({ min: 1, max: maxNodes }).chain((size) =>
    fc.array(fc.tuple(CHOICE, fc.boolean()), { maxLength: 3 * size }).map((choices) => ({
      nodes: Array.from({ length: size }, (_, i) => ({ id: `n${i}` })),
      links: choices.map(([[from, to, forward, backward], symmetric], i): LinkSpec => {
        const there = weightOf(forward, weights);
        const back = symmetric ? there : weightOf(backward, weights);
        const up = (from ^ to) % 8 !== 0;
        return { id: `l${i}`, from: `n${from % size}`, to: `n${to % size}`, forward: there, backward: back, up };
      }),
    })),
  );
}

/** Streams of epochs that fit `topology`; a rejected epoch counts as not having been. */
function changeStream(topology: Topology, options: ChangeStreamOptions = {}): fc.Arbitrary<GeneratedEpoch[]> {
  const { epochs = 8, changesPerEpoch = 6 } = options;
  return fc
    .array(fc.array(CHOICE, { minLength: 1, maxLength: changesPerEpoch }), { maxLength: epochs })
    .map((stream) => resolve(topology, stream, options));
}

/** A topology together with a stream that fits it. */
export function networkUnderChange(
  options: ChangeStreamOptions & { maxNodes?: number } = {},
): fc.Arbitrary<{ topology: Topology; epochs: GeneratedEpoch[] }> {
  return arbitraryTopology(options.maxNodes, options.weights).chain((topology) =>
    changeStream(topology, options).map((epochs) => ({ topology, epochs })),
  );
}

/** The same by seed, exactly `options.epochs` epochs long. */
export function seededChangeStream(
  topology: Topology,
  seed: number,
  options: ChangeStreamOptions = {},
): GeneratedEpoch[] {
  const { epochs = 8, changesPerEpoch = 6 } = options;
  let state = seed >>> 0;
  const pick = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  const stream = Array.from({ length: epochs }, () =>
    Array.from({ length: 1 + (pick() % changesPerEpoch) }, (): Choice => [pick(), pick(), pick(), pick()]),
  );
  return resolve(topology, stream, options);
}

function resolve(topology: Topology, stream: readonly Choice[][], options: ChangeStreamOptions): GeneratedEpoch[] {
  const network = new NaiveNetwork(topology);
  return stream.map((choices) => {
    // A scratch copy takes the changes one by one, so that later ones of the epoch see earlier ones.
    const scratch = new NaiveNetwork({ nodes: [], links: [] });
    scratch.nodes = network.nodes;
    scratch.links = network.links;
    const changes: Change[] = [];
    let good = true;
    for (const choice of choices) {
      for (const change of changesOf(scratch, choice, options)) {
        changes.push(change);
        good = scratch.applyEpoch([change]) && good;
      }
    }
    if (good) {
      network.nodes = scratch.nodes;
      network.links = scratch.links;
    }
    return { changes, good };
  });
}

/**
 * What a choice picks on the network as it is: mostly one change, sometimes a removal with the same id's return. New ids
 * come from a small pool, so that they come again.
 */
function changesOf(network: NaiveNetwork, choice: Choice, options: ChangeStreamOptions): Change[] {
  const [kind, first, second] = choice;
  const change = changeOf(network, choice, options);
  if (kind % 4 !== 1) return [change];
  if (change.op === "node-remove") return [change, { op: "node-add", node: change.node }];
  if (change.op !== "link-remove") return [change];
  const nodes = [...network.nodes.keys()];
  const [from, to] = [nodes[(first >> 4) % nodes.length]!, nodes[second % nodes.length]!];
  return [
    change,
    { op: "link-add", link: change.link, from, to, weight: weightOf(second, options.weights ?? "integer") },
  ];
}

function changeOf(network: NaiveNetwork, [kind, first, second, third]: Choice, options: ChangeStreamOptions): Change {
  const weight = weightOf(third, options.weights ?? "integer");
  const nodes = [...network.nodes.keys()];
  const links = [...network.links.keys()];
  const node = nodes[first % Math.max(1, nodes.length)];
  const other = nodes[second % Math.max(1, nodes.length)];
  const link = links[first % Math.max(1, links.length)];
  const newNode = free("x", 4 + (second % 4), network.nodes);
  const newLink = free("k", 4 + (kind % 8), network.links);
  if (options.bad && kind % 16 === 0) return badChange(second, node, link);
  if (node === undefined || other === undefined) return { op: "node-add", node: newNode };
  const linkAdd: Change = { op: "link-add", link: newLink, from: node, to: other, weight };
  if (link === undefined) return linkAdd;
  switch ((kind >> 4) % 20) {
    case 0:
    case 1:
    case 2:
      return { op: "link-down", link };
    case 3:
    case 4:
      return { op: "link-up", link };
    case 5:
    case 6:
      return { op: "link-weight", link, weight };
    case 7:
      return { op: "link-weight", link, forward: weight };
    case 8:
      return { op: "link-weight", link, backward: weight };
    case 9:
    case 10:
      return linkAdd;
    case 11: {
      const backward = weightOf(second ^ third, options.weights ?? "integer");
      return { op: "link-add", link: newLink, from: node, to: other, forward: weight, backward };
    }
    case 12:
    case 13:
      return { op: "link-remove", link };
    case 14:
      return { op: "node-down", node };
    case 15:
      return { op: "node-up", node };
    case 16:
      return { op: "node-drain", node };
    case 17:
      return { op: "node-undrain", node };
    case 18:
      return { op: "node-add", node: newNode };
    default:
      return { op: "node-remove", node };
  }
}

function badChange(pick: number, node: string | undefined, link: string | undefined): Change {
  const nowhere = "nowhere";
  switch (pick % 6) {
    case 0:
      return { op: "link-down", link: nowhere };
    case 1:
      return { op: "node-drain", node: nowhere };
    case 2:
      return { op: "link-add", link: "bad", from: node ?? nowhere, to: nowhere, weight: 1 };
    case 3:
      return node === undefined ? { op: "node-remove", node: nowhere } : { op: "node-add", node };
    case 4:
      return { op: "link-weight", link: link ?? nowhere, weight: 0 };
    default:
      return { op: "link-add", link: link ?? "bad", from: nowhere, to: nowhere, weight: 1 };
  }
}

/** The first id of the pool from `start` on that is not taken. */
function free(prefix: string, start: number, taken: ReadonlyMap<string, unknown>): string {
  let number = start % 8;
  while (taken.has(`${prefix}${number}`)) number++;
  return `${prefix}${number}`;
}

function weightOf(pick: number, kind: WeightKind): number {
  if (kind === "unit") return 1;
  if (kind === "integer") return 1 + (pick % 5);
  return (1 + (pick % 50)) / 10 ** (pick % 3);
}
