// The network as the routing kernel walks it: ports with stable positions, so that a next-hop set is a set of positions.
// A link gives one port at either end; a port knows the arc that leaves through it and the arc that comes in.

import type { Network } from "../network/network.ts";
import type { ArcChange, NetworkDelta } from "../network/network-delta.ts";

const UNUSABLE = Number.POSITIVE_INFINITY;

/** Ports and node states, kept in step with a Network by its deltas. */
export class RouteGraph {
  /** Node indexes are below this. */
  nodeBound = 0;
  /** By node: 1 when up. */
  up: Uint8Array = new Uint8Array(0);
  /** By node: 1 when drained, so that arcs into it are of use to no other destination. */
  drained: Uint8Array = new Uint8Array(0);

  /** By node: where its ports begin in the port columns, how many positions it has used, and how many it has room for. */
  portStart: Int32Array = new Int32Array(0);
  portCount: Int32Array = new Int32Array(0);
  #portRoom: Int32Array = new Int32Array(0);

  /** Port columns, at `portStart[node] + position`. */
  neighbor: Int32Array = new Int32Array(0);
  /** The position of the same link's port at the neighbor. */
  peer: Int32Array = new Int32Array(0);
  /** The link, or -1 at a free position, whose weights are Infinity. */
  link: Int32Array = new Int32Array(0);
  /** Integer weight toward the neighbor, or Infinity. */
  outWeight: Float64Array = new Float64Array(0);
  /** Integer weight from the neighbor, or Infinity. */
  inWeight: Float64Array = new Float64Array(0);
  #portsUsed = 0;

  /** By 2 * link + side (0: where the link begins): node and position of its port there, -1 when it has none. */
  #linkNode: Int32Array = new Int32Array(0);
  #linkPort: Int32Array = new Int32Array(0);

  /** How many usable arcs have each weight. */
  #census = new Map<number, number>();
  /** Positions that hold no usable arc any more; free from the next epoch on, so that no position means two links in one. */
  #orphans: number[] = [];

  /** The most positions any node has used so far, and the sum of them over all nodes. */
  maxDegree = 0;
  portTotal = 0;

