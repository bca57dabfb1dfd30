// Small random graphs, and dividing what is fed over the workers of a simulated run.
import type { Random } from "../../src/simulation/index.ts";

/** A directed edge. */
export interface Edge {
  readonly from: number;
  readonly to: number;
}

/** Up to `most` edges between nodes below `nodes`; some repeat, some lead back to where they start. */
export function drawEdges(random: Random, nodes: number, most: number): Edge[] {
  return Array.from({ length: random.below(most + 1) }, () => ({ from: random.below(nodes), to: random.below(nodes) }));
}

/** The neighbours of each node. */
export function neighbours(edges: readonly Edge[], nodes: number): number[][] {
  const lists = Array.from({ length: nodes }, (): number[] => []);
  for (const { from, to } of edges) (lists[from] as number[]).push(to);
  return lists;
}

/** The share of one worker. */
export function share<D>(records: readonly D[], index: number, peers: number): D[] {
  return records.filter((_, i) => i % peers === index);
}
