// All labels and next-hop sets of a block from nothing: breadth-first search of 32 destinations at a time on bit masks
// when all weights are equal (routing rule 8), else Dijkstra's search a destination and one pass for the sets.

import { BLOCK_SLOTS, type Block, type BlockLayout, type Labels, type SetIds, unreachableLabel } from "./block.ts";
import { MonotoneQueue } from "./monotone-queue.ts";
import { bitCount, type NextHopSets } from "./next-hop-sets.ts";
import { Refinement } from "./refinement.ts";
import type { RouteGraph } from "./route-graph.ts";

/** Searches from scratch; holds the scratch memory for it. */
export class RouteSearch {
  readonly #graph: RouteGraph;
  readonly #sets: readonly NextHopSets[];
  readonly #refinement = new Refinement();
  #use = false;

  /** Breadth-first search, by node: destinations that reach it, and those that reached it on the level before. */
  #seen: Int32Array = new Int32Array(0);
  #frontier: Int32Array = new Int32Array(0);
  #candidate: Uint8Array = new Uint8Array(0);
  #frontierNodes: Int32Array = new Int32Array(0);
  #nextNodes: Int32Array = new Int32Array(0);
  #nextMasks: Int32Array = new Int32Array(0);
  #candidates: Int32Array = new Int32Array(0);

  /** Dijkstra's search. */
  readonly #queue = new MonotoneQueue();
  #distance: Float64Array = new Float64Array(0);
  readonly #row = new Int32Array(BLOCK_SLOTS);

  /** @param sets the next-hop sets by node; a node of the graph must have its entry before a search. */
  constructor(graph: RouteGraph, sets: readonly NextHopSets[]) {
    this.#graph = graph;
    this.#sets = sets;
  }

  /** Fills a block's rows of nodes below the graph's bound, whatever they held; sets come to be interned, and counted as used when `use` says so. */
  build(block: Block, layout: BlockLayout, use: boolean): void {
    this.#use = use;
    const unreachable = unreachableLabel(layout.labelBytes);
    const step = this.#graph.uniformWeight;
    if (step > 0) this.#buildUniform(block.index, block.labels, block.sets, step, unreachable);
    else {
      for (let slot = 0; slot < BLOCK_SLOTS; slot++) this.#searchFrom(block.index, slot, block.labels, unreachable);
      this.#assignSets(block.index, block.labels, block.sets, unreachable);
    }
  }

