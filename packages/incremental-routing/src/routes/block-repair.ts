// Brings one block over an epoch in two phases over all its changes at once: first every set loses what it lost, and labels
// without support fall (Ramalingam and Reps 1996); then Dijkstra's search settles fallen and shortened labels, exactly.

import { BLOCK_SLOTS, type Block, type BlockLayout, type Labels, type SetIds, unreachableLabel } from "./block.ts";
import { type EpochPlan, GAINED, GAINED_TO_HEAD, LOST, LOST_TO_HEAD } from "./epoch-plan.ts";
import { MonotoneQueue } from "./monotone-queue.ts";
import type { MoveTally } from "./move-tally.ts";
import { type NextHopSets, portHash } from "./next-hop-sets.ts";
import { Refinement } from "./refinement.ts";
import type { RouteGraph } from "./route-graph.ts";
import { slotOf } from "./route-search.ts";
import type { SetTransitions } from "./set-transitions.ts";

/**
 * Repairs blocks; holds the scratch memory for it. A cell is a (node, slot) of the block, 32 * node + slot.
 *
 * Phase 1 leaves all labels as they were, so that it needs only the sets, which say what supported what. Where a set loses
 * some members and keeps others its label stands: such a cell costs one remembered transition.
 */
export class BlockRepair {
  /** Ordered pairs of different nodes whose distance the last `run` changed. */
  pairsChanged = 0;

  readonly #graph: RouteGraph;
  readonly #sets: readonly NextHopSets[];
  readonly #transitions: SetTransitions;
  readonly #tally: MoveTally;
  readonly #refinement = new Refinement();
  readonly #queue = new MonotoneQueue();

  #index = 0;
  #labels: Labels = new Uint16Array(0);
  #ids: SetIds = new Uint16Array(0);
  #unreachable = 0;

  /** By node: slots whose set was logged, whose label was logged, that fell, that are to be spread, that are settled now. */
  #touched: Int32Array = new Int32Array(0);
  #moved: Int32Array = new Int32Array(0);
  #fallen: Int32Array = new Int32Array(0);
  #spreading: Int32Array = new Int32Array(0);
  #settling: Int32Array = new Int32Array(0);
  #fallenNodes: Int32Array = new Int32Array(0);
  #fallenNodeCount = 0;
  /** A ring: nodes whose newly fallen slots are to be spread. */
  #ring: Int32Array = new Int32Array(0);
  #ringHead = 0;
  #ringTail = 0;
  #settlingNodes: Int32Array = new Int32Array(0);

  /** Cells whose set was written, with the set at the end of the epoch before; the same for labels. */
  #setCells: Int32Array = new Int32Array(0);
  #setsBefore: Int32Array = new Int32Array(0);
  #setCount = 0;
  #labelCells: Int32Array = new Int32Array(0);
  #labelsBefore: Float64Array = new Float64Array(0);
  #labelCount = 0;
  /** Cells that fell or whose label was written. */
  #work = 0;

  readonly #best = new Float64Array(BLOCK_SLOTS);
  #words: Int32Array = new Int32Array(8);

  /** @param sets the next-hop sets by node; a node of the graph must have its entry before a run. */
  constructor(graph: RouteGraph, sets: readonly NextHopSets[], transitions: SetTransitions, tally: MoveTally) {
    this.#graph = graph;
    this.#sets = sets;
    this.#transitions = transitions;
    this.#tally = tally;
  }

