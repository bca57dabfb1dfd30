// A layered drawing of one scope: layers from top to bottom, links as curves that turn only between layers and so never cross a box.

import type { Arrangement, Block, Curve, Link } from "./blocks.ts";
import { laneWidth, layer, type Vertex } from "./layers.ts";
import { order } from "./order.ts";
import { place } from "./place.ts";

/** Between two layers: room for links to turn. */
const layerGap = 46;
/** How far a link that leads back swings out above and below its ends. */
const swing = 34;

/** Arranges blocks and links. */
export function arrange(blocks: readonly Block[], links: readonly Link[]): Arrangement {
  if (blocks.length === 0) return { width: 0, height: 0, x: [], y: [], routes: [] };
  const drawing = layer(blocks, links);
  const layers = order(drawing);
  const left = place(drawing, layers);
  const { vertices, lanes, back } = drawing;
  const tops: number[] = [];
  const bottoms: number[] = [];
  // A link that leads back swings out above its end and below its start: room between layers is there already.
  const swings = (rank: (link: Link) => number, at: number) =>
    links.some((link, i) => back[i] && (vertices[rank(link)] as Vertex).layer === at);
  let height = swings(({ to }) => to, 0) ? swing : 0;
  for (const each of layers) {
    tops.push(height);
    height += Math.max(0, ...each.map((vertex) => blocks[(vertices[vertex] as Vertex).block]?.height ?? 0));
    bottoms.push(height);
    height += layerGap;
  }
  height += swings(({ from }) => from, layers.length - 1) ? swing - layerGap : -layerGap;
  const y = blocks.map((block, i) => {
    const at = (vertices[i] as Vertex).layer;
    // A scope's own inputs and outputs stand at its edge, everything else in the middle of its layer.
    if (block.rank !== undefined) return (block.rank === "first" ? tops[at] : bottoms[at]) as number;
    return ((tops[at] as number) + (bottoms[at] as number) - block.height) / 2;
  });
  let width = 0;
  for (const [vertex, { width: own }] of vertices.entries()) width = Math.max(width, (left[vertex] as number) + own);
  const routes = links.map(({ from, output, to, input }, i) => {
    const start = blocks[from] as Block;
    const end = blocks[to] as Block;
    const path = new Path((left[from] as number) + (start.bottoms[output] ?? 0), (y[from] as number) + start.height);
    const [fromLayer, toLayer] = [(vertices[from] as Vertex).layer, (vertices[to] as Vertex).layer];
    path.straight(bottoms[fromLayer] as number);
    for (const [at, lane] of (lanes[i] as readonly number[]).entries()) {
      const x = (left[lane] as number) + laneWidth / 2;
      const here = (vertices[lane] as Vertex).layer;
      const [enter, leave] = back[i] ? [bottoms[here], tops[here]] : [tops[here], bottoms[here]];
      if (back[i] && at === 0) path.turn(x, swing);
      else path.curve(x, enter as number);
      path.straight(leave as number);
    }
    const x = (left[to] as number) + (end.tops[input] ?? 0);
    if (back[i]) path.turn(x, -swing);
    else path.curve(x, tops[toLayer] as number);
    path.straight(y[to] as number);
    return path.curves;
  });
  return { width, height, x: blocks.map((_, i) => left[i] as number), y, routes };
}

/** A link as it is drawn. */
class Path {
  readonly curves: Curve[] = [];
  private x: number;
  private y: number;

  constructor(x: number, y: number) {
    this.x = x;
    this.y = y;
  }

  /** Goes straight up or down. */
  straight(y: number): void {
    if (y !== this.y) this.add(this.x, this.y, this.x, y, this.x, y);
  }

  /** Goes to the next layer, starting and ending upright. */
  curve(x: number, y: number): void {
    const middle = (this.y + y) / 2;
    this.add(this.x, middle, x, middle, x, y);
  }

  /** Turns back, swinging out by three quarters of `by`. */
  turn(x: number, by: number): void {
    this.add(this.x, this.y + by, x, this.y + by, x, this.y);
  }

  private add(c1x: number, c1y: number, c2x: number, c2y: number, x: number, y: number): void {
    this.curves.push([this.x, this.y, c1x, c1y, c2x, c2y, x, y]);
    this.x = x;
    this.y = y;
  }
}
