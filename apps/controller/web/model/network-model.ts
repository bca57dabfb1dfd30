// The network as the page keeps it: typed arrays by position in the topology's columns, and the state that events change.
import type { Change, TopologyColumns } from "./api.ts";

/** A network to draw and to change. */
export class NetworkModel {
  readonly epoch: number;
  readonly name: string;
  readonly nodeIds: readonly string[];
  readonly labels: readonly (string | null)[];
  readonly positions: TopologyColumns["nodes"]["position"];
  readonly linkIds: readonly string[];
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly nodeUp: Uint8Array;
  readonly linkUp: Uint8Array;
  /** How far a link stands aside where several connect the same two nodes, in lanes; 0 for a link that is alone. */
  readonly lane: Float32Array;
  readonly #nodes: ReadonlyMap<string, number>;
  readonly #links: ReadonlyMap<string, number>;
  /** Links of node n: `#incident` from `#start[n]` to `#start[n + 1]`. */
  readonly #start: Int32Array;
  readonly #incident: Int32Array;

  constructor({ epoch, name, nodes, links }: TopologyColumns) {
    this.epoch = epoch;
    this.name = name;
    this.nodeIds = nodes.id;
    this.labels = nodes.label;
    this.positions = nodes.position;
    this.linkIds = links.id;
    this.from = Int32Array.from(links.from);
    this.to = Int32Array.from(links.to);
    this.nodeUp = Uint8Array.from(nodes.up, Number);
    this.linkUp = Uint8Array.from(links.up, Number);
    this.#nodes = new Map(nodes.id.map((id, node) => [id, node]));
    this.#links = new Map(links.id.map((id, link) => [id, link]));
    this.#start = new Int32Array(nodes.id.length + 1);
    for (const end of [this.from, this.to]) for (const node of end) this.#start[node + 1]!++;
    for (let node = 0; node < nodes.id.length; node++) this.#start[node + 1]! += this.#start[node]!;
    this.#incident = new Int32Array(2 * links.id.length);
    const next = this.#start.slice();
    for (let link = 0; link < links.id.length; link++) {
      this.#incident[next[this.from[link]!]!++] = link;
      this.#incident[next[this.to[link]!]!++] = link;
    }
    this.lane = this.#lanes();
  }

  get nodeCount(): number {
    return this.nodeIds.length;
  }

  get linkCount(): number {
    return this.linkIds.length;
  }

  node(id: string): number | undefined {
    return this.#nodes.get(id);
  }

  link(id: string): number | undefined {
    return this.#links.get(id);
  }

  /** The links at a node. */
  linksAt(node: number): Int32Array {
    return this.#incident.subarray(this.#start[node], this.#start[node + 1]);
  }

  /** What people call a node. */
  title(node: number): string {
    return this.labels[node] || this.nodeIds[node]!;
  }

  /** Takes over a change of state; false when the change makes another network, which has to be read anew. */
  take(change: Change): boolean {
    const node = "node" in change ? this.node(change.node) : undefined;
    const link = "link" in change ? this.link(change.link) : undefined;
    switch (change.op) {
      case "link-down":
      case "link-up":
        if (link === undefined) return false;
        this.linkUp[link] = change.op === "link-up" ? 1 : 0;
        return true;
      case "node-down":
      case "node-up":
        if (node === undefined) return false;
        this.nodeUp[node] = change.op === "node-up" ? 1 : 0;
        return true;
      case "link-weight":
      case "node-drain":
      case "node-undrain":
        return true;
      default:
        return false;
    }
  }

  #lanes(): Float32Array {
    const lane = new Float32Array(this.linkCount);
    const bundles = new Map<number, number[]>();
    for (let link = 0; link < this.linkCount; link++) {
      const [a, b] = [this.from[link]!, this.to[link]!];
      const key = Math.min(a, b) * this.nodeCount + Math.max(a, b);
      const bundle = bundles.get(key);
      if (bundle === undefined) bundles.set(key, [link]);
      else bundle.push(link);
    }
    for (const bundle of bundles.values()) {
      // A link the other way round has the opposite side to its right.
      bundle.forEach((link, place) => {
        const side = this.from[link] === this.from[bundle[0]!] ? 1 : -1;
        lane[link] = side * (place - (bundle.length - 1) / 2);
      });
    }
    return lane;
  }
}