  /**
   * Repairs a block, or leaves it as it was and gives false when more than `limit` cells would need a new label.
   * Untouched blocks cost a few cache lines a changed arc.
   */
  run(block: Block, layout: BlockLayout, plan: EpochPlan, limit: number): boolean {
    this.#reserve(layout.capacity);
    this.#index = block.index;
    this.#labels = block.labels;
    this.#ids = block.sets;
    this.#unreachable = unreachableLabel(layout.labelBytes);
    this.#work = 0;
    this.pairsChanged = 0;
    this.#loseArcs(plan);
    if (!this.#spreadFall(limit)) return this.#abandon();
    this.#dropRoots(plan);
    this.#reseedFallen();
    this.#gainArcs(plan);
    this.#raiseRoots(plan);
    if (!this.#settle(limit)) return this.#abandon();
    this.#report();
    return true;
  }

  /** Phase 1, first step: sets lose the arcs that the epoch took away or made longer. */
  #loseArcs(plan: EpochPlan): void {
    const { tails, lostStart, lost, special } = plan;
    const ids = this.#ids;
    const transitions = this.#transitions;
    for (let t = 0; t < tails.length; t++) {
      const offset = lostStart[t] as number;
      if (offset < 0) continue;
      const node = tails[t] as number;
      const base = node * BLOCK_SLOTS;
      const apart = special[t] === 1 ? this.#specialSlots(plan, t) : 0;
      let last = 0;
      let result = 0;
      for (let slot = 0; slot < BLOCK_SLOTS; slot++) {
        const id = ids[base + slot] as number;
        if (id === 0) continue;
        if (apart !== 0 && ((apart >>> slot) & 1) === 1) {
          this.#writeSet(node, slot, id, this.#loseSingly(plan, t, slot, id));
          continue;
        }
        if (id !== last) {
          last = id;
          result = transitions.withoutAll(node, id, lost, offset);
        }
        if (result !== id) this.#writeSet(node, slot, id, result);
      }
    }
  }

  /** Slots of this block whose destination is the head of an arc that changed otherwise for it than for the others. */
  #specialSlots(plan: EpochPlan, t: number): number {
    let slots = 0;
    for (let arc = plan.arcStart[t] as number; arc < (plan.arcStart[t + 1] as number); arc++) {
      const flags = plan.flags[arc] as number;
      if ((flags & LOST) << 1 !== (flags & LOST_TO_HEAD)) slots |= slotOf(plan.head[arc] as number, this.#index);
    }
    return slots;
  }

  #loseSingly(plan: EpochPlan, t: number, slot: number, id: number): number {
    const node = plan.tails[t] as number;
    const destination = this.#index * BLOCK_SLOTS + slot;
    let result = id;
    for (let arc = plan.arcStart[t] as number; arc < (plan.arcStart[t + 1] as number); arc++) {
      const flag = plan.head[arc] === destination ? LOST_TO_HEAD : LOST;
      if (((plan.flags[arc] as number) & flag) === 0) continue;
      result = this.#transitions.without(node, result, plan.position[arc] as number);
    }
    return result;
  }

  /** Writes a set in phase 1; a cell whose set became empty falls. */
  #writeSet(node: number, slot: number, before: number, id: number): void {
    if (before === id) return;
    this.#logSet(node, slot, before);
    this.#ids[node * BLOCK_SLOTS + slot] = id;
    if (id !== 0) return;
    const bit = 1 << slot;
    if (this.#fallen[node] === 0) this.#fallenNodes[this.#fallenNodeCount++] = node;
    this.#fallen[node] = (this.#fallen[node] as number) | bit;
    if (this.#spreading[node] === 0) {
      this.#ring[this.#ringTail] = node;
      this.#ringTail = this.#ringTail + 1 === this.#ring.length ? 0 : this.#ringTail + 1;
    }
    this.#spreading[node] = (this.#spreading[node] as number) | bit;
    this.#work++;
  }

  /** Phase 1, second step: what leaned on a fallen cell loses it as a next hop. */
  #spreadFall(limit: number): boolean {
    const { portStart, portCount, neighbor, peer, inWeight } = this.#graph;
    const ids = this.#ids;
    const spreading = this.#spreading;
    while (this.#ringHead !== this.#ringTail) {
      const node = this.#ring[this.#ringHead] as number;
      this.#ringHead = this.#ringHead + 1 === this.#ring.length ? 0 : this.#ringHead + 1;
      const slots = spreading[node] as number;
      spreading[node] = 0;
      const end = (portStart[node] as number) + (portCount[node] as number);
      for (let port = portStart[node] as number; port < end; port++) {
        // What unusable arcs supported has lost them; at a free position the peer may be another link's by now.
        if (inWeight[port] === Number.POSITIVE_INFINITY) continue;
        const other = neighbor[port] as number;
        const position = peer[port] as number;
        const base = other * BLOCK_SLOTS;
        let last = 0;
        let result = 0;
        for (let mask = slots; mask !== 0; mask &= mask - 1) {
          const slot = 31 - Math.clz32(mask & -mask);
          const id = ids[base + slot] as number;
          if (id === 0) continue;
          if (id !== last) {
            last = id;
            const own = this.#sets[other] as NextHopSets;
            result = own.has(id, position) ? this.#transitions.without(other, id, position) : id;
          }
          if (result !== id) this.#writeSet(other, slot, id, result);
        }
      }
      if (this.#work > limit) return false;
    }
    return true;
  }

