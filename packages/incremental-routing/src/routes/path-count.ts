// The number of shortest paths between two nodes, by dynamic programming over the next hops; no path is ever enumerated.

/** The next hops toward one destination. */
export interface NextHops {
  /** Distance to the destination, Infinity when there is no path. */
  distance(node: number): number;
  /** The node behind each next-hop link; parallel links repeat it. */
  nextNodes(node: number): readonly number[];
}

/** How many ways the next hops lead from one node to another. Exact; big integers only once a count leaves 2^53. */
export function countPaths(from: number, to: number, hops: NextHops): bigint {
  if (hops.distance(from) === Number.POSITIVE_INFINITY) return 0n;
  // Every next hop is strictly closer, so ascending distance is an order in which all it needs is there.
  const next = new Map<number, readonly number[]>();
  const order = [from];
  for (let i = 0; i < order.length; i++) {
    const node = order[i] as number;
    const nodes = node === to ? [] : hops.nextNodes(node);
    for (const other of nodes) {
      if (next.has(other)) continue;
      next.set(other, []);
      order.push(other);
    }
    next.set(node, nodes);
  }
  order.sort((a, b) => hops.distance(a) - hops.distance(b));
  return countInNumbers(order, to, next) ?? countInBigInts(order, to, next);
}

type Next = ReadonlyMap<number, readonly number[]>;

/** The count toward the last node of `order`, or undefined when one passes 2^53. */
function countInNumbers(order: readonly number[], to: number, next: Next): bigint | undefined {
  const counts = new Map<number, number>([[to, 1]]);
  let count = 1;
  for (const node of order) {
    if (node === to) continue;
    count = 0;
    for (const other of next.get(node) ?? []) count += counts.get(other) ?? 0;
    if (count > Number.MAX_SAFE_INTEGER) return undefined;
    counts.set(node, count);
  }
  return BigInt(count);
}

function countInBigInts(order: readonly number[], to: number, next: Next): bigint {
  const counts = new Map<number, bigint>([[to, 1n]]);
  let count = 1n;
  for (const node of order) {
    if (node === to) continue;
    count = 0n;
    for (const other of next.get(node) ?? []) count += counts.get(other) ?? 0n;
    counts.set(node, count);
  }
  return count;
}
