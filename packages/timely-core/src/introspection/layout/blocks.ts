// What is laid out, and what comes of it: boxes with ports above and below, links between ports, curves.

/** A box. Links end at its top and start at its bottom, at given distances from its left edge. */
export interface Block {
  readonly width: number;
  readonly height: number;
  /** Distances of its inputs from its left edge. */
  readonly tops: readonly number[];
  /** Distances of its outputs from its left edge. */
  readonly bottoms: readonly number[];
  /** Whether it belongs above or below all others. */
  readonly rank?: "first" | "last";
}

/** A link from an output of one block to an input of another, or of the same. */
export interface Link {
  readonly from: number;
  readonly output: number;
  readonly to: number;
  readonly input: number;
}

/** A cubic Bézier curve: start, two control points, end; x and y of each. */
export type Curve = readonly [number, number, number, number, number, number, number, number];

/** Where everything goes. */
export interface Arrangement {
  readonly width: number;
  readonly height: number;
  /** The left edge of each block. */
  readonly x: readonly number[];
  /** The top edge of each block. */
  readonly y: readonly number[];
  /** The curves of each link, from its start to its end. */
  readonly routes: readonly (readonly Curve[])[];
}
