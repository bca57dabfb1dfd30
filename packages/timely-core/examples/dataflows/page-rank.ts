// PageRank of a graph that changes, by passing on changes of rank only. After the Rust implementation's example `pagerank`: a node's rank
// is 1000 at first and then 1000 and what it was sent; it shares out five sixths of it in whole numbers among its edges, one more to the
// first ones until nothing is left; less than 6 of change waits for more.
import {
  binaryFrontier,
  type Capability,
  type Columns,
  columns,
  connectLoop,
  feedback,
  i32,
  type Session,
  type Stream,
  u32,
} from "@limmat/timely-core";
import { BatchWriter } from "./batch-writer.ts";
import { EdgeLists, inserted, removed } from "./edge-lists.ts";
import { byNode, type EdgeChanges, placesFor } from "./nodes.ts";

/** A node is sent so much more rank. */
const rankChanges = columns({ node: u32, change: i32 });
type RankChanges = Columns<typeof rankChanges.types>;

/** The least change of rank that is passed on. */
const leastChange = 6;

/**
 * Keeps the ranks of the graph that the changes of edges add up to. Changes at a time are made at that time, what they do to ranks at the
 * following ones. Returns what nodes are sent, and this worker's ranks by place, which follow it. Nodes are below `nodes`.
 */
export function pageRank(graph: Stream<number, EdgeChanges>, nodes: number) {
  const { scope } = graph;
  const { peers } = scope;
  const places = placesFor(nodes, peers);
  const ranks = new Int32Array(places).fill(1000);
  const loop = feedback(scope, rankChanges, 1);
  const changes = graph.pipe(
    binaryFrontier(loop.stream, "page-rank", byNode("from"), byNode("node"), rankChanges, (initial) => {
      initial.release();
      const sharing = new Sharing(ranks, peers);
      const edgesAt = new Map<number, { held: Capability<number>; batches: EdgeChanges[] }>();
      const ranksAt = new Map<number, { held: Capability<number>; sums: Sums }>();
      const spare: Sums[] = [];

      return (edgePort, rankPort, output) => {
        edgePort.forEach((right, batch) => {
          const kept = batch.retain();
          const entry = edgesAt.get(right.time);
          if (entry === undefined) edgesAt.set(right.time, { held: right.retain(), batches: [kept] });
          else entry.batches.push(kept);
        });
        rankPort.forEach((right, batch) => {
          let entry = ranksAt.get(right.time);
          if (entry === undefined) {
            entry = { held: right.retain(), sums: spare.pop() ?? new Sums(places) };
            ranksAt.set(right.time, entry);
          }
          entry.sums.addAll(batch, peers);
        });
        const complete = (time: number) => !edgePort.frontier.lessEqual(time) && !rankPort.frontier.lessEqual(time);
        for (const [time, { held, batches }] of edgesAt) {
          if (!complete(time)) continue;
          const session = output.session(held);
          for (const batch of batches) {
            sharing.changeEdges(batch, session);
            batch.release();
          }
          held.release();
          edgesAt.delete(time);
        }
        for (const [time, { held, sums }] of ranksAt) {
          if (!complete(time)) continue;
          sharing.changeRanks(sums, output.session(held));
          spare.push(sums);
          held.release();
          ranksAt.delete(time);
        }
      };
    }),
  );
  changes.pipe(connectLoop(loop));
  return { changes, ranks };
}

/** What nodes were sent at one time, by place. */
class Sums {
  readonly sums: Int32Array;
  /** Places whose sum was 0 when something was added: each that is not 0 now at least once. */
  touched = new Uint32Array(1024);
  length = 0;

  constructor(places: number) {
    this.sums = new Int32Array(places);
  }

  addAll({ columns: { node, change }, length: n }: RankChanges, peers: number): void {
    if (this.length + n > this.touched.length) {
      const grown = new Uint32Array(Math.max(this.length + n, this.touched.length * 2));
      grown.set(this.touched);
      this.touched = grown;
    }
    this.length = addTo(this.sums, this.touched, this.length, node, change, n, peers);
  }
}

function addTo(
  sums: Int32Array,
  touched: Uint32Array,
  length: number,
  node: Uint32Array,
  change: Int32Array,
  n: number,
  peers: number,
): number {
  let end = length;
  for (let i = 0; i < n; i++) {
    const place = ((node[i] as number) / peers) >>> 0;
    const sum = sums[place] as number;
    touched[end] = place;
    end += sum === 0 ? 1 : 0;
    sums[place] = sum + (change[i] as number);
  }
  return end;
}

/** How one worker's nodes share out their ranks. */
class Sharing {
  private readonly ranks: Int32Array;
  private readonly peers: number;
  private readonly edges: EdgeLists;
  /** Changes too small to be passed on yet. */
  private readonly waiting: Int32Array;
  private readonly writer = new BatchWriter<number, typeof rankChanges.types>(rankChanges, (room) => ({
    node: new Uint32Array(room),
    change: new Int32Array(room),
  }));

