// The geometry of a frame: which links are drawn, where, and what lies under the pointer.

import type { NetworkModel } from "../model/network-model.ts";
import type { Selection } from "../model/state.ts";
import type { Layout } from "./layout.ts";
import type { View } from "./view.ts";

/** Ordinary links drawn at most; of more, the same sample is drawn at every frame. */
export const MAX_LINES = 6000;
/** Pixels between parallel links. */
const LANE = 5;

/** What is emphasised, and therefore drawn and found before anything else. */
export interface Emphasis {
  /** Links of the routes, present and former. */
  readonly routes: readonly number[];
  readonly down: readonly number[];
  /** Links at the selected node, or the selected link. */
  readonly selected: readonly number[];
}

/** Pixels of a link's two ends. */
export interface Segment {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A network, laid out and seen. */
export class Scene {
  readonly model: NetworkModel;
  readonly layout: Layout;
  /** A place in a fixed random order by link, so that samples grow and shrink without flicker. */
  readonly #rank: Uint32Array;
  readonly #visible: Int32Array;

  constructor(model: NetworkModel, layout: Layout) {
    this.model = model;
    this.layout = layout;
    this.#rank = Uint32Array.from({ length: model.linkCount }, (_, link) => Math.imul(link + 1, 0x9e3779b1) >>> 0);
    this.#visible = new Int32Array(model.linkCount);
  }

  /** Pixels of a node. */
  place(node: number, view: View): [x: number, y: number] {
    return [this.layout.x[node]! * view.scale + view.x, this.layout.y[node]! * view.scale + view.y];
  }

  /** Pixels of a link. */
  segment(link: number, view: View): Segment {
    let [x1, y1] = this.place(this.model.from[link]!, view);
    let [x2, y2] = this.place(this.model.to[link]!, view);
    const lane = this.model.lane[link]!;
    if (lane !== 0) {
      const length = Math.hypot(x2 - x1, y2 - y1) || 1;
      const [dx, dy] = [((y1 - y2) / length) * lane * LANE, ((x2 - x1) / length) * lane * LANE];
      x1 += dx;
      x2 += dx;
      y1 += dy;
      y2 += dy;
    }
    return { x1, y1, x2, y2 };
  }

  /** The links to draw in a window, and how many there would be. */
  links(view: View, width: number, height: number): { readonly drawn: Int32Array; readonly of: number } {
    const { from, to, linkCount } = this.model;
    const { x, y } = this.layout;
    const left = -view.x / view.scale;
    const top = -view.y / view.scale;
    const right = left + width / view.scale;
    const bottom = top + height / view.scale;
    const visible = this.#visible;
    let count = 0;
    for (let link = 0; link < linkCount; link++) {
      const a = from[link]!;
      const b = to[link]!;
      const ax = x[a]!;
      const bx = x[b]!;
      if ((ax < left && bx < left) || (ax > right && bx > right)) continue;
      const ay = y[a]!;
      const by = y[b]!;
      if ((ay < top && by < top) || (ay > bottom && by > bottom)) continue;
      visible[count++] = link;
    }
    const found = visible.subarray(0, count);
    if (count <= MAX_LINES) return { drawn: found, of: count };
    const limit = (2 ** 32 * MAX_LINES) / count;
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const link = found[i]!;
      if (this.#rank[link]! < limit) visible[kept++] = link;
    }
    return { drawn: visible.subarray(0, kept), of: count };
  }

  /** What is at a pixel: a node before a link, an emphasised link before another, within `reach` pixels. */
  at(x: number, y: number, view: View, drawn: Int32Array, emphasis: Emphasis, reach: number): Selection | undefined {
    const node = this.#nodeAt(x, y, view, reach);
    if (node !== undefined) return { kind: "node", index: node };
    for (const links of [emphasis.routes, emphasis.down, emphasis.selected, drawn]) {
      let best = -1;
      let nearest = reach;
      for (const link of links) {
        const distance = distanceTo(this.segment(link, view), x, y);
        if (distance < nearest) {
          nearest = distance;
          best = link;
        }
      }
      if (best >= 0) return { kind: "link", index: best };
    }
    return undefined;
  }

  #nodeAt(x: number, y: number, view: View, reach: number): number | undefined {
    const within = Math.min(reach, nodeRadius(this.model.nodeCount, view) + 3);
    const [wx, wy] = [(x - view.x) / view.scale, (y - view.y) / view.scale];
    let best: number | undefined;
    let nearest = within / view.scale;
    for (let node = 0; node < this.model.nodeCount; node++) {
      const dx = this.layout.x[node]! - wx;
      const dy = this.layout.y[node]! - wy;
      if (Math.abs(dx) > nearest || Math.abs(dy) > nearest) continue;
      const distance = Math.hypot(dx, dy);
      if (distance >= nearest) continue;
      nearest = distance;
      best = node;
    }
    return best;
  }
}

/** Pixels of a node's radius: smaller in larger networks, growing as one zooms in. */
export function nodeRadius(nodeCount: number, view: View): number {
  const spacing = (700 * view.scale) / Math.sqrt(nodeCount || 1);
  return Math.max(0.8, Math.min(7, spacing / 12));
}

function distanceTo({ x1, y1, x2, y2 }: Segment, x: number, y: number): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const along = ((x - x1) * dx + (y - y1) * dy) / (dx * dx + dy * dy || 1);
  const t = Math.max(0, Math.min(1, along));
  return Math.hypot(x - x1 - t * dx, y - y1 - t * dy);
}
