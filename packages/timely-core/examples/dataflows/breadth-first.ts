// Breadth-first search as a cyclic dataflow: the time is the level. After the Rust implementation's example `bfs`, but for what that one
// does at the start: it sorts the batches of edges in place of the edges, so that its index of them is wrong.
import {
  binaryFrontier,
  type Capability,
  type Columns,
  columns,
  concat,
  connectLoop,
  feedback,
  type Session,
  type Stream,
  u32,
} from "@limmat/timely-core";
import { BatchWriter } from "./batch-writer.ts";
import { byNode, type Edges, placesFor } from "./nodes.ts";

/** `node` can be reached by way of `parent`, which is one level below it. */
export const visits = columns({ node: u32, parent: u32 });
type Visits = Columns<typeof visits.types>;

/** What a search found about one worker's nodes, by place. */
export interface Found {
  /** The node from which each was reached first, or `unreached`. */
  readonly parents: Uint32Array;
  /** The time at which each was reached, where it was. */
  readonly levels: Uint32Array;
  /** How many nodes were reached at each time, and when the search went on from them, in milliseconds on the clock. */
  readonly phases: { readonly time: number; readonly nodes: number; readonly at: number }[];
}

/** In the place of a parent: nothing leads there. */
export const unreached = 0xffffffff;

/**
 * Searches the graph of the edges that come at time 0 from the roots, which come at time 0 as visits: they are reached at time 1, what
 * they lead to at time 2, and so on. `found` is filled in as the search goes. Nodes are below `nodes`.
 */
export function breadthFirst(graph: Stream<number, Edges>, roots: Stream<number, Visits>, nodes: number) {
  const { scope } = graph;
  const { peers } = scope;
  const places = placesFor(nodes, peers);
  const found: Found = {
    parents: new Uint32Array(places).fill(unreached),
    levels: new Uint32Array(places),
    phases: [],
  };
  const loop = feedback(scope, visits, 1);
  const reached = graph.pipe(
    binaryFrontier(loop.stream, "breadth-first", byNode("from"), byNode("node"), visits, (initial) => {
      initial.release();
      const pieces: Edges[] = [];
      let building: Capability<number> | undefined;
      let index: EdgeIndex | undefined;
      // Places reached at a time from which the search has not gone on yet. Nothing of a time is sent before everything of the one before
      // has arrived on all workers, so the first visit of a node is on its least level.
      const waiting = new Map<number, { held: Capability<number>; reached: PlaceList }>();
      const writer = new BatchWriter<number, typeof visits.types>(visits, (room) => ({
        node: new Uint32Array(room),
        parent: new Uint32Array(room),
      }));

      return (edgePort, visitPort, output) => {
        edgePort.forEach((right, batch) => {
          building ??= right.retain();
          pieces.push(batch.retain());
        });
        visitPort.forEach((right, batch) => {
          const { time } = right;
          let entry = waiting.get(time);
          if (entry === undefined) {
            entry = { held: right.retain(), reached: new PlaceList() };
            waiting.set(time, entry);
          }
          const { node, parent } = batch.columns;
          reach(found, entry.reached, time, peers, node, parent, batch.length);
        });
        if (index === undefined) {
          if (edgePort.frontier.lessEqual(0)) return;
          index = indexEdges(pieces, places, peers);
          building?.release();
        }
        for (const [time, { held, reached }] of waiting) {
          if (visitPort.frontier.lessEqual(time)) continue;
          found.phases.push({ time, nodes: reached.length, at: performance.now() });
          visitFrom(reached, index, peers, scope.index, writer, output.session(held));
          held.release();
          waiting.delete(time);
        }
      };
    }),
  );
  reached.pipe(concat(roots), connectLoop(loop));
  return { reached, found };
}

/** A worker's edges by the place of the node they leave: `targets[starts[place], starts[place + 1])`. */
interface EdgeIndex {
  readonly starts: Uint32Array;
  readonly targets: Uint32Array;
}

/** Sorts edges by the node they leave, by counting; gives the batches back. */
function indexEdges(pieces: Edges[], places: number, peers: number): EdgeIndex {
  const starts = new Uint32Array(places + 1);
  for (const { columns, length } of pieces) countSources(columns.from, length, peers, starts);
  let sum = 0;
  for (let place = 0; place <= places; place++) {
    sum += starts[place] as number;
    starts[place] = sum;
  }
  // Each start is the end of its run now, and moves to its beginning as the run is filled from behind.
  const targets = new Uint32Array(sum);
  for (const piece of pieces) {
    placeTargets(piece.columns.from, piece.columns.to, piece.length, peers, starts, targets);
    piece.release();
  }
  pieces.length = 0;
  return { starts, targets };
}

function countSources(from: Uint32Array, n: number, peers: number, counts: Uint32Array): void {
  for (let i = 0; i < n; i++) {
    const place = ((from[i] as number) / peers) >>> 0;
    counts[place] = (counts[place] as number) + 1;
  }
}

function placeTargets(
  from: Uint32Array,
  to: Uint32Array,
  n: number,
  peers: number,
  ends: Uint32Array,
  targets: Uint32Array,
): void {
  for (let i = 0; i < n; i++) {
    const place = ((from[i] as number) / peers) >>> 0;
    const at = (ends[place] as number) - 1;
    ends[place] = at;
    targets[at] = to[i] as number;
  }
}

/** Places in the order they were added. */
class PlaceList {
  places: Uint32Array = new Uint32Array(256);
  length = 0;

  /** Makes room for `more`. */
  reserve(more: number): void {
    if (this.length + more <= this.places.length) return;
    const grown = new Uint32Array(Math.max(this.length + more, this.places.length * 2));
    grown.set(this.places);
    this.places = grown;
  }
}

/** Notes the nodes that no visit before has reached. */
function reach(
  { parents, levels }: Found,
  list: PlaceList,
  time: number,
  peers: number,
  node: Uint32Array,
  parent: Uint32Array,
  n: number,
): void {
  list.reserve(n);
  const { places } = list;
  let { length } = list;
  for (let i = 0; i < n; i++) {
    const place = ((node[i] as number) / peers) >>> 0;
    if (parents[place] !== unreached) continue;
    parents[place] = parent[i] as number;
    levels[place] = time;
    places[length++] = place;
  }
  list.length = length;
}

/** Sends what the edges of the places in a list lead to. */
function visitFrom(
  { places, length }: PlaceList,
  { starts, targets }: EdgeIndex,
  peers: number,
  worker: number,
  writer: BatchWriter<number, typeof visits.types>,
  session: Session<number, Visits>,
): void {
  for (let i = 0; i < length; i++) {
    const place = places[i] as number;
    const start = starts[place] as number;
    const end = starts[place + 1] as number;
    writer.reserve(end - start, session);
    const { node, parent } = writer.columns;
    const source = place * peers + worker;
    let { length: at } = writer;
    for (let edge = start; edge < end; edge++, at++) {
      node[at] = targets[edge] as number;
      parent[at] = source;
    }
    writer.length = at;
  }
  writer.flush(session);
}
