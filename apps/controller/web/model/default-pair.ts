// The pair of nodes whose route is shown first.
import type { NetworkModel } from "./network-model.ts";

/** Two nodes that are far apart: the ends of the lowest layer, else the ones furthest west and east, else the first and last. */
export function defaultPair(model: NetworkModel): [from: string, to: string] {
  const { nodeIds, positions } = model;
  let west = 0;
  let east = nodeIds.length - 1;
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const lowest = positions.reduce((y, position) => Math.max(y, position?.y ?? y), Number.NEGATIVE_INFINITY);
  for (let node = 0; node < nodeIds.length; node++) {
    const position = positions[node];
    if (position == null || (position.y !== undefined && position.y < lowest)) continue;
    const x = position.longitude ?? position.x ?? 0;
    if (x < least) [least, west] = [x, node];
    if (x >= most) [most, east] = [x, node];
  }
  return [nodeIds[west] ?? "", nodeIds[east] ?? ""];
}
