// Connected components by flooding: the oracle of union-find.

/** How many parts the nodes below `nodes` fall into when edges join them, whichever way they lead. */
export function countComponents(
  edges: readonly { readonly from: number; readonly to: number }[],
  nodes: number,
): number {
  const part = Array.from({ length: nodes }, (_, node) => node);
  for (let changed = true; changed; ) {
    changed = false;
    for (const { from, to } of edges) {
      const least = Math.min(part[from] as number, part[to] as number);
      if (part[from] === least && part[to] === least) continue;
      part[from] = least;
      part[to] = least;
      changed = true;
    }
  }
  return new Set(part).size;
}
