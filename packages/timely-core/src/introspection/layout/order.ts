// The order of vertices within their layers: sweeps up and down that put each near the middle of its neighbours, of which the one with
// the fewest crossings is kept. After Sugiyama, Tagawa and Toda (1981).

import type { Layers, Segment, Vertex } from "./layers.ts";

const sweeps = 12;

/** Orders each layer so that few links cross. O(sweeps x segments x log). */
export function order(drawing: Layers): number[][] {
  const { vertices, segments } = drawing;
  const above: Segment[][] = vertices.map(() => []);
  const below: Segment[][] = vertices.map(() => []);
  for (const segment of segments) {
    above[segment.lower]?.push(segment);
    below[segment.upper]?.push(segment);
  }
  const position = new Float64Array(vertices.length);
  let layers = drawing.layers.map((layer) => layer.slice());
  const number = () => {
    for (const layer of layers) for (const [i, vertex] of layer.entries()) position[vertex] = i;
  };
  /** Where the other ends of a vertex's segments are, on average. */
  const middle = (vertex: number, down: boolean): number => {
    const list = (down ? above : below)[vertex] as Segment[];
    if (list.length === 0) {
      const { beside } = vertices[vertex] as Vertex;
      return (beside < 0 ? (position[vertex] as number) : (position[beside] as number) + 0.4) as number;
    }
    let sum = 0;
    for (const { upper, upperX, lower, lowerX } of list) {
      const other = down ? upper : lower;
      const x = down ? upperX : lowerX;
      sum += (position[other] as number) + x / ((vertices[other] as Vertex).width + 1);
    }
    return sum / list.length;
  };
  number();
  let best = layers;
  let fewest = crossings(layers, below, position);
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep++) {
    const down = sweep % 2 === 0;
    layers = layers.map((layer) => layer.slice());
    for (let i = 0; i < layers.length; i++) {
      const layer = layers[down ? i : layers.length - 1 - i] as number[];
      const keys = new Map(layer.map((vertex) => [vertex, middle(vertex, down)]));
      layer.sort((a, b) => (keys.get(a) as number) - (keys.get(b) as number));
      for (const [at, vertex] of layer.entries()) position[vertex] = at;
    }
    const count = crossings(layers, below, position);
    if (count < fewest) {
      fewest = count;
      best = layers;
    }
  }
  return best;
}

/** How many pairs of segments cross. */
function crossings(
  layers: readonly (readonly number[])[],
  below: readonly (readonly Segment[])[],
  position: Float64Array,
): number {
  let count = 0;
  for (const layer of layers) {
    const ends: number[] = [];
    for (const vertex of layer) {
      const list = [...(below[vertex] as Segment[])].sort((a, b) => a.upperX - b.upperX || at(a) - at(b));
      for (const segment of list) ends.push(at(segment));
    }
    count += inversions(ends);
  }
  return count;

  function at({ lower, lowerX }: Segment): number {
    return (position[lower] as number) + lowerX / 1e6;
  }
}

/** How many pairs are in the wrong order, by merging. */
function inversions(list: number[]): number {
  let count = 0;
  let from = list;
  let to = new Array<number>(list.length);
  for (let width = 1; width < list.length; width *= 2) {
    for (let start = 0; start < list.length; start += 2 * width) {
      const middle = Math.min(start + width, list.length);
      const end = Math.min(start + 2 * width, list.length);
      let left = start;
      let right = middle;
      for (let at = start; at < end; at++) {
        if (left < middle && (right >= end || (from[left] as number) <= (from[right] as number))) {
          to[at] = from[left++] as number;
        } else {
          count += middle - left;
          to[at] = from[right++] as number;
        }
      }
    }
    [from, to] = [to, from];
  }
  return count;
}
