// Horizontal places: sweeps in which each layer's vertices go as near to where their links want them as their order and distance allow.
// One layer is an isotonic regression, solved exactly by pooling adjacent violators.

import type { Layers, Segment, Vertex } from "./layers.ts";

const sweeps = 40;
/** Between two boxes, between two lanes, and between a box and a lane. */
const boxGap = 30;
const laneGap = 6;

/** The left edge of every vertex, from 0 on. */
export function place(drawing: Layers, layers: readonly (readonly number[])[]): Float64Array {
  const { vertices, segments } = drawing;
  const x = new Float64Array(vertices.length);
  const above: Segment[][] = vertices.map(() => []);
  const below: Segment[][] = vertices.map(() => []);
  for (const segment of segments) {
    above[segment.lower]?.push(segment);
    below[segment.upper]?.push(segment);
  }
  const isLane = (vertex: number) => (vertices[vertex] as Vertex).block < 0;
  const width = (vertex: number) => (vertices[vertex] as Vertex).width;
  /** The least distance between the left edges of neighbours. */
  const apart = (left: number, right: number): number =>
    width(left) + (isLane(left) && isLane(right) ? laneGap : isLane(left) || isLane(right) ? boxGap / 2 : boxGap);
  for (const layer of layers) {
    for (let i = 1; i < layer.length; i++) {
      const [left, right] = [layer[i - 1] as number, layer[i] as number];
      x[right] = (x[left] as number) + apart(left, right);
    }
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const down = sweep % 2 === 0;
    const both = sweep >= sweeps - 12;
    for (let i = 0; i < layers.length; i++) {
      const layer = layers[down ? i : layers.length - 1 - i] as readonly number[];
      const wanted = new Float64Array(layer.length);
      const weights = new Float64Array(layer.length);
      for (const [at, vertex] of layer.entries()) {
        let sum = 0;
        let weight = 0;
        const pull = (to: number, by: number) => {
          sum += to * by;
          weight += by;
        };
        // Long links want to be straight more than short ones do.
        const strength = (other: number) =>
          isLane(other) && isLane(vertex) ? 8 : isLane(other) || isLane(vertex) ? 2 : 1;
        if (down || both) {
          for (const { upper, upperX, lowerX } of above[vertex] as Segment[]) {
            pull((x[upper] as number) + upperX - lowerX, strength(upper));
          }
        }
        if (!down || both) {
          for (const { lower, lowerX, upperX } of below[vertex] as Segment[]) {
            pull((x[lower] as number) + lowerX - upperX, strength(lower));
          }
        }
        const { beside } = vertices[vertex] as Vertex;
        if (beside >= 0) pull((x[beside] as number) + width(beside) + boxGap, 1);
        wanted[at] = weight > 0 ? sum / weight : (x[vertex] as number);
        weights[at] = weight > 0 ? weight : 0.1;
      }
      spread(layer, wanted, weights, apart, x);
    }
  }
  let least = Number.POSITIVE_INFINITY;
  for (const each of x) least = Math.min(least, each);
  for (let i = 0; i < x.length; i++) x[i] = Math.round(((x[i] as number) - least) * 2) / 2;
  return x;
}

/** Puts a layer's vertices where the weighted squares of their distances from where they want to be are least. */
function spread(
  layer: readonly number[],
  wanted: Float64Array,
  weights: Float64Array,
  apart: (left: number, right: number) => number,
  x: Float64Array,
): void {
  const offsets = new Float64Array(layer.length);
  for (let i = 1; i < layer.length; i++) {
    offsets[i] = (offsets[i - 1] as number) + apart(layer[i - 1] as number, layer[i] as number);
  }
  // Pools of neighbours that are pushed together; each stands at the mean of what its members want.
  const means: number[] = [];
  const masses: number[] = [];
  const sizes: number[] = [];
  for (let i = 0; i < layer.length; i++) {
    let mean = (wanted[i] as number) - (offsets[i] as number);
    let mass = weights[i] as number;
    let size = 1;
    while (means.length > 0 && (means[means.length - 1] as number) > mean) {
      const before = means.pop() as number;
      const heavier = masses.pop() as number;
      mean = (mean * mass + before * heavier) / (mass + heavier);
      mass += heavier;
      size += sizes.pop() as number;
    }
    means.push(mean);
    masses.push(mass);
    sizes.push(size);
  }
  let at = 0;
  for (const [pool, size] of sizes.entries()) {
    for (let i = 0; i < size; i++, at++) x[layer[at] as number] = (means[pool] as number) + (offsets[at] as number);
  }
}