  #dropRoots(plan: EpochPlan): void {
    for (const node of plan.fallen) {
      if (slotOf(node, this.#index) === 0) continue;
      this.#writeLabel(node, node & 31, this.#unreachable);
    }
  }

  /** Phase 2, first step: every fallen cell takes the best label that a neighbor offers, or none. */
  #reseedFallen(): void {
    const { portStart, portCount, neighbor, outWeight, drained } = this.#graph;
    const labels = this.#labels;
    const unreachable = this.#unreachable;
    const best = this.#best;
    for (let i = 0; i < this.#fallenNodeCount; i++) {
      const node = this.#fallenNodes[i] as number;
      for (let mask = this.#fallen[node] as number; mask !== 0; mask &= mask - 1) {
        this.#writeLabel(node, 31 - Math.clz32(mask & -mask), unreachable);
      }
    }
    for (let i = 0; i < this.#fallenNodeCount; i++) {
      const node = this.#fallenNodes[i] as number;
      const fallen = this.#fallen[node] as number;
      best.fill(Number.POSITIVE_INFINITY);
      const end = (portStart[node] as number) + (portCount[node] as number);
      for (let port = portStart[node] as number; port < end; port++) {
        const weight = outWeight[port] as number;
        if (weight === Number.POSITIVE_INFINITY) continue;
        const other = neighbor[port] as number;
        let mask = fallen;
        if (drained[other] === 1) mask &= slotOf(other, this.#index);
        for (; mask !== 0; mask &= mask - 1) {
          const slot = 31 - Math.clz32(mask & -mask);
          const label = labels[other * BLOCK_SLOTS + slot] as number;
          if (label !== unreachable && label + weight < (best[slot] as number)) best[slot] = label + weight;
        }
      }
      for (let mask = fallen; mask !== 0; mask &= mask - 1) {
        const slot = 31 - Math.clz32(mask & -mask);
        const label = best[slot] as number;
        if (label === Number.POSITIVE_INFINITY) continue;
        labels[node * BLOCK_SLOTS + slot] = label;
        this.#queue.push(label, node * BLOCK_SLOTS + slot);
      }
    }
  }

  /** Phase 2, second step: arcs that became usable or shorter offer labels, or join the sets of equal ones. */
  #gainArcs(plan: EpochPlan): void {
    const { tails, arcStart, head, weight, position, flags } = plan;
    for (let t = 0; t < tails.length; t++) {
      for (let arc = arcStart[t] as number; arc < (arcStart[t + 1] as number); arc++) {
        const flag = flags[arc] as number;
        if ((flag & (GAINED | GAINED_TO_HEAD)) === 0) continue;
        const own = slotOf(head[arc] as number, this.#index);
        const slots = ((flag & GAINED) !== 0 ? ~own : 0) | ((flag & GAINED_TO_HEAD) !== 0 ? own : 0);
        const tail = tails[t] as number;
        this.#offer(tail, position[arc] as number, head[arc] as number, weight[arc] as number, slots);
      }
    }
  }

  #offer(node: number, position: number, head: number, weight: number, slots: number): void {
    const labels = this.#labels;
    const unreachable = this.#unreachable;
    for (let mask = slots; mask !== 0; mask &= mask - 1) {
      const slot = 31 - Math.clz32(mask & -mask);
      const label = labels[head * BLOCK_SLOTS + slot] as number;
      if (label !== unreachable) this.#relax(node, slot, position, label + weight);
    }
  }

