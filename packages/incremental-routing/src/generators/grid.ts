// A grid: many equal-cost paths, whose number grows exponentially with the distance.

import type { LinkSpec, NodeSpec, Topology } from "../network/index.ts";
import { checkInteger, checkSize } from "./generator-error.ts";
import { inGrid } from "./layout.ts";

/**
 * A grid of rows × columns nodes, each joined to its neighbours right and below by links of weight 1.
 *
 * @throws GeneratorError when a side is no positive integer, or it is too large.
 */
export function grid(rows: number, columns: number): Topology {
  checkInteger("rows", rows, 1);
  checkInteger("columns", columns, 1);
  checkSize("rows", rows * columns, rows * (columns - 1) + columns * (rows - 1));
  const nodes: NodeSpec[] = [];
  const links: LinkSpec[] = [];
  const connect = (from: string, to: string): void => {
    links.push({ id: `${from}--${to}`, from, to, forward: 1, backward: 1 });
  };
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const id = `node-${row}-${column}`;
      nodes.push({ id, position: inGrid(row, column, columns) });
      if (column + 1 < columns) connect(id, `node-${row}-${column + 1}`);
      if (row + 1 < rows) connect(id, `node-${row + 1}-${column}`);
    }
  }
  return { name: `grid-${rows}x${columns}`, nodes, links };
}