  #buildUniform(index: number, labels: Labels, sets: SetIds, step: number, unreachable: number): void {
    const graph = this.#graph;
    const { portStart, portCount, neighbor, outWeight, drained, nodeBound } = graph;
    this.#grow(nodeBound);
    const seen = this.#seen;
    const frontier = this.#frontier;
    const candidate = this.#candidate;
    const candidates = this.#candidates;
    const frontierNodes = this.#frontierNodes;
    const nextNodes = this.#nextNodes;
    const nextMasks = this.#nextMasks;
    const refinement = this.#refinement;
    const use = this.#use;
    seen.fill(0, 0, nodeBound);
    let present = 0;
    let frontierCount = 0;
    for (let slot = 0; slot < BLOCK_SLOTS; slot++) {
      const node = index * BLOCK_SLOTS + slot;
      if (node >= nodeBound || graph.up[node] !== 1) continue;
      present |= 1 << slot;
      labels[node * BLOCK_SLOTS + slot] = 0;
      sets[node * BLOCK_SLOTS + slot] = 0;
      seen[node] = 1 << slot;
      frontier[node] = 1 << slot;
      frontierNodes[frontierCount++] = node;
    }
    // Ports of nodes that some destination has not reached, and of the nodes on the frontier.
    let openPorts = graph.portTotal;
    let frontierPorts = 0;
    for (let i = 0; i < frontierCount; i++) frontierPorts += portCount[frontierNodes[i] as number] as number;
    for (let label = step; frontierCount > 0 && openPorts > 0; label += step) {
      let candidateCount = 0;
      if (frontierPorts > openPorts) {
        for (let node = 0; node < nodeBound; node++) if (seen[node] !== present) candidates[candidateCount++] = node;
      } else {
        for (let i = 0; i < frontierCount; i++) {
          const node = frontierNodes[i] as number;
          const mask = frontier[node] as number;
          const end = (portStart[node] as number) + (portCount[node] as number);
          for (let port = portStart[node] as number; port < end; port++) {
            const other = neighbor[port] as number;
            if (candidate[other] !== 0 || (mask & ~(seen[other] as number)) === 0) continue;
            candidate[other] = 1;
            candidates[candidateCount++] = other;
          }
        }
        for (let i = 0; i < candidateCount; i++) candidate[candidates[i] as number] = 0;
      }
      let nextCount = 0;
      for (let i = 0; i < candidateCount; i++) {
        const node = candidates[i] as number;
        const unseen = present & ~(seen[node] as number);
        const own = this.#sets[node] as NextHopSets;
        refinement.start(unseen, own.stride);
        const start = portStart[node] as number;
        const count = portCount[node] as number;
        for (let position = 0; position < count; position++) {
          const tight = (frontier[neighbor[start + position] as number] as number) & unseen;
          if (tight !== 0 && outWeight[start + position] === step) refinement.split(position, tight);
        }
        const base = node * BLOCK_SLOTS;
        let found = 0;
        for (let c = 0; c < refinement.count; c++) {
          const id = own.intern(refinement.words, c * refinement.stride, refinement.hashes[c] as number);
          if (id === 0) continue;
          let mask = refinement.masks[c] as number;
          found |= mask;
          if (use) own.use(id, bitCount(mask));
          for (; mask !== 0; mask &= mask - 1) {
            const cell = base + 31 - Math.clz32(mask & -mask);
            labels[cell] = label;
            sets[cell] = id;
          }
        }
        if (found === 0) continue;
        nextNodes[nextCount] = node;
        nextMasks[nextCount++] = found;
      }
      for (let i = 0; i < frontierCount; i++) frontier[frontierNodes[i] as number] = 0;
      frontierCount = 0;
      frontierPorts = 0;
      for (let i = 0; i < nextCount; i++) {
        const node = nextNodes[i] as number;
        const found = nextMasks[i] as number;
        const reached = (seen[node] as number) | found;
        seen[node] = reached;
        if (reached === present) openPorts -= portCount[node] as number;
        // A drained node is reached but carries nothing further; as a destination it began with its own slot.
        if (drained[node] === 1) continue;
        frontier[node] = found;
        frontierNodes[frontierCount++] = node;
        frontierPorts += portCount[node] as number;
      }
    }
    for (let i = 0; i < frontierCount; i++) frontier[frontierNodes[i] as number] = 0;
    for (let node = 0; node < nodeBound; node++) {
      for (let mask = ~(seen[node] as number); mask !== 0; mask &= mask - 1) {
        const cell = node * BLOCK_SLOTS + 31 - Math.clz32(mask & -mask);
        labels[cell] = unreachable;
        sets[cell] = 0;
      }
    }
  }

  /** The labels toward one destination. */
  #searchFrom(index: number, slot: number, labels: Labels, unreachable: number): void {
    const { portStart, portCount, neighbor, inWeight, drained, up, nodeBound } = this.#graph;
    const destination = index * BLOCK_SLOTS + slot;
    if (destination >= nodeBound || up[destination] !== 1) {
      for (let node = 0; node < nodeBound; node++) labels[node * BLOCK_SLOTS + slot] = unreachable;
      return;
    }
    if (this.#distance.length < nodeBound) this.#distance = new Float64Array(nodeBound);
    const distance = this.#distance;
    const queue = this.#queue;
    distance.fill(Number.POSITIVE_INFINITY);
    distance[destination] = 0;
    queue.clear();
    queue.push(0, destination);
    for (let label = queue.nextBatch(); label >= 0; label = queue.nextBatch()) {
      for (let i = 0; i < queue.batchSize; i++) {
        const node = queue.batch[i] as number;
        if (distance[node] !== label) continue;
        if (drained[node] === 1 && node !== destination) continue;
        const end = (portStart[node] as number) + (portCount[node] as number);
        for (let port = portStart[node] as number; port < end; port++) {
          const other = neighbor[port] as number;
          const through = label + (inWeight[port] as number);
          if (through < (distance[other] as number)) {
            distance[other] = through;
            queue.push(through, other);
          }
        }
      }
    }
    for (let node = 0; node < nodeBound; node++) {
      const label = distance[node] as number;
      labels[node * BLOCK_SLOTS + slot] = label === Number.POSITIVE_INFINITY ? unreachable : label;
    }
  }

  /** The next-hop sets of a block whose labels are right. */
  #assignSets(index: number, labels: Labels, sets: SetIds, unreachable: number): void {
    const { portStart, portCount, neighbor, outWeight, drained, nodeBound } = this.#graph;
    const refinement = this.#refinement;
    // Labels that compare as 32-bit integers, in half the time.
    const narrow = unreachable !== Number.POSITIVE_INFINITY;
    const row = this.#row;
    for (let node = 0; node < nodeBound; node++) {
      const base = node * BLOCK_SLOTS;
      let reached = 0;
      for (let slot = 0; slot < BLOCK_SLOTS; slot++) {
        const label = labels[base + slot] as number;
        row[slot] = label;
        if (label !== unreachable) reached |= 1 << slot;
      }
      for (let mask = ~reached; mask !== 0; mask &= mask - 1) sets[base + 31 - Math.clz32(mask & -mask)] = 0;
      if (reached === 0) continue;
      const own = this.#sets[node] as NextHopSets;
      refinement.start(reached, own.stride);
      const start = portStart[node] as number;
      const count = portCount[node] as number;
      for (let position = 0; position < count; position++) {
        const weight = outWeight[start + position] as number;
        if (weight === Number.POSITIVE_INFINITY) continue;
        const other = neighbor[start + position] as number;
        const otherBase = other * BLOCK_SLOTS;
        let tight = 0;
        if (narrow) {
          const step = weight | 0;
          for (let slot = 0; slot < BLOCK_SLOTS; slot++) {
            if ((row[slot] as number) - step === ((labels[otherBase + slot] as number) | 0)) tight |= 1 << slot;
          }
        } else {
          for (let slot = 0; slot < BLOCK_SLOTS; slot++) {
            if ((labels[base + slot] as number) - weight === (labels[otherBase + slot] as number)) tight |= 1 << slot;
          }
        }
        tight &= reached;
        if (drained[other] === 1) tight &= slotOf(other, index);
        if (tight !== 0) refinement.split(position, tight);
      }
      for (let c = 0; c < refinement.count; c++) {
        const id = own.intern(refinement.words, c * refinement.stride, refinement.hashes[c] as number);
        if (this.#use) own.use(id, bitCount(refinement.masks[c] as number));
        for (let mask = refinement.masks[c] as number; mask !== 0; mask &= mask - 1) {
          sets[base + 31 - Math.clz32(mask & -mask)] = id;
        }
      }
    }
  }

  #grow(nodeBound: number): void {
    if (this.#seen.length >= nodeBound) return;
    const capacity = nodeBound;
    this.#seen = new Int32Array(capacity);
    this.#frontier = new Int32Array(capacity);
    this.#candidate = new Uint8Array(capacity);
    this.#frontierNodes = new Int32Array(capacity);
    this.#nextNodes = new Int32Array(capacity);
    this.#nextMasks = new Int32Array(capacity);
    this.#candidates = new Int32Array(capacity);
  }
}

/** The bit of a node as a destination of a block, 0 when it is in another. */
export function slotOf(node: number, index: number): number {
  return node >>> 5 === index ? 1 << (node & 31) : 0;
}
