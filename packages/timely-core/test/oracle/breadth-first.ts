// Breadth-first search over an array of neighbour lists: the oracle of reachability by iteration.

/** The least number of edges from any root to each node that can be reached. */
export function distances(neighbours: readonly (readonly number[])[], roots: Iterable<number>): Map<number, number> {
  const found = new Map<number, number>();
  for (const root of roots) found.set(root, 0);
  for (const [node, distance] of found) {
    for (const next of neighbours[node] ?? []) if (!found.has(next)) found.set(next, distance + 1);
  }
  return found;
}