  /** O(nodes + links). */
  constructor(network: Network) {
    this.#growNodes(network.nodeBound);
    this.#growLinks(network.linkBound);
    this.up.set(network.nodeUp.subarray(0, network.nodeBound));
    this.drained.set(network.nodeDrained.subarray(0, network.nodeBound));
    this.nodeBound = network.nodeBound;
    const { count, link, reverse, from, to, weight } = network.effectiveArcs();
    this.#layOut(count, from);
    for (let arc = 0; arc < count; arc++) {
      this.#setArc(
        link[arc] as number,
        reverse[arc] as number,
        from[arc] as number,
        to[arc] as number,
        weight[arc] as number,
      );
    }
  }

  /** The weight that all usable arcs have, or 0 when there are several. */
  get uniformWeight(): number {
    if (this.#census.size === 0) return 1;
    if (this.#census.size > 1) return 0;
    for (const weight of this.#census.keys()) return weight;
    return 0;
  }

  /** How many arcs are usable. */
  get arcCount(): number {
    let count = 0;
    for (const n of this.#census.values()) count += n;
    return count;
  }

  /** The arc that comes in through a port of `node`, as 2 * link + 1 when it runs against the link, else + 0. */
  arcInto(port: number, node: number): number {
    const link = this.link[port] as number;
    return 2 * link + (this.#linkNode[2 * link] === node ? 1 : 0);
  }

  /**
   * Takes over an epoch, and gives the position at its tail of every arc of `delta.arcs`, in their order. Positions that
   * the epoch leaves empty are kept until `endEpoch`. O(changes), amortised.
   */
  apply(delta: NetworkDelta, nodeBound: number, linkBound: number): Int32Array {
    if (delta.rescaled) this.#rescale(delta.factor);
    this.#growNodes(nodeBound);
    this.#growLinks(linkBound);
    this.nodeBound = Math.max(this.nodeBound, nodeBound);
    for (const { node, upAfter, drainedAfter } of delta.nodes) {
      this.up[node] = upAfter ? 1 : 0;
      this.drained[node] = drainedAfter ? 1 : 0;
    }
    const positions = new Int32Array(delta.arcs.length);
    for (let i = 0; i < positions.length; i++) {
      const { link, reverse, from, to, after } = delta.arcs[i] as ArcChange;
      positions[i] = this.#setArc(link, reverse ? 1 : 0, from, to, after);
    }
    for (const { link } of delta.arcs) this.#abandonIfUnusable(link);
    return positions;
  }

  /** Frees the positions that the epoch left empty. */
  endEpoch(): void {
    for (const port of this.#orphans) this.link[port] = -1;
    this.#orphans.length = 0;
  }

  /** Sets the weight of an arc; gives its position at its tail. */
  #setArc(link: number, side: number, from: number, to: number, weight: number): number {
    const at = 2 * link + side;
    if (this.#linkNode[at] !== from || this.#linkNode[at ^ 1] !== to) {
      this.#attach(link, side === 0 ? from : to, side === 0 ? to : from);
    }
    const tail = (this.portStart[from] as number) + (this.#linkPort[at] as number);
    const head = (this.portStart[to] as number) + (this.#linkPort[at ^ 1] as number);
    this.#count(this.outWeight[tail] as number, -1);
    this.#count(weight, 1);
    this.outWeight[tail] = weight;
    this.inWeight[head] = weight;
    return this.#linkPort[at] as number;
  }

  #count(weight: number, difference: number): void {
    if (weight === UNUSABLE) return;
    const count = (this.#census.get(weight) ?? 0) + difference;
    if (count === 0) this.#census.delete(weight);
    else this.#census.set(weight, count);
  }

  /** Gives a link its two ports; a link that moved within the epoch keeps its position at a node that it stays at. */
  #attach(link: number, from: number, to: number): void {
    const oldFrom = this.#linkNode[2 * link] as number;
    const oldTo = this.#linkNode[2 * link + 1] as number;
    const oldFromPort = this.#linkPort[2 * link] as number;
    const oldToPort = this.#linkPort[2 * link + 1] as number;
    let fromPort = -1;
    let toPort = -1;
    if (oldFrom >= 0) {
      if (oldFrom === from) fromPort = oldFromPort;
      else if (oldFrom === to) toPort = oldFromPort;
      else this.#orphans.push((this.portStart[oldFrom] as number) + oldFromPort);
      if (oldTo === from) fromPort = oldToPort;
      else if (oldTo === to) toPort = oldToPort;
      else this.#orphans.push((this.portStart[oldTo] as number) + oldToPort);
    }
    if (fromPort < 0) fromPort = this.#newPort(from);
    if (toPort < 0) toPort = this.#newPort(to);
    this.#fill((this.portStart[from] as number) + fromPort, to, toPort, link);
    this.#fill((this.portStart[to] as number) + toPort, from, fromPort, link);
    this.#linkNode[2 * link] = from;
    this.#linkNode[2 * link + 1] = to;
    this.#linkPort[2 * link] = fromPort;
    this.#linkPort[2 * link + 1] = toPort;
  }

  #fill(port: number, neighbor: number, peer: number, link: number): void {
    this.neighbor[port] = neighbor;
    this.peer[port] = peer;
    this.link[port] = link;
    this.outWeight[port] = UNUSABLE;
    this.inWeight[port] = UNUSABLE;
  }

  #abandonIfUnusable(link: number): void {
    const node = this.#linkNode[2 * link] as number;
    if (node < 0) return;
    const port = (this.portStart[node] as number) + (this.#linkPort[2 * link] as number);
    if (this.outWeight[port] !== UNUSABLE || this.inWeight[port] !== UNUSABLE) return;
    const other = this.#linkNode[2 * link + 1] as number;
    this.#orphans.push(port, (this.portStart[other] as number) + (this.#linkPort[2 * link + 1] as number));
    this.#linkNode[2 * link] = -1;
    this.#linkNode[2 * link + 1] = -1;
  }

  #newPort(node: number): number {
    let start = this.portStart[node] as number;
    const count = this.portCount[node] as number;
    for (let position = 0; position < count; position++) if (this.link[start + position] === -1) return position;
    if (count === this.#portRoom[node]) start = this.#movePorts(node, Math.max(4, count + (count >>> 1)));
    this.portCount[node] = count + 1;
    this.portTotal++;
    if (count + 1 > this.maxDegree) this.maxDegree = count + 1;
    return count;
  }

  /** Moves a node's ports to the end of the columns, where there is room for more. */
  #movePorts(node: number, room: number): number {
    const from = this.portStart[node] as number;
    const count = this.portCount[node] as number;
    const to = this.#portsUsed;
    this.#growPorts(to + room);
    this.#portsUsed += room;
    for (const column of [this.neighbor, this.peer, this.link, this.outWeight, this.inWeight]) {
      column.copyWithin(to, from, from + count);
    }
    for (let i = 0; i < this.#orphans.length; i++) {
      const orphan = this.#orphans[i] as number;
      if (orphan >= from && orphan < from + count) this.#orphans[i] = orphan - from + to;
    }
    this.portStart[node] = to;
    this.#portRoom[node] = room;
    return to;
  }

  /** Places every node's ports in node order, with room for a few more. */
  #layOut(count: number, from: Int32Array): void {
    for (let arc = 0; arc < count; arc++) {
      const node = from[arc] as number;
      this.#portRoom[node] = (this.#portRoom[node] as number) + 1;
    }
    let start = 0;
    for (let node = 0; node < this.nodeBound; node++) {
      this.portStart[node] = start;
      start += this.#portRoom[node] as number;
    }
    this.#growPorts(start);
    this.#portsUsed = start;
  }

  #rescale(factor: number): void {
    for (let port = 0; port < this.#portsUsed; port++) {
      this.outWeight[port] = (this.outWeight[port] as number) * factor;
      this.inWeight[port] = (this.inWeight[port] as number) * factor;
    }
    const census = new Map<number, number>();
    for (const [weight, count] of this.#census) census.set(weight * factor, count);
    this.#census = census;
  }

  #growNodes(needed: number): void {
    if (needed <= this.up.length) return;
    const capacity = withHeadRoom(needed);
    this.up = copied(this.up, new Uint8Array(capacity));
    this.drained = copied(this.drained, new Uint8Array(capacity));
    this.portStart = copied(this.portStart, new Int32Array(capacity));
    this.portCount = copied(this.portCount, new Int32Array(capacity));
    this.#portRoom = copied(this.#portRoom, new Int32Array(capacity));
  }

  #growLinks(needed: number): void {
    if (2 * needed <= this.#linkNode.length) return;
    const capacity = 2 * withHeadRoom(needed);
    this.#linkNode = copied(this.#linkNode, new Int32Array(capacity).fill(-1));
    this.#linkPort = copied(this.#linkPort, new Int32Array(capacity).fill(-1));
  }

  #growPorts(needed: number): void {
    if (needed <= this.link.length) return;
    const capacity = withHeadRoom(needed);
    this.neighbor = copied(this.neighbor, new Int32Array(capacity));
    this.peer = copied(this.peer, new Int32Array(capacity));
    this.link = copied(this.link, new Int32Array(capacity).fill(-1));
    this.outWeight = copied(this.outWeight, new Float64Array(capacity).fill(UNUSABLE));
    this.inWeight = copied(this.inWeight, new Float64Array(capacity).fill(UNUSABLE));
  }
}

/** A capacity for `needed` entries with an eighth to spare, in whole blocks of 32. */
export function withHeadRoom(needed: number): number {
  return Math.max(32, Math.ceil((needed + (needed >>> 3)) / 32) * 32);
}

function copied<A extends Uint8Array | Int32Array | Float64Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
