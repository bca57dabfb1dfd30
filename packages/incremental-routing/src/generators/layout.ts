// Places for generated networks, so that a page can draw them: layers for Clos fabrics, a circle for rings.

import type { PlanePosition } from "../network/index.ts";

/** Width of a drawing; heights follow from the number of layers. */
const WIDTH = 1000;
const LAYER_HEIGHT = 200;

/** The place of node `index` of `count` in a layer; layer 0 is the top. */
export function inLayer(layer: number, index: number, count: number): PlanePosition {
  return { x: (WIDTH * (index + 0.5)) / count, y: LAYER_HEIGHT * (layer + 0.5) };
}

/** The place of node `index` of `count` on a circle, clockwise from the top. */
export function onCircle(index: number, count: number): PlanePosition {
  const angle = (2 * Math.PI * index) / count;
  return { x: (WIDTH / 2) * (1 + Math.sin(angle)), y: (WIDTH / 2) * (1 - Math.cos(angle)) };
}

/** The place of a cell in a grid with square cells. */
export function inGrid(row: number, column: number, columns: number): PlanePosition {
  const cell = WIDTH / columns;
  return { x: cell * (column + 0.5), y: cell * (row + 0.5) };
}
