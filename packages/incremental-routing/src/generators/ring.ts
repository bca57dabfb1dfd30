// A ring: the smallest network in which every failure leaves one other way.

import type { Topology } from "../network/index.ts";
import { checkInteger, checkSize } from "./generator-error.ts";
import { onCircle } from "./layout.ts";

/**
 * A ring of `size` nodes and as many links of weight 1, drawn on a circle.
 *
 * @throws GeneratorError when `size` is no integer of at least 3, or too large.
 */
export function ring(size: number): Topology {
  checkInteger("size", size, 3);
  checkSize("size", size, size);
  const nodes = Array.from({ length: size }, (_, i) => ({ id: `node-${i}`, position: onCircle(i, size) }));
  const links = nodes.map(({ id: from }, i) => {
    const to = `node-${(i + 1) % size}`;
    return { id: `${from}--${to}`, from, to, forward: 1, backward: 1 };
  });
  return { name: `ring-${size}`, nodes, links };
}
