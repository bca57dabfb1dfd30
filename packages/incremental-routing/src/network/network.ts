// The network as it is now: dense, reused indexes over typed arrays, changed by whole epochs (routing rules 1 to 4).

import { type Change, ChangeError } from "./change.ts";
import type { ArcChange, NetworkDelta, NodeChange } from "./network-delta.ts";
import { type DraftBase, type LinkDraft, NetworkDraft, type NodeDraft } from "./network-draft.ts";
import { quoted } from "./routing-error.ts";
import { type Topology, validateTopology } from "./topology.ts";
import { DISTANCE_LIMIT, decimalPlaces, WeightError, WeightUnit } from "./weights.ts";

/** How a network keeps its weights. */
export interface NetworkOptions {
  /** Rounds every weight to a multiple of this (at least one); left out, weights are kept exactly. */
  readonly resolution?: number;
}

/** All arcs that can carry, as columns of equal length. */
export interface EffectiveArcs {
  /** How many arcs there are. */
  readonly count: number;
  /** Link index. */
  readonly link: Int32Array;
  /** 1 where the arc runs against its link. */
  readonly reverse: Uint8Array;
  /** Index of the node that the arc leaves. */
  readonly from: Int32Array;
  /** Index of the node that it enters. */
  readonly to: Int32Array;
  /** Integer weights in units. */
  readonly weight: Float64Array;
}

/**
 * A network under change. Nodes and links have dense indexes that are stable while the node or link is there and are
 * given again later; equal sequences of epochs, rejected ones included, give equal indexes on every replica.
 *
 * The array getters hand out live arrays: read them again after `applyEpoch`, which may replace them, and never write.
 */
export class Network {
  #unit: WeightUnit;
  #maxInteger = 0;
  #distanceBound = 0;

  readonly #nodeIds: string[] = [];
  readonly #nodeIndexes = new Map<string, number>();
  readonly #freeNodes: number[] = [];
  #nodePresent: Uint8Array = new Uint8Array(0);
  #nodeUp: Uint8Array = new Uint8Array(0);
  #nodeDrained: Uint8Array = new Uint8Array(0);
  readonly #incident: number[][] = [];

  readonly #linkIds: string[] = [];
  readonly #linkIndexes = new Map<string, number>();
  readonly #freeLinks: number[] = [];
  #linkPresent: Uint8Array = new Uint8Array(0);
  #linkUp: Uint8Array = new Uint8Array(0);
  #linkFrom: Int32Array = new Int32Array(0);
  #linkTo: Int32Array = new Int32Array(0);
  /** Where a link stands in the list of its `from` and of its `to`. */
  #fromSlot: Int32Array = new Int32Array(0);
  #toSlot: Int32Array = new Int32Array(0);
  #linkForward: Float64Array = new Float64Array(0);
  #linkBackward: Float64Array = new Float64Array(0);
  /** Weights as given, of which the integers are the image under the unit. */
  #givenForward: Float64Array = new Float64Array(0);
  #givenBackward: Float64Array = new Float64Array(0);

