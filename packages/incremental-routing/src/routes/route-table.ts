// Stage 1 of the routing engine (routing rules 5 to 9): distances and equal-cost next-hop sets of all nodes toward the
// destinations of some blocks, kept current under epochs of network changes.

import type { Network } from "../network/network.ts";
import type { NetworkDelta } from "../network/network-delta.ts";
import {
  BLOCK_SLOTS,
  type Block,
  type BlockAllocator,
  type BlockLayout,
  type BlockMemory,
  blockBytes,
  clearBlock,
  convertBlock,
  type LabelBytes,
  labelBytesFor,
  unreachableLabel,
  viewBlock,
} from "./block.ts";
import { BlockRepair } from "./block-repair.ts";
import type { EpochChanges, SetMove } from "./epoch-changes.ts";
import { type EpochPlan, planEpoch } from "./epoch-plan.ts";
import { MoveTally } from "./move-tally.ts";
import { NextHopSets, type SetCensus } from "./next-hop-sets.ts";
import { countPaths } from "./path-count.ts";
import { RouteGraph, withHeadRoom } from "./route-graph.ts";
import { RouteSearch } from "./route-search.ts";
import { SetTransitions } from "./set-transitions.ts";

/** One shortest path; `links` has one entry less than `nodes`. */
export interface RoutePath {
  /** Node indexes from the source to the destination, both included. */
  readonly nodes: readonly number[];
  /** Link indexes along them. */
  readonly links: readonly number[];
}

/** How a route table keeps its blocks. */
export interface RouteTableOptions extends BlockAllocator {
  /**
   * The share of a block's cells beyond which it is searched anew instead of repaired, by default what was measured to
   * break even. It changes how fast a result comes, never the result.
   */
  readonly rebuildShare?: number;
}

/**
 * Where repairing a block costs as much as searching it anew, found by failing ever more links of rings, grids, random graphs
 * and Clos fabrics: between a tenth and a half of the cells with equal weights, where 32 destinations are searched at a
 * time; beyond a half where every destination needs a Dijkstra's search.
 */
const REBUILD_SHARE_UNIFORM = 1 / 8;
const REBUILD_SHARE_WEIGHTED = 1 / 2;

const NO_LINKS: readonly number[] = [];

/** Ids of next-hop sets that one block of an epoch may add at a node, beyond those in use before and after it. */
const idsInFlight = (maxDegree: number): number => BLOCK_SLOTS * (maxDegree + 2);

/**
 * The routes toward all destinations of a table's blocks. Block b has the destinations of node index 32 b to 32 b + 31,
 * there or not. Weights and distances are the network's integer units; links and nodes are its dense indexes.
 *
 * A node that is down or absent has no distance, not even to itself.
 */
export class RouteTable {
  readonly #network: Network;
  readonly #graph: RouteGraph;
  readonly #allocator: BlockAllocator;
  readonly #rebuildShare: number | undefined;
  /** Ascending by index. */
  readonly #blocks: Block[] = [];
  readonly #blockAt = new Map<number, Block>();
  #layout: BlockLayout;

  readonly #census: SetCensus = { uncollected: [], bound: 1 };
  /** Next-hop sets by node. */
  readonly #sets: NextHopSets[] = [];
  readonly #transitions = new SetTransitions(this.#sets);
  readonly #tally = new MoveTally(this.#sets);
  readonly #search: RouteSearch;
  readonly #repair: BlockRepair;
  #spare: Block | undefined;
  #blocksRebuilt = 0;

  /**
   * A table in which every destination is unreachable, to be built with `build`.
   *
   * @param network read while the table is built and between epochs, never written.
   * @param blocks the blocks that the table owns.
   */
  constructor(network: Network, blocks: Iterable<number>, options: RouteTableOptions) {
    this.#network = network;
    this.#graph = new RouteGraph(network);
    this.#allocator = options;
    this.#rebuildShare = options.rebuildShare;
    this.#layout = this.#fittingLayout();
    this.#search = new RouteSearch(this.#graph, this.#sets);
    this.#repair = new BlockRepair(this.#graph, this.#sets, this.#transitions, this.#tally);
    this.#reserveSets();
    for (const block of blocks) this.addBlock(block);
  }