  constructor(ranks: Int32Array, peers: number) {
    this.ranks = ranks;
    this.peers = peers;
    this.edges = new EdgeLists(ranks.length);
    this.waiting = new Int32Array(ranks.length);
  }

  /** Makes changes of edges one by one; sends what each changes. */
  changeEdges({ columns: { from, to, diff }, length }: EdgeChanges, session: Session<number, RankChanges>): void {
    const { edges, ranks, peers, writer } = this;
    for (let i = 0; i < length; i++) {
      const place = ((from[i] as number) / peers) >>> 0;
      const target = to[i] as number;
      const change = diff[i] as number;
      const before = edges.lengths[place] as number;
      const at = edges.change(place, target, change);
      const start = edges.starts[place] as number;
      const shared = sharedOut(ranks[place] as number);
      writer.reserve(before + 1, session);
      const { node, change: sent } = writer.columns;
      const { targets, counts } = edges;
      if (at >= inserted) {
        const gone = at >= removed;
        writer.length = reshare(
          targets,
          counts,
          start,
          before,
          shared,
          gone ? at - removed : at - inserted,
          gone ? -1 : 1,
          target,
          change,
          node,
          sent,
          writer.length,
        );
      } else {
        // As many shares as before: only this edge's own changes.
        node[writer.length] = target;
        sent[writer.length] = change * shareOf(shared, before, at);
        writer.length += 1;
      }
    }
    writer.flush(session);
  }

  /** Changes ranks by what nodes were sent, and sends on what that changes; leaves `received` empty. */
  changeRanks(received: Sums, session: Session<number, RankChanges>): void {
    const { edges, ranks, waiting, writer } = this;
    const { sums, touched, length } = received;
    const { starts, lengths, targets, counts } = edges;
    for (let i = 0; i < length; i++) {
      const place = touched[i] as number;
      const change = (waiting[place] as number) + (sums[place] as number);
      sums[place] = 0;
      if (change < leastChange && change > -leastChange) {
        waiting[place] = change;
        continue;
      }
      waiting[place] = 0;
      const before = ranks[place] as number;
      ranks[place] = before + change;
      const degree = lengths[place] as number;
      if (degree === 0) continue;
      writer.reserve(degree, session);
      const { node, change: sent } = writer.columns;
      writer.length = shareChange(
        targets,
        counts,
        starts[place] as number,
        degree,
        sharedOut(before),
        sharedOut(before + change),
        node,
        sent,
        writer.length,
      );
    }
    received.length = 0;
    writer.flush(session);
  }
}

/** What a node of that rank shares out. */
function sharedOut(rank: number): number {
  return Math.floor((rank * 5) / 6);
}

/** The share of the edge at a position among `degree`. */
function shareOf(shared: number, degree: number, position: number): number {
  const least = Math.floor(shared / degree);
  return least + (position < shared - least * degree ? 1 : 0);
}

/** Writes by how much each edge's share changes when `before` is shared out anew as `after`; returns where that ends. */
function shareChange(
  targets: Uint32Array,
  counts: Int32Array,
  start: number,
  degree: number,
  before: number,
  after: number,
  node: Uint32Array,
  sent: Int32Array,
  at: number,
): number {
  const oldLeast = Math.floor(before / degree);
  const newLeast = Math.floor(after / degree);
  const oldRest = before - oldLeast * degree;
  const newRest = after - newLeast * degree;
  let next = at;
  for (let position = 0; position < degree; position++) {
    const difference = newLeast - oldLeast + (position < newRest ? 1 : 0) - (position < oldRest ? 1 : 0);
    node[next] = targets[start + position] as number;
    sent[next] = difference * (counts[start + position] as number);
    next += difference === 0 ? 0 : 1;
  }
  return next;
}

/**
 * Writes by how much each edge's share changes as an edge comes (`step` 1) or goes (-1) at `position` of a list that held `degree`;
 * returns where that ends.
 */
function reshare(
  targets: Uint32Array,
  counts: Int32Array,
  start: number,
  degree: number,
  shared: number,
  position: number,
  step: number,
  target: number,
  change: number,
  node: Uint32Array,
  sent: Int32Array,
  at: number,
): number {
  let next = at;
  const after = degree + step;
  for (let i = 0; i < after; i++) {
    if (step > 0 && i === position) continue;
    // Where the same edge stood before.
    const old = i < position ? i : i - step;
    const difference = shareOf(shared, after, i) - shareOf(shared, degree, old);
    node[next] = targets[start + i] as number;
    sent[next] = difference * (counts[start + i] as number);
    next += difference === 0 ? 0 : 1;
  }
  node[next] = target;
  sent[next] = change * (step > 0 ? shareOf(shared, after, position) : shareOf(shared, degree, position));
  return next + 1;
}