  readonly #draftBase: DraftBase = {
    draftNode: (id) => this.#draftNode(id),
    draftLink: (id) => this.#draftLink(id),
    linkIdsAt: (index) => this.incidentLinks(index).map((link) => this.linkId(link)),
  };

  /**
   * A network as `topology` has it; nodes and links get the indexes 0, 1, 2… in its order.
   *
   * @throws TopologyError when the topology contradicts itself.
   * @throws WeightError when its weights cannot be kept exactly side by side, or the resolution is none.
   */
  constructor(topology: Topology, options: NetworkOptions = {}) {
    validateTopology(topology);
    const { nodes, links } = topology;
    this.#unit = options.resolution === undefined ? WeightUnit.decimal(0) : WeightUnit.resolution(options.resolution);
    if (!this.#unit.rounds) {
      let decimals = 0;
      for (const { forward, backward } of links) {
        decimals = Math.max(decimals, decimalPlaces(forward), decimalPlaces(backward));
      }
      this.#unit = WeightUnit.decimal(decimals);
    }
    this.#growNodes(nodes.length);
    this.#growLinks(links.length);
    for (const { id } of nodes) this.#insertNode(id, true, false);
    for (const { id, from, to, forward, backward, up } of links) {
      const link = this.#insertLink(id);
      this.#attach(link, this.#nodeIndexes.get(from) as number, this.#nodeIndexes.get(to) as number);
      this.#weigh(link, forward, backward);
      this.#linkUp[link] = up === false ? 0 : 1;
    }
    this.#distanceBound = this.#pathBound(nodes.length, this.#maxInteger, this.#unit, 1);
    if (this.#distanceBound >= DISTANCE_LIMIT) {
      const { id, weight } = hardestWeight(links);
      throw new WeightError("WEIGHT_RANGE", weight, rangeMessage(id, weight, this.#unit));
    }
  }

  /** How many nodes there are, up or not. */
  get nodeCount(): number {
    return this.#nodeIndexes.size;
  }

  /** How many links there are, up or not. */
  get linkCount(): number {
    return this.#linkIndexes.size;
  }

  /** Node indexes are below this, with head-room for nodes to come; a multiple of 32. */
  get nodeCapacity(): number {
    return this.#nodeUp.length;
  }

  /** Link indexes are below this, with head-room for links to come; a multiple of 32. */
  get linkCapacity(): number {
    return this.#linkUp.length;
  }

  /** One more than the largest node index given so far. */
  get nodeBound(): number {
    return this.#nodeIds.length;
  }

  /** One more than the largest link index given so far. */
  get linkBound(): number {
    return this.#linkIds.length;
  }

  /** By node index: 1 when there is such a node. */
  get nodePresent(): Readonly<Uint8Array> {
    return this.#nodePresent;
  }

  /** By node index: 1 when the node is there and up. */
  get nodeUp(): Readonly<Uint8Array> {
    return this.#nodeUp;
  }

  /** By node index: 1 when the node is drained, up or not. */
  get nodeDrained(): Readonly<Uint8Array> {
    return this.#nodeDrained;
  }

  /** By link index: 1 when there is such a link. */
  get linkPresent(): Readonly<Uint8Array> {
    return this.#linkPresent;
  }

  /** By link index: 1 when the link itself is up, whatever its nodes are. */
  get linkUp(): Readonly<Uint8Array> {
    return this.#linkUp;
  }

  /** By link index: index of the node it runs from. */
  get linkFrom(): Readonly<Int32Array> {
    return this.#linkFrom;
  }

  /** By link index: index of the node it runs to. */
  get linkTo(): Readonly<Int32Array> {
    return this.#linkTo;
  }

  /** By link index: integer weight from its `from` to its `to`, in units. */
  get linkForward(): Readonly<Float64Array> {
    return this.#linkForward;
  }

  /** By link index: integer weight from its `to` to its `from`, in units. */
  get linkBackward(): Readonly<Float64Array> {
    return this.#linkBackward;
  }

  /** How many units make a weight of one: a power of ten unless weights are rounded. */
  get scale(): number {
    return this.#unit.scale;
  }

  /** No shortest path is longer than this many units, whichever links and nodes go down or up; below 2^53. */
  get distanceBound(): number {
    return this.#distanceBound;
  }

  /** A distance of so many units as the sum of the original weights, exactly (0.1 + 0.2 is 0.3); Infinity stays. */
  toWeight(units: number): number {
    return this.#unit.toWeight(units);
  }

  /** The index of a node, or undefined when there is none of that id. */
  nodeIndex(id: string): number | undefined {
    return this.#nodeIndexes.get(id);
  }

  /** The index of a link, or undefined when there is none of that id. */
  linkIndex(id: string): number | undefined {
    return this.#linkIndexes.get(id);
  }

  /**
   * The id of the node at an index; of a removed node until its index is given again, so through the epoch's delta.
   *
   * @throws RangeError when the index was never given.
   */
  nodeId(index: number): string {
    const id = this.#nodeIds[index];
    if (id === undefined) throw new RangeError(`no node has index ${index}`);
    return id;
  }

  /**
   * The id of the link at an index; of a removed link until its index is given again, so through the epoch's delta.
   *
   * @throws RangeError when the index was never given.
   */
  linkId(index: number): string {
    const id = this.#linkIds[index];
    if (id === undefined) throw new RangeError(`no link has index ${index}`);
    return id;
  }

  /** The weight of an arc as it was given, whatever its state. */
  givenWeight(link: number, reverse: boolean): number {
    return (reverse ? this.#givenBackward[link] : this.#givenForward[link]) as number;
  }

  /** The links at a node, up or not, a self-loop once; a live array in no particular order. */
  incidentLinks(node: number): readonly number[] {
    return this.#incident[node] ?? [];
  }

  /** The weight of an arc in units, or Infinity when it cannot carry: link or an end node down, or a self-loop. */
  effectiveWeight(link: number, reverse: boolean): number {
    if (this.#linkUp[link] !== 1) return Number.POSITIVE_INFINITY;
    const from = this.#linkFrom[link] as number;
    const to = this.#linkTo[link] as number;
    if (from === to || this.#nodeUp[from] !== 1 || this.#nodeUp[to] !== 1) return Number.POSITIVE_INFINITY;
    return (reverse ? this.#linkBackward[link] : this.#linkForward[link]) as number;
  }

  /** All arcs that can carry, by ascending link index and forward before reverse; new arrays, O(links). */
  effectiveArcs(): EffectiveArcs {
    let carrying = 0;
    for (let link = 0; link < this.linkBound; link++) {
      if (this.effectiveWeight(link, false) !== Number.POSITIVE_INFINITY) carrying++;
    }
    const count = 2 * carrying;
    const arcs: EffectiveArcs = {
      count,
      link: new Int32Array(count),
      reverse: new Uint8Array(count),
      from: new Int32Array(count),
      to: new Int32Array(count),
      weight: new Float64Array(count),
    };
    let arc = 0;
    for (let link = 0; link < this.linkBound; link++) {
      const forward = this.effectiveWeight(link, false);
      if (forward === Number.POSITIVE_INFINITY) continue;
      const from = this.#linkFrom[link] as number;
      const to = this.#linkTo[link] as number;
      arcs.link[arc] = link;
      arcs.from[arc] = from;
      arcs.to[arc] = to;
      arcs.weight[arc] = forward;
      arc++;
      arcs.link[arc] = link;
      arcs.reverse[arc] = 1;
      arcs.from[arc] = to;
      arcs.to[arc] = from;
      arcs.weight[arc] = this.#linkBackward[link] as number;
      arc++;
    }
    return arcs;
  }

  /**
   * Applies all changes of an epoch at once, in their order, or none of them. Costs as much as the links and nodes that
   * the changes name, and the links at nodes that come or go, plus O(links) in the epochs that rescale.
   *
   * @throws ChangeError with the `index` of the first bad change; the network is then as it was.
   */
  applyEpoch(changes: readonly Change[]): NetworkDelta {
    const draft = new NetworkDraft(this.#draftBase);
    for (let i = 0; i < changes.length; i++) {
      try {
        draft.apply(changes[i] as Change, i);
      } catch (error) {
        throw error instanceof ChangeError ? error.at(i) : error;
      }
    }
    return this.#commit(draft, this.#fitUnit(draft));
  }

  #draftNode(id: string): NodeDraft | undefined {
    const index = this.#nodeIndexes.get(id);
    if (index === undefined) return undefined;
    const up = this.#nodeUp[index] === 1;
    return { id, index, present: true, up, drained: this.#nodeDrained[index] === 1, attached: [] };
  }

  #draftLink(id: string): LinkDraft | undefined {
    const index = this.#linkIndexes.get(id);
    if (index === undefined) return undefined;
    return {
      id,
      index,
      present: true,
      up: this.#linkUp[index] === 1,
      from: this.nodeId(this.#linkFrom[index] as number),
      to: this.nodeId(this.#linkTo[index] as number),
      forward: this.#givenForward[index] as number,
      backward: this.#givenBackward[index] as number,
      weighedBy: -1,
    };
  }

  /** The unit that the draft's weights ask for, and the bounds under it; throws when path sums would leave the exact range. */
  #fitUnit(draft: NetworkDraft): UnitFit {
    const weighed: LinkDraft[] = [];
    let decimals = this.#unit.decimals;
    for (const link of draft.links.values()) {
      if (!link.present || link.weighedBy < 0) continue;
      weighed.push(link);
      if (!this.#unit.rounds) {
        decimals = Math.max(decimals, decimalPlaces(link.forward), decimalPlaces(link.backward));
      }
    }
    const finer = decimals > this.#unit.decimals;
    const unit = finer ? WeightUnit.decimal(decimals) : this.#unit;
    const factor = finer ? Number(`1e${decimals - this.#unit.decimals}`) : 1;
    let maxInteger = this.#maxInteger * factor;
    for (const link of weighed) {
      maxInteger = Math.max(maxInteger, unit.toInteger(link.forward), unit.toInteger(link.backward));
    }
    let nodes = this.nodeCount;
    for (const node of draft.nodes.values()) nodes += (node.present ? 1 : 0) - (node.index >= 0 ? 1 : 0);
    const distanceBound = this.#pathBound(nodes, maxInteger, unit, factor, draft);
    if (distanceBound >= DISTANCE_LIMIT) {
      const { id, weight } = hardestWeight(weighed);
      const index = draft.links.get(id)?.weighedBy as number;
      throw new ChangeError("WEIGHT_RANGE", rangeMessage(id, weight, unit), { id, index });
    }
    return { unit, factor, maxInteger, distanceBound };
  }

  /**
   * An upper bound of every simple path's sum. A path leaves each node at most once, so no sum exceeds that of the n-1
   * largest among the nodes' heaviest departing arcs; the cheap (n-1) × heaviest serves while it is in range.
   */
  #pathBound(nodes: number, maxInteger: number, unit: WeightUnit, factor: number, draft?: NetworkDraft): number {
    // Beyond this the power of ten is no double.
    if (unit.decimals > 308) return Number.POSITIVE_INFINITY;
    const cheap = Math.max(1, nodes - 1) * maxInteger;
    if (cheap < DISTANCE_LIMIT) return cheap;
    const added = new Map<string, number>();
    if (draft !== undefined) {
      for (const node of draft.nodes.values()) if (node.index < 0) added.set(node.id, this.nodeBound + added.size);
    }
    const heaviest = new Float64Array(this.nodeBound + added.size);
    const redrawn = new Set<number>();
    for (const link of draft?.links.values() ?? []) {
      if (link.index >= 0) redrawn.add(link.index);
      if (!link.present) continue;
      const from = (this.#nodeIndexes.get(link.from) ?? added.get(link.from)) as number;
      const to = (this.#nodeIndexes.get(link.to) ?? added.get(link.to)) as number;
      heaviest[from] = Math.max(heaviest[from] as number, unit.toInteger(link.forward));
      heaviest[to] = Math.max(heaviest[to] as number, unit.toInteger(link.backward));
    }
    for (let link = 0; link < this.linkBound; link++) {
      if (this.#linkPresent[link] !== 1 || redrawn.has(link)) continue;
      const from = this.#linkFrom[link] as number;
      const to = this.#linkTo[link] as number;
      heaviest[from] = Math.max(heaviest[from] as number, (this.#linkForward[link] as number) * factor);
      heaviest[to] = Math.max(heaviest[to] as number, (this.#linkBackward[link] as number) * factor);
    }
    heaviest.sort();
    // Even a single weight, such as a self-loop's, must be an exact integer.
    let sum = heaviest.at(-1) ?? 0;
    for (let i = 1; i < nodes - 1; i++) sum += heaviest[heaviest.length - 1 - i] as number;
    return sum;
  }

  #commit(draft: NetworkDraft, fit: UnitFit): NetworkDelta {
    const { unit, factor } = fit;
    const rescaled = factor !== 1;
    this.#unit = unit;
    this.#maxInteger = fit.maxInteger;
    this.#distanceBound = fit.distanceBound;
    if (rescaled) {
      for (let link = 0; link < this.linkBound; link++) {
        this.#linkForward[link] = (this.#linkForward[link] as number) * factor;
        this.#linkBackward[link] = (this.#linkBackward[link] as number) * factor;
      }
    }

    // What the touched links were, in the order in which the epoch touched them.
    const touched: TouchedLink[] = [];
    const seen = new Set<number>();
    const touch = (link: number): void => {
      if (seen.has(link)) return;
      seen.add(link);
      touched.push({
        link,
        from: this.#linkFrom[link] as number,
        to: this.#linkTo[link] as number,
        forward: this.effectiveWeight(link, false),
        backward: this.effectiveWeight(link, true),
      });
    };
    for (const link of draft.links.values()) if (link.index >= 0) touch(link.index);
    for (const node of draft.nodes.values()) {
      if (node.index >= 0 && node.up !== (this.#nodeUp[node.index] === 1)) {
        for (const link of this.incidentLinks(node.index)) touch(link);
      }
    }

    const nodes: NodeChange[] = [];
    const freedNodes: number[] = [];
    for (const node of draft.nodes.values()) {
      const change = this.#commitNode(node);
      if (change !== undefined) nodes.push(change);
      if (change?.removed) freedNodes.push(change.node);
    }
    const freedLinks: number[] = [];
    for (const link of draft.links.values()) {
      if (link.present) {
        const index = this.#commitLink(link);
        if (link.index < 0)
          touched.push({
            link: index,
            from: -1,
            to: -1,
            forward: Number.POSITIVE_INFINITY,
            backward: Number.POSITIVE_INFINITY,
          });
      } else if (link.index >= 0) {
        this.#removeLink(link.index, link.id);
        freedLinks.push(link.index);
      }
    }
    // Only now, so that no index means two ids within this delta.
    for (const node of freedNodes) this.#freeNodes.push(node);
    for (const link of freedLinks) this.#freeLinks.push(link);

    const arcs: ArcChange[] = [];
    for (const before of touched) this.#compareArcs(before, arcs);
    return { arcs, nodes, rescaled, factor };
  }

  /** Brings one node to its drafted state; undefined when that is the state it has. */
  #commitNode(draft: NodeDraft): NodeChange | undefined {
    if (draft.index < 0) {
      if (!draft.present) return undefined;
      const node = this.#insertNode(draft.id, draft.up, draft.drained);
      return {
        node,
        upBefore: false,
        upAfter: draft.up,
        drainedBefore: false,
        drainedAfter: draft.drained,
        added: true,
      };
    }
    const node = draft.index;
    const upBefore = this.#nodeUp[node] === 1;
    const drainedBefore = this.#nodeDrained[node] === 1;
    this.#nodeUp[node] = draft.up ? 1 : 0;
    this.#nodeDrained[node] = draft.drained ? 1 : 0;
    const change = { node, upBefore, upAfter: draft.up, drainedBefore, drainedAfter: draft.drained };
    if (!draft.present) {
      this.#nodePresent[node] = 0;
      this.#nodeIndexes.delete(draft.id);
      return { ...change, removed: true };
    }
    return upBefore === draft.up && drainedBefore === draft.drained ? undefined : change;
  }

  /** Brings one link to its drafted state, its nodes being there; gives its index. */
  #commitLink(draft: LinkDraft): number {
    const link = draft.index < 0 ? this.#insertLink(draft.id) : draft.index;
    const from = this.#nodeIndexes.get(draft.from) as number;
    const to = this.#nodeIndexes.get(draft.to) as number;
    if (draft.index >= 0 && (from !== this.#linkFrom[link] || to !== this.#linkTo[link])) this.#detach(link);
    if (draft.index < 0 || from !== this.#linkFrom[link] || to !== this.#linkTo[link]) this.#attach(link, from, to);
    if (draft.weighedBy >= 0) this.#weigh(link, draft.forward, draft.backward);
    this.#linkUp[link] = draft.up ? 1 : 0;
    return link;
  }

  #removeLink(link: number, id: string): void {
    this.#detach(link);
    this.#linkPresent[link] = 0;
    this.#linkUp[link] = 0;
    this.#linkIndexes.delete(id);
  }

  /** Appends what differs between a link's arcs before the epoch and now. */
  #compareArcs(before: TouchedLink, arcs: ArcChange[]): void {
    const { link } = before;
    const from = this.#linkFrom[link] as number;
    const to = this.#linkTo[link] as number;
    const forward = this.effectiveWeight(link, false);
    const backward = this.effectiveWeight(link, true);
    if (before.from < 0 || (before.from === from && before.to === to)) {
      pushArc(arcs, link, false, from, to, before.forward, forward);
      pushArc(arcs, link, true, to, from, before.backward, backward);
      return;
    }
    pushArc(arcs, link, false, before.from, before.to, before.forward, Number.POSITIVE_INFINITY);
    pushArc(arcs, link, true, before.to, before.from, before.backward, Number.POSITIVE_INFINITY);
    pushArc(arcs, link, false, from, to, Number.POSITIVE_INFINITY, forward);
    pushArc(arcs, link, true, to, from, Number.POSITIVE_INFINITY, backward);
  }

  #insertNode(id: string, up: boolean, drained: boolean): number {
    const node = this.#freeNodes.pop() ?? this.#nodeIds.length;
    if (node >= this.nodeCapacity) this.#growNodes(node + 1);
    this.#nodeIds[node] = id;
    this.#nodeIndexes.set(id, node);
    this.#incident[node] = [];
    this.#nodePresent[node] = 1;
    this.#nodeUp[node] = up ? 1 : 0;
    this.#nodeDrained[node] = drained ? 1 : 0;
    return node;
  }

  /** Gives a link an index; it has neither ends nor weights yet, and is down. */
  #insertLink(id: string): number {
    const link = this.#freeLinks.pop() ?? this.#linkIds.length;
    if (link >= this.linkCapacity) this.#growLinks(link + 1);
    this.#linkIds[link] = id;
    this.#linkIndexes.set(id, link);
    this.#linkPresent[link] = 1;
    this.#linkUp[link] = 0;
    return link;
  }

  #weigh(link: number, forward: number, backward: number): void {
    this.#givenForward[link] = forward;
    this.#givenBackward[link] = backward;
    const forwardUnits = this.#unit.toInteger(forward);
    const backwardUnits = this.#unit.toInteger(backward);
    this.#linkForward[link] = forwardUnits;
    this.#linkBackward[link] = backwardUnits;
    this.#maxInteger = Math.max(this.#maxInteger, forwardUnits, backwardUnits);
  }

  #attach(link: number, from: number, to: number): void {
    this.#linkFrom[link] = from;
    this.#linkTo[link] = to;
    this.#fromSlot[link] = (this.#incident[from] as number[]).push(link) - 1;
    if (to !== from) this.#toSlot[link] = (this.#incident[to] as number[]).push(link) - 1;
  }

  #detach(link: number): void {
    const from = this.#linkFrom[link] as number;
    const to = this.#linkTo[link] as number;
    this.#vacate(from, this.#fromSlot[link] as number);
    if (to !== from) this.#vacate(to, this.#toSlot[link] as number);
  }

  /** Frees a place in a node's list of links by moving the last link there. */
  #vacate(node: number, slot: number): void {
    const links = this.#incident[node] as number[];
    const last = links.pop() as number;
    if (slot === links.length) return;
    links[slot] = last;
    if (this.#linkFrom[last] === node) this.#fromSlot[last] = slot;
    else this.#toSlot[last] = slot;
  }

  #growNodes(needed: number): void {
    const capacity = withHeadRoom(needed, this.nodeCapacity);
    this.#nodePresent = grown(this.#nodePresent, new Uint8Array(capacity));
    this.#nodeUp = grown(this.#nodeUp, new Uint8Array(capacity));
    this.#nodeDrained = grown(this.#nodeDrained, new Uint8Array(capacity));
  }

  #growLinks(needed: number): void {
    const capacity = withHeadRoom(needed, this.linkCapacity);
    this.#linkPresent = grown(this.#linkPresent, new Uint8Array(capacity));
    this.#linkUp = grown(this.#linkUp, new Uint8Array(capacity));
    this.#linkFrom = grown(this.#linkFrom, new Int32Array(capacity));
    this.#linkTo = grown(this.#linkTo, new Int32Array(capacity));
    this.#fromSlot = grown(this.#fromSlot, new Int32Array(capacity));
    this.#toSlot = grown(this.#toSlot, new Int32Array(capacity));
    this.#linkForward = grown(this.#linkForward, new Float64Array(capacity));
    this.#linkBackward = grown(this.#linkBackward, new Float64Array(capacity));
    this.#givenForward = grown(this.#givenForward, new Float64Array(capacity));
    this.#givenBackward = grown(this.#givenBackward, new Float64Array(capacity));
  }
}

/** A link as it was before the epoch; `from` is -1 when it was not there. */
interface TouchedLink {
  readonly link: number;
  readonly from: number;
  readonly to: number;
  readonly forward: number;
  readonly backward: number;
}

/** The unit and bounds that an epoch's weights ask for; `factor` is how many new units one old unit is. */
interface UnitFit {
  readonly unit: WeightUnit;
  readonly factor: number;
  readonly maxInteger: number;
  readonly distanceBound: number;
}

function pushArc(
  arcs: ArcChange[],
  link: number,
  reverse: boolean,
  from: number,
  to: number,
  before: number,
  after: number,
): void {
  if (before !== after) arcs.push({ link, reverse, from, to, before, after });
}

/** A capacity for `needed` entries: at least an eighth more than needed, half more than before, and whole blocks of 32. */
function withHeadRoom(needed: number, capacity: number): number {
  const roomy = Math.max(needed + (needed >>> 3), capacity + (capacity >>> 1));
  return Math.max(32, Math.ceil(roomy / 32) * 32);
}

function grown<A extends Uint8Array | Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}

/** The link whose weights ask most of the exact range: most decimal places first, then heaviest. */
function hardestWeight(links: Iterable<{ id: string; forward: number; backward: number }>): {
  id: string;
  weight: number;
} {
  let hardest = { id: "", weight: 0 };
  let places = -1;
  for (const { id, forward, backward } of links) {
    for (const weight of [forward, backward]) {
      const decimals = decimalPlaces(weight);
      if (decimals > places || (decimals === places && weight > hardest.weight)) {
        hardest = { id, weight };
        places = decimals;
      }
    }
  }
  return hardest;
}

function rangeMessage(id: string, weight: number, unit: WeightUnit): string {
  const sums = unit.decimals === 0 ? "path sums" : `with ${unit.decimals} decimal places, path sums`;
  return (
    `link ${quoted(id)} has weight ${weight}: ${sums} could reach 2^53 units and would no longer be exact; ` +
    `round weights with --weight-resolution (option "resolution")`
  );
}
