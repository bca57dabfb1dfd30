// The network as two maps, changed one change at a time: what class Network is compared with.

import type { Change, Topology } from "../../src/network/index.ts";

export interface NaiveNode {
  up: boolean;
  drained: boolean;
}

export interface NaiveLink {
  from: string;
  to: string;
  forward: number;
  backward: number;
  up: boolean;
}

/** One way over a link whose link and end nodes are all up. */
export interface NaiveArc {
  link: string;
  from: string;
  to: string;
  weight: number;
}

export class NaiveNetwork {
  nodes = new Map<string, NaiveNode>();
  links = new Map<string, NaiveLink>();

  constructor(topology: Topology) {
    for (const { id } of topology.nodes) this.nodes.set(id, { up: true, drained: false });
    for (const { id, from, to, forward, backward, up } of topology.links) {
      this.links.set(id, { from, to, forward, backward, up: up ?? true });
    }
  }

  /** Whether all changes were good; if one was bad, none has had effect. */
  applyEpoch(changes: readonly Change[]): boolean {
    const { nodes, links } = this;
    this.nodes = new Map([...nodes].map(([id, node]) => [id, { ...node }]));
    this.links = new Map([...links].map(([id, link]) => [id, { ...link }]));
    if (changes.every((change) => this.#apply(change))) return true;
    this.nodes = nodes;
    this.links = links;
    return false;
  }

  /** Every arc that can carry; drained nodes are the routes' business. */
  arcs(): NaiveArc[] {
    const arcs: NaiveArc[] = [];
    for (const [link, { from, to, forward, backward, up }] of this.links) {
      if (!up || from === to || !this.nodes.get(from)?.up || !this.nodes.get(to)?.up) continue;
      arcs.push({ link, from, to, weight: forward }, { link, from: to, to: from, weight: backward });
    }
    return arcs;
  }

  /** The present state as a topology, without what a topology cannot say: which nodes are down or drained. */
  topology(): Topology {
    return {
      nodes: [...this.nodes.keys()].map((id) => ({ id })),
      links: [...this.links].map(([id, link]) => ({ id, ...link })),
    };
  }

  #apply(change: Change): boolean {
    const link = "link" in change ? this.links.get(change.link) : undefined;
    const node = "node" in change ? this.nodes.get(change.node) : undefined;
    switch (change.op) {
      case "link-add": {
        const forward = change.forward ?? change.weight ?? 0;
        const backward = change.backward ?? change.weight ?? 0;
        if (link || !this.nodes.has(change.from) || !this.nodes.has(change.to)) return false;
        if (!positive(forward) || !positive(backward)) return false;
        this.links.set(change.link, { from: change.from, to: change.to, forward, backward, up: true });
        return true;
      }
      case "node-add":
        if (node) return false;
        this.nodes.set(change.node, { up: true, drained: false });
        return true;
      case "link-remove":
        return this.links.delete(change.link);
      case "node-remove":
        for (const [id, { from, to }] of this.links) {
          if (from === change.node || to === change.node) this.links.delete(id);
        }
        return this.nodes.delete(change.node);
      case "link-weight":
        if (!link) return false;
        link.forward = change.forward ?? change.weight ?? link.forward;
        link.backward = change.backward ?? change.weight ?? link.backward;
        return positive(link.forward) && positive(link.backward);
      case "link-down":
      case "link-up":
        if (link) link.up = change.op === "link-up";
        return link !== undefined;
      case "node-down":
      case "node-up":
        if (node) node.up = change.op === "node-up";
        return node !== undefined;
      case "node-drain":
      case "node-undrain":
        if (node) node.drained = change.op === "node-drain";
        return node !== undefined;
    }
  }
}

function positive(weight: number): boolean {
  return weight > 0 && weight < Number.POSITIVE_INFINITY;
}