  #raiseRoots(plan: EpochPlan): void {
    for (const node of plan.risen) {
      if (slotOf(node, this.#index) === 0) continue;
      const slot = node & 31;
      this.#writeLabel(node, slot, 0);
      this.#queue.push(0, node * BLOCK_SLOTS + slot);
    }
  }

  /** A path of `label` through the port at `position`: shorter than the cell's, or one more next hop, or nothing. */
  #relax(node: number, slot: number, position: number, label: number): void {
    const cell = node * BLOCK_SLOTS + slot;
    const now = this.#labels[cell] as number;
    if (label > now) return;
    if (label < now) {
      this.#writeLabel(node, slot, label);
      this.#queue.push(label, cell);
      return;
    }
    // A cell with a new label gets its set when it is settled.
    if ((((this.#moved[node] as number) >>> slot) & 1) === 1) return;
    const id = this.#ids[cell] as number;
    const result = this.#transitions.with(node, id, position);
    if (result === id) return;
    this.#logSet(node, slot, id);
    this.#ids[cell] = result;
  }

  /** Phase 2: settles labels in ascending order; a settled cell gets its set and offers its label to its neighbors. */
  #settle(limit: number): boolean {
    const queue = this.#queue;
    const labels = this.#labels;
    const settling = this.#settling;
    const nodes = this.#settlingNodes;
    for (let label = queue.nextBatch(); label >= 0; label = queue.nextBatch()) {
      if (this.#work > limit) return false;
      let count = 0;
      for (let i = 0; i < queue.batchSize; i++) {
        const cell = queue.batch[i] as number;
        if (labels[cell] !== label) continue;
        const node = cell >>> 5;
        const slots = settling[node] as number;
        if (slots === 0) nodes[count++] = node;
        settling[node] = slots | (1 << (cell & 31));
      }
      for (let i = 0; i < count; i++) {
        const node = nodes[i] as number;
        const slots = settling[node] as number;
        settling[node] = 0;
        if ((slots & (slots - 1)) === 0) this.#settleCell(node, 31 - Math.clz32(slots), label);
        else {
          this.#assignSets(node, slots, label);
          this.#offerToNeighbors(node, slots, label);
        }
      }
    }
    return true;
  }

  /** Settles one cell: a neighbor is nearer and a next hop, or may itself be reached through this cell, or neither. */
  #settleCell(node: number, slot: number, label: number): void {
    const { portStart, portCount, neighbor, peer, outWeight, inWeight, drained } = this.#graph;
    const labels = this.#labels;
    const own = this.#sets[node] as NextHopSets;
    if (this.#words.length < own.stride) this.#words = new Int32Array(own.stride);
    const words = this.#words;
    for (let i = 0; i < own.stride; i++) words[i] = 0;
    let hash = 0;
    const carries = drained[node] === 0 || slotOf(node, this.#index) === 1 << slot;
    const start = portStart[node] as number;
    const count = portCount[node] as number;
    for (let position = 0; position < count; position++) {
      const port = start + position;
      const other = neighbor[port] as number;
      const there = labels[other * BLOCK_SLOTS + slot] as number;
      if (there < label) {
        if (there !== label - (outWeight[port] as number)) continue;
        if (drained[other] === 1 && slotOf(other, this.#index) !== 1 << slot) continue;
        const word = position >>> 5;
        words[word] = (words[word] as number) | (1 << (position & 31));
        hash ^= portHash(position);
      } else if (carries) {
        const through = label + (inWeight[port] as number);
        if (through <= there && through !== Number.POSITIVE_INFINITY)
          this.#relax(other, slot, peer[port] as number, through);
      }
    }
    this.#settleSet(node, slot, own.intern(words, 0, hash));
  }

  /** The sets of several cells of one node that are settled at the same label. */
  #assignSets(node: number, slots: number, label: number): void {
    const { portStart, portCount, neighbor, outWeight, drained } = this.#graph;
    const labels = this.#labels;
    const own = this.#sets[node] as NextHopSets;
    const refinement = this.#refinement;
    refinement.start(slots, own.stride);
    const start = portStart[node] as number;
    const count = portCount[node] as number;
    for (let position = 0; position < count; position++) {
      const wanted = label - (outWeight[start + position] as number);
      if (wanted < 0) continue;
      const other = neighbor[start + position] as number;
      const base = other * BLOCK_SLOTS;
      let tight = 0;
      for (let mask = drained[other] === 1 ? slots & slotOf(other, this.#index) : slots; mask !== 0; mask &= mask - 1) {
        const bit = mask & -mask;
        if (labels[base + 31 - Math.clz32(bit)] === wanted) tight |= bit;
      }
      if (tight !== 0) refinement.split(position, tight);
    }
    for (let c = 0; c < refinement.count; c++) {
      const id = own.intern(refinement.words, c * refinement.stride, refinement.hashes[c] as number);
      for (let mask = refinement.masks[c] as number; mask !== 0; mask &= mask - 1) {
        this.#settleSet(node, 31 - Math.clz32(mask & -mask), id);
      }
    }
  }

  #settleSet(node: number, slot: number, id: number): void {
    const cell = node * BLOCK_SLOTS + slot;
    const before = this.#ids[cell] as number;
    if (before === id) return;
    this.#logSet(node, slot, before);
    this.#ids[cell] = id;
  }

  #offerToNeighbors(node: number, settled: number, label: number): void {
    const { portStart, portCount, neighbor, peer, inWeight, drained } = this.#graph;
    const labels = this.#labels;
    const slots = drained[node] === 1 ? settled & slotOf(node, this.#index) : settled;
    if (slots === 0) return;
    const end = (portStart[node] as number) + (portCount[node] as number);
    for (let port = portStart[node] as number; port < end; port++) {
      const through = label + (inWeight[port] as number);
      if (through === Number.POSITIVE_INFINITY) continue;
      const other = neighbor[port] as number;
      const base = other * BLOCK_SLOTS;
      for (let mask = slots; mask !== 0; mask &= mask - 1) {
        const slot = 31 - Math.clz32(mask & -mask);
        if (through <= (labels[base + slot] as number)) this.#relax(other, slot, peer[port] as number, through);
      }
    }
  }

  #writeLabel(node: number, slot: number, label: number): void {
    const cell = node * BLOCK_SLOTS + slot;
    const moved = this.#moved[node] as number;
    if (((moved >>> slot) & 1) === 0) {
      this.#moved[node] = moved | (1 << slot);
      this.#labelCells[this.#labelCount] = cell;
      this.#labelsBefore[this.#labelCount++] = this.#labels[cell] as number;
      this.#work++;
    }
    this.#labels[cell] = label;
  }

  #logSet(node: number, slot: number, before: number): void {
    const touched = this.#touched[node] as number;
    if (((touched >>> slot) & 1) === 1) return;
    this.#touched[node] = touched | (1 << slot);
    this.#setCells[this.#setCount] = node * BLOCK_SLOTS + slot;
    this.#setsBefore[this.#setCount++] = before;
  }

  /** Counts what the block's repair changed, and makes the scratch memory ready for the next block. */
  #report(): void {
    const ids = this.#ids;
    const labels = this.#labels;
    let node = -1;
    let from = 0;
    let to = 0;
    let run = 0;
    for (let i = 0; i < this.#setCount; i++) {
      const cell = this.#setCells[i] as number;
      this.#touched[cell >>> 5] = 0;
      const before = this.#setsBefore[i] as number;
      const now = ids[cell] as number;
      if (before === now) continue;
      if (cell >>> 5 === node && before === from && now === to) {
        run++;
        continue;
      }
      if (run > 0) this.#tally.add(node, from, to, run);
      node = cell >>> 5;
      from = before;
      to = now;
      run = 1;
    }
    if (run > 0) this.#tally.add(node, from, to, run);
    let pairs = 0;
    for (let i = 0; i < this.#labelCount; i++) {
      const cell = this.#labelCells[i] as number;
      this.#moved[cell >>> 5] = 0;
      if (labels[cell] !== this.#labelsBefore[i] && cell >>> 5 !== this.#index * BLOCK_SLOTS + (cell & 31)) pairs++;
    }
    this.pairsChanged = pairs;
    this.#forget();
  }

  /** Puts the block back as it was. */
  #abandon(): false {
    for (let i = 0; i < this.#setCount; i++) {
      const cell = this.#setCells[i] as number;
      this.#ids[cell] = this.#setsBefore[i] as number;
      this.#touched[cell >>> 5] = 0;
    }
    for (let i = 0; i < this.#labelCount; i++) {
      const cell = this.#labelCells[i] as number;
      this.#labels[cell] = this.#labelsBefore[i] as number;
      this.#moved[cell >>> 5] = 0;
    }
    while (this.#ringHead !== this.#ringTail) {
      this.#spreading[this.#ring[this.#ringHead] as number] = 0;
      this.#ringHead = this.#ringHead + 1 === this.#ring.length ? 0 : this.#ringHead + 1;
    }
    this.#forget();
    return false;
  }

  #forget(): void {
    for (let i = 0; i < this.#fallenNodeCount; i++) this.#fallen[this.#fallenNodes[i] as number] = 0;
    this.#fallenNodeCount = 0;
    this.#setCount = 0;
    this.#labelCount = 0;
    this.#queue.clear();
  }

  #reserve(capacity: number): void {
    if (this.#touched.length >= capacity) return;
    this.#touched = new Int32Array(capacity);
    this.#moved = new Int32Array(capacity);
    this.#fallen = new Int32Array(capacity);
    this.#spreading = new Int32Array(capacity);
    this.#settling = new Int32Array(capacity);
    this.#fallenNodes = new Int32Array(capacity);
    this.#ring = new Int32Array(capacity + 1);
    this.#ringHead = 0;
    this.#ringTail = 0;
    this.#settlingNodes = new Int32Array(capacity);
    this.#setCells = new Int32Array(capacity * BLOCK_SLOTS);
    this.#setsBefore = new Int32Array(capacity * BLOCK_SLOTS);
    this.#labelCells = new Int32Array(capacity * BLOCK_SLOTS);
    this.#labelsBefore = new Float64Array(capacity * BLOCK_SLOTS);
  }
}
