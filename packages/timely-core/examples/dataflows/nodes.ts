// Graphs whose nodes are numbers: node `n` belongs to worker `n % peers`, where it has the place `floor(n / peers)` in every array.
import { type Columns, columns, type Exchange, type Fields, i32, u32 } from "@limmat/timely-core";

/** Directed edges. */
export const edges = columns({ from: u32, to: u32 });
/** A batch of edges. */
export type Edges = Columns<typeof edges.types>;

/** Edges that come (1) or go (-1). */
export const edgeChanges = columns({ from: u32, to: u32, diff: i32 });
/** A batch of them. */
export type EdgeChanges = Columns<typeof edgeChanges.types>;

/** The pact that sends each record to the worker of the node in one of its fields. */
export function byNode<F extends Fields>(field: keyof F): Exchange<Columns<F>> {
  return {
    kind: "worker",
    target: (batch, peers, targets) =>
      remainders(batch.columns[field] as unknown as Uint32Array, targets, batch.length, peers),
  };
}

function remainders(nodes: Uint32Array, targets: Uint32Array, n: number, peers: number): void {
  if ((peers & (peers - 1)) === 0) for (let i = 0; i < n; i++) targets[i] = (nodes[i] as number) & (peers - 1);
  else for (let i = 0; i < n; i++) targets[i] = (nodes[i] as number) % peers;
}

/** How many places a worker needs for its share of `nodes` nodes. */
export function placesFor(nodes: number, peers: number): number {
  return Math.ceil(nodes / peers);
}
