// The first half of a layered drawing: every block gets a layer below those that lead to it, and links that span several layers a lane in
// each. After Sugiyama, Tagawa and Toda (1981); links that close a cycle are led back upwards.

import type { Block, Link } from "./blocks.ts";

/** A block, or a lane that a link passes a layer in. */
export interface Vertex {
  readonly layer: number;
  /** The block, or -1 for a lane. */
  readonly block: number;
  readonly width: number;
  /** For the end of a lane that leads back: the vertex beside it that the link turns to. */
  readonly beside: number;
}

/** A stretch of a link between two neighbouring layers. */
export interface Segment {
  readonly upper: number;
  /** Distance of the link from the left edge of the upper vertex. */
  readonly upperX: number;
  readonly lower: number;
  readonly lowerX: number;
}

/** A drawing whose blocks have layers but no order yet. */
export interface Layers {
  readonly vertices: readonly Vertex[];
  readonly segments: readonly Segment[];
  /** The vertices of each layer. */
  readonly layers: number[][];
  /** The lanes of each link, from its start to its end. */
  readonly lanes: readonly (readonly number[])[];
  /** Which links lead back upwards. */
  readonly back: readonly boolean[];
}

/** The width of a lane. */
export const laneWidth = 10;

/** Gives blocks layers and links lanes. O(blocks + links x layers). */
export function layer(blocks: readonly Block[], links: readonly Link[]): Layers {
  const out: number[][] = blocks.map(() => []);
  links.forEach(({ from }, i) => out[from]?.push(i));
  const { back, order } = findBack(blocks, links, out);
  const layerOf = longestPaths(blocks, links, out, back, order);
  const vertices: Vertex[] = blocks.map(({ width }, block) => ({
    layer: layerOf[block] as number,
    block,
    width,
    beside: -1,
  }));
  const segments: Segment[] = [];
  const half = laneWidth / 2;
  const lanes = links.map(({ from, output, to, input }, i): number[] => {
    const upper = layerOf[back[i] ? to : from] as number;
    const lower = layerOf[back[i] ? from : to] as number;
    const lane: number[] = [];
    const first = back[i] ? upper : upper + 1;
    const last = back[i] ? lower : lower - 1;
    for (let at = first; at <= last; at++) {
      const beside = !back[i] ? -1 : at === first ? to : at === last ? from : -1;
      lane.push(vertices.push({ layer: at, block: -1, width: laneWidth, beside }) - 1);
    }
    const stops = lane.map((vertex) => ({ vertex, x: half }));
    if (!back[i]) {
      stops.unshift({ vertex: from, x: blocks[from]?.bottoms[output] ?? 0 });
      stops.push({ vertex: to, x: blocks[to]?.tops[input] ?? 0 });
    }
    for (let at = 1; at < stops.length; at++) {
      const [above, below] = [stops[at - 1], stops[at]] as [(typeof stops)[0], (typeof stops)[0]];
      segments.push({ upper: above.vertex, upperX: above.x, lower: below.vertex, lowerX: below.x });
    }
    return back[i] ? lane.reverse() : lane;
  });
  const layers: number[][] = [];
  // In the order in which the blocks were found, which follows the links: a good start for ordering.
  const found = [...order, ...vertices.keys()].filter((vertex, i) => i < order.length || vertex >= blocks.length);
  for (const vertex of found) {
    const at = (vertices[vertex] as Vertex).layer;
    while (layers.length <= at) layers.push([]);
    layers[at]?.push(vertex);
  }
  return { vertices, segments, layers, lanes, back };
}

/** Finds the links that close cycles, and an order in which all others lead forward. Depth first, without recursion. */
function findBack(
  blocks: readonly Block[],
  links: readonly Link[],
  out: readonly (readonly number[])[],
): { back: boolean[]; order: number[] } {
  const back = links.map(() => false);
  const arriving = blocks.map(() => 0);
  for (const { to } of links) arriving[to] = (arriving[to] as number) + 1;
  const all = blocks.map((_, block) => block);
  const starts = [
    ...all.filter((block) => blocks[block]?.rank === "first"),
    ...all.filter((block) => arriving[block] === 0),
    ...all,
  ];
  const state = blocks.map(() => 0); // 0 unseen, 1 on the way, 2 done
  const finished: number[] = [];
  for (const start of starts) {
    if (state[start] !== 0) continue;
    const way: { block: number; next: number }[] = [{ block: start, next: 0 }];
    state[start] = 1;
    for (let top = way[0]; top !== undefined; top = way[way.length - 1]) {
      const link = out[top.block]?.[top.next];
      if (link === undefined) {
        state[top.block] = 2;
        finished.push(top.block);
        way.pop();
        continue;
      }
      top.next += 1;
      const { to } = links[link] as Link;
      if (state[to] === 1) back[link] = true;
      else if (state[to] === 0) {
        state[to] = 1;
        way.push({ block: to, next: 0 });
      }
    }
  }
  return { back, order: finished.reverse() };
}

function longestPaths(
  blocks: readonly Block[],
  links: readonly Link[],
  out: readonly (readonly number[])[],
  back: readonly boolean[],
  order: readonly number[],
): number[] {
  const lowest = blocks.some(({ rank }) => rank === "first") ? 1 : 0;
  const layers: number[] = blocks.map(({ rank }) => (rank === "first" ? 0 : lowest));
  for (const block of order) {
    for (const link of out[block] ?? []) {
      const { to } = links[link] as Link;
      if (!back[link]) layers[to] = Math.max(layers[to] as number, (layers[block] as number) + 1);
    }
  }
  // What nothing leads to stands right above what it leads to.
  const entered = blocks.map(() => false);
  links.forEach(({ to }, i) => {
    if (!back[i]) entered[to] = true;
  });
  for (const block of order) {
    if (entered[block] || blocks[block]?.rank !== undefined) continue;
    const below = (out[block] ?? []).filter((link) => !back[link]).map((link) => layers[(links[link] as Link).to] ?? 0);
    if (below.length > 0) layers[block] = Math.min(...below) - 1;
  }
  const deepest = Math.max(-1, ...blocks.map(({ rank }, block) => (rank === "last" ? -1 : (layers[block] as number))));
  return layers.map((at, block) => (blocks[block]?.rank === "last" ? deepest + 1 : at));
}
