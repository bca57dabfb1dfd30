// Connected components by union-find: of the edges that come, those pass on that join two components, so that what passed is a spanning
// forest at any moment. After the Rust implementation's example `unionfind`.
import { type Columns, pipeline, type Session, type Stream, type Through, unary } from "@limmat/timely-core";
import { BatchWriter } from "./batch-writer.ts";
import { type Edges, edges } from "./nodes.ts";

/** Passes on the roots of the two components that an edge joins; edges inside of one are dropped. On each worker by itself. */
export function unionFind<T>(): Through<Stream<T, Edges>, Stream<T, Edges>> {
  return unary<T, Edges, Edges>("union-find", pipeline, edges, () => {
    const forest = new Forest();
    const writer = new BatchWriter<T, typeof edges.types>(edges, (room) => ({
      from: new Uint32Array(room),
      to: new Uint32Array(room),
    }));
    return (port, output) => {
      port.forEach((right, batch) => forest.joinAll(batch, writer, output.session(right)));
    };
  });
}

/** Components as trees of nodes, joined by rank. */
class Forest {
  /** The node above each, itself at a root. */
  private above = new Uint32Array(0);
  /** How high the tree below each root is at most. */
  private heights = new Uint8Array(0);

  joinAll<T>(
    { columns: { from, to }, length }: Edges,
    writer: BatchWriter<T, typeof edges.types>,
    session: Session<T, Columns<typeof edges.types>>,
  ): void {
    writer.reserve(length, session);
    this.grow(Math.max(largest(from, length), largest(to, length)) + 1);
    const joined = join(
      this.above,
      this.heights,
      from,
      to,
      length,
      writer.columns.from,
      writer.columns.to,
      writer.length,
    );
    writer.length += joined;
    writer.flush(session);
  }

  private grow(nodes: number): void {
    const before = this.above.length;
    if (nodes <= before) return;
    const room = Math.max(nodes, before * 2, 1024);
    const above = new Uint32Array(room);
    above.set(this.above);
    for (let node = before; node < room; node++) above[node] = node;
    const heights = new Uint8Array(room);
    heights.set(this.heights);
    this.above = above;
    this.heights = heights;
  }
}

function largest(nodes: Uint32Array, n: number): number {
  let most = 0;
  for (let i = 0; i < n; i++) if ((nodes[i] as number) > most) most = nodes[i] as number;
  return most;
}

/** Joins the ends of edges; writes the pairs of roots that were joined from `at` on, and returns how many. */
function join(
  above: Uint32Array,
  heights: Uint8Array,
  from: Uint32Array,
  to: Uint32Array,
  n: number,
  joinedFrom: Uint32Array,
  joinedTo: Uint32Array,
  at: number,
): number {
  let next = at;
  for (let i = 0; i < n; i++) {
    let x = from[i] as number;
    let y = to[i] as number;
    for (let up = above[x] as number; up !== x; up = above[x] as number) x = up;
    for (let up = above[y] as number; up !== y; up = above[y] as number) y = up;
    if (x === y) continue;
    joinedFrom[next] = x;
    joinedTo[next] = y;
    next += 1;
    const difference = (heights[x] as number) - (heights[y] as number);
    if (difference < 0) above[x] = y;
    else above[y] = x;
    if (difference === 0) heights[x] = (heights[x] as number) + 1;
  }
  return next - at;
}