  /** The blocks that the table owns, ascending. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  /** How the memory of the blocks is laid out now; an epoch may change it. */
  get layout(): BlockLayout {
    return this.#layout;
  }

  /** How many blocks `apply` has searched anew instead of repaired, ever. */
  get blocksRebuilt(): number {
    return this.#blocksRebuilt;
  }

  /** How many bytes the blocks take. */
  get bytes(): number {
    return this.#blocks.length * blockBytes(this.#layout);
  }

  /** Whether the table owns the routes toward a node. */
  owns(destination: number): boolean {
    return this.#blockAt.has(destination >>> 5);
  }

  /**
   * Adds a block whose destinations are all unreachable: before the epoch that brings the first of them up, or before
   * `build`.
   *
   * @throws RangeError when the table has it.
   */
  addBlock(index: number): void {
    if (this.#blockAt.has(index)) throw new RangeError(`block ${index} is in the table already`);
    const block = this.#newBlock(index, this.#layout);
    clearBlock(block, this.#layout);
    let at = this.#blocks.length;
    while (at > 0 && (this.#blocks[at - 1] as Block).index > index) at--;
    this.#blocks.splice(at, 0, block);
    this.#blockAt.set(index, block);
  }

  /**
   * Gives a block up and its memory back. Its destinations are no move: what the rest of the engine knows of them stands.
   *
   * @throws RangeError when the table has no such block.
   */
  removeBlock(index: number): void {
    const block = this.#blockAt.get(index);
    if (block === undefined) throw new RangeError(`block ${index} is not in the table`);
    this.#blockAt.delete(index);
    this.#blocks.splice(this.#blocks.indexOf(block), 1);
    const { sets } = block;
    for (let cell = 0; cell < this.#graph.nodeBound * BLOCK_SLOTS; cell++) {
      const id = sets[cell] as number;
      if (id !== 0) (this.#sets[cell >>> 5] as NextHopSets).use(id, -1);
    }
    this.#collect();
    this.#allocator.release?.(block.memory);
  }

  /** Searches all blocks from nothing, once, before the first epoch; the moves are those from no next hops at all. */
  build(): EpochChanges {
    for (const block of this.#blocks) this.#search.build(block, this.#layout, true);
    const moves: SetMove[] = [];
    let reached = 0;
    for (let node = 0; node < this.#graph.nodeBound; node++) {
      const own = this.#sets[node] as NextHopSets;
      for (let id = 1; id < own.size; id++) {
        const destinations = own.uses(id);
        reached += destinations;
        moves.push({ node, from: NO_LINKS, to: this.#members(node, id), destinations });
      }
    }
    this.#collect();
    return { pairsChanged: reached, nextHopSetsChanged: reached, moves };
  }

  /**
   * Brings all blocks over an epoch that the network has just applied. Costs a few cache lines a block and changed arc, plus
   * what changes: see bench/README.md for figures.
   */
  apply(delta: NetworkDelta): EpochChanges {
    const positions = this.#graph.apply(delta, this.#network.nodeBound, this.#network.linkBound);
    this.#reserveSets();
    this.#widenSets(delta);
    this.#fitLayout(delta.rescaled ? delta.factor : 1);
    const plan = planEpoch(delta, positions, this.#graph, this.#sets);
    const uniform = this.#graph.uniformWeight > 0;
    const share = this.#rebuildShare ?? (uniform ? REBUILD_SHARE_UNIFORM : REBUILD_SHARE_WEIGHTED);
    const limit = share * this.#graph.nodeBound * BLOCK_SLOTS;
    let pairsChanged = 0;
    for (const block of this.#blocks) pairsChanged += this.#bring(block, plan, limit);
    const changes = this.#conclude(pairsChanged);
    this.#graph.endEpoch();
    return changes;
  }

  /**
   * The distance between two nodes; Infinity when there is no path.
   *
   * @throws RangeError when the table does not own the destination.
   */
  distance(from: number, to: number): number {
    const { labels } = this.#ownerOf(to);
    const label = from < this.#graph.nodeBound ? (labels[from * BLOCK_SLOTS + (to & 31)] as number) : Infinity;
    return label >= unreachableLabel(this.#layout.labelBytes) ? Number.POSITIVE_INFINITY : label;
  }

  /**
   * The links of all equal-cost next hops, ascending by index; a new array.
   *
   * @throws RangeError when the table does not own the destination.
   */
  nextHopLinks(from: number, to: number): number[] {
    const { sets } = this.#ownerOf(to);
    if (from >= this.#graph.nodeBound) return [];
    return this.#members(from, sets[from * BLOCK_SLOTS + (to & 31)] as number);
  }

  /**
   * The shortest path that takes, at each hop, the least next node and then the least link; null when there is none.
   *
   * @param compareNodes the order of node indexes, such as that of their ids.
   * @param compareLinks the order of link indexes.
   * @throws RangeError when the table does not own the destination.
   */
  path(
    from: number,
    to: number,
    compareNodes: (a: number, b: number) => number,
    compareLinks: (a: number, b: number) => number,
  ): RoutePath | null {
    if (this.distance(from, to) === Number.POSITIVE_INFINITY) return null;
    const nodes = [from];
    const links: number[] = [];
    for (let node = from; node !== to; ) {
      let nextNode = -1;
      let nextLink = -1;
      for (const link of this.nextHopLinks(node, to)) {
        const other = this.#otherEnd(link, node);
        const order = nextNode < 0 ? -1 : compareNodes(other, nextNode);
        if (order > 0 || (order === 0 && compareLinks(link, nextLink) > 0)) continue;
        nextNode = other;
        nextLink = link;
      }
      nodes.push(nextNode);
      links.push(nextLink);
      node = nextNode;
    }
    return { nodes, links };
  }

  /**
   * How many shortest paths there are, parallel links told apart; 0 when there is none, 1 from an up node to itself. Visits
   * each node that lies on one of them once.
   *
   * @throws RangeError when the table does not own the destination.
   */
  pathCount(from: number, to: number): bigint {
    return countPaths(from, to, {
      distance: (node) => this.distance(node, to),
      nextNodes: (node) => this.nextHopLinks(node, to).map((link) => this.#otherEnd(link, node)),
    });
  }

  #otherEnd(link: number, node: number): number {
    const from = this.#network.linkFrom[link] as number;
    return from === node ? (this.#network.linkTo[link] as number) : from;
  }

  #ownerOf(destination: number): Block {
    const block = this.#blockAt.get(destination >>> 5);
    if (block === undefined) throw new RangeError(`destination ${destination} is not in a block of this table`);
    return block;
  }

  #members(node: number, id: number): number[] {
    const own = this.#sets[node] as NextHopSets;
    return own.members(id, this.#graph.link, this.#graph.portStart[node] as number);
  }

  /** Repairs a block, or searches it anew; gives how many of its pairs changed their distance. */
  #bring(block: Block, plan: EpochPlan, limit: number): number {
    let pairs: number;
    if (this.#repair.run(block, this.#layout, plan, limit)) pairs = this.#repair.pairsChanged;
    else {
      pairs = this.#rebuild(block);
      this.#blocksRebuilt++;
    }
    if (this.#layout.setBytes === 2) this.#relieve();
    return pairs;
  }

  /** Searches a block anew and counts what differs; gives how many of its pairs changed their distance. */
  #rebuild(block: Block): number {
    this.#spare ??= viewBlock(0, this.#layout, { buffer: new ArrayBuffer(blockBytes(this.#layout)), byteOffset: 0 });
    const cells = this.#graph.nodeBound * BLOCK_SLOTS;
    const fresh: Block = { ...this.#spare, index: block.index };
    this.#search.build(fresh, this.#layout, false);
    const pairs = this.#compare(block, fresh);
    block.labels.set(fresh.labels.subarray(0, cells));
    block.sets.set(fresh.sets.subarray(0, cells));
    return pairs;
  }

  #compare(before: Block, after: Block): number {
    const { labels, sets } = before;
    const newLabels = after.labels;
    const newSets = after.sets;
    let pairs = 0;
    for (let node = 0; node < this.#graph.nodeBound; node++) {
      const base = node * BLOCK_SLOTS;
      let from = 0;
      let to = 0;
      let run = 0;
      for (let cell = base; cell < base + BLOCK_SLOTS; cell++) {
        if (labels[cell] !== newLabels[cell] && node !== before.index * BLOCK_SLOTS + (cell & 31)) pairs++;
        const was = sets[cell] as number;
        const is = newSets[cell] as number;
        if (was === is) continue;
        if (run > 0 && was === from && is === to) {
          run++;
          continue;
        }
        if (run > 0) this.#tally.add(node, from, to, run);
        from = was;
        to = is;
        run = 1;
      }
      if (run > 0) this.#tally.add(node, from, to, run);
    }
    return pairs;
  }

  /** Keeps ids of sets within 16 bits: sets that an epoch only passed through are freed when a node has many. */
  #relieve(): void {
    const ample = 0x10000 - idsInFlight(this.#graph.maxDegree);
    if (this.#census.bound < ample) return;
    for (const own of this.#census.uncollected) own.collectMade();
    this.#transitions.clear();
  }

  #conclude(pairsChanged: number): EpochChanges {
    const { size, nodes, froms, tos, destinations } = this.#tally;
    const moves: SetMove[] = [];
    let nextHopSetsChanged = 0;
    for (let i = 0; i < size; i++) {
      const node = nodes[i] as number;
      const count = destinations[i] as number;
      nextHopSetsChanged += count;
      moves.push({
        node,
        from: this.#members(node, froms[i] as number),
        to: this.#members(node, tos[i] as number),
        destinations: count,
      });
    }
    this.#tally.clear();
    this.#collect();
    return { pairsChanged, nextHopSetsChanged, moves };
  }

  #collect(): void {
    for (const own of this.#census.uncollected) own.collect();
    this.#census.uncollected.length = 0;
    this.#transitions.clear();
  }

  /** Gives every node of the graph its table of sets. */
  #reserveSets(): void {
    const { nodeBound, portCount } = this.#graph;
    for (let node = this.#sets.length; node < nodeBound; node++) {
      this.#sets.push(new NextHopSets(portCount[node] as number, this.#census));
    }
  }

  /** Makes the sets of nodes whose arcs changed wide enough for all their ports. */
  #widenSets(delta: NetworkDelta): void {
    const { portCount } = this.#graph;
    for (const { from, to } of delta.arcs) {
      (this.#sets[from] as NextHopSets).widen(portCount[from] as number);
      (this.#sets[to] as NextHopSets).widen(portCount[to] as number);
    }
  }

  #fittingLayout(): BlockLayout {
    const { nodeBound, maxDegree } = this.#graph;
    const manySets = 2 * nodeBound + 2 * idsInFlight(maxDegree) > 0xffff;
    return {
      capacity: withHeadRoom(nodeBound),
      labelBytes: labelBytesFor(this.#network.distanceBound),
      setBytes: manySets ? 4 : 2,
    };
  }

  /** Moves all blocks to a wider or longer layout when the epoch needs it, and multiplies their labels by `factor`. */
  #fitLayout(factor: number): void {
    const old = this.#layout;
    const fitting = this.#fittingLayout();
    const layout: BlockLayout = {
      capacity: this.#graph.nodeBound > old.capacity ? fitting.capacity : old.capacity,
      labelBytes: Math.max(old.labelBytes, fitting.labelBytes) as LabelBytes,
      setBytes: fitting.setBytes === 4 ? 4 : old.setBytes,
    };
    const same =
      layout.capacity === old.capacity && layout.labelBytes === old.labelBytes && layout.setBytes === old.setBytes;
    if (same && factor === 1) return;
    this.#layout = layout;
    this.#spare = undefined;
    for (let i = 0; i < this.#blocks.length; i++) {
      const block = this.#blocks[i] as Block;
      const moved = this.#newBlock(block.index, layout);
      convertBlock(block, old, moved, layout, factor);
      this.#blocks[i] = moved;
      this.#blockAt.set(block.index, moved);
      this.#allocator.release?.(block.memory);
    }
  }

  #newBlock(index: number, layout: BlockLayout): Block {
    const memory: BlockMemory = this.#allocator.allocate(blockBytes(layout));
    return viewBlock(index, layout, memory);
  }
}
