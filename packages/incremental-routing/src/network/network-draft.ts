// What a network would be after an epoch's changes, without touching it: a bad change rejects its whole epoch
// (routing rule 2). Holds only the nodes and links that the changes name.

import { type Change, ChangeError, directedWeights } from "./change.ts";
import { quoted } from "./routing-error.ts";

/** One node at the end of the epoch. */
export interface NodeDraft {
  readonly id: string;
  /** Its index before the epoch, -1 when it was not there. */
  readonly index: number;
  present: boolean;
  up: boolean;
  drained: boolean;
  /** Ids of the links that this epoch attached to it; some may be gone again. */
  readonly attached: string[];
}

/** One link at the end of the epoch, weights in original units. */
export interface LinkDraft {
  readonly id: string;
  /** Its index before the epoch, -1 when it was not there. */
  readonly index: number;
  present: boolean;
  up: boolean;
  from: string;
  to: string;
  forward: number;
  backward: number;
  /** Position of the last change of the epoch that set a weight of it, -1 when none did. */
  weighedBy: number;
}

/** How a draft reads the network that it starts from. */
export interface DraftBase {
  /** The node as it is, or undefined when there is none of that id. */
  draftNode(id: string): NodeDraft | undefined;
  /** The link as it is, or undefined when there is none of that id. */
  draftLink(id: string): LinkDraft | undefined;
  /** Ids of the links at a node that was there before the epoch. */
  linkIdsAt(index: number): string[];
}

/** The nodes and links that an epoch's changes touch, as they would be after it; changes act in their order. */
export class NetworkDraft {
  readonly nodes = new Map<string, NodeDraft>();
  readonly links = new Map<string, LinkDraft>();
  readonly #base: DraftBase;

  constructor(base: DraftBase) {
    this.#base = base;
  }

  /**
   * Adds one change.
   *
   * @param position of the change among the changes of its epoch.
   * @throws ChangeError, and the draft is then of no more use.
   */
  apply(change: Change, position: number): void {
    switch (change.op) {
      case "link-down":
      case "link-up":
        this.#link(change.link).up = change.op === "link-up";
        return;
      case "link-weight": {
        const link = this.#link(change.link);
        const { forward, backward } = directedWeights(change);
        link.forward = forward ?? link.forward;
        link.backward = backward ?? link.backward;
        link.weighedBy = position;
        return;
      }
      case "link-add":
        this.#addLink(change.link, this.#node(change.from), this.#node(change.to), directedWeights(change), position);
        return;
      case "link-remove":
        this.#link(change.link).present = false;
        return;
      case "node-down":
      case "node-up":
        this.#node(change.node).up = change.op === "node-up";
        return;
      case "node-drain":
      case "node-undrain":
        this.#node(change.node).drained = change.op === "node-drain";
        return;
      case "node-add":
        this.#addNode(change.node);
        return;
      case "node-remove":
        this.#removeNode(this.#node(change.node));
        return;
      default:
        throw new ChangeError("UNKNOWN_OP", `op ${quoted((change as { op: unknown }).op)} is unknown`, { field: "op" });
    }
  }

  #findNode(id: string): NodeDraft | undefined {
    let node = this.nodes.get(id);
    if (node === undefined) {
      node = this.#base.draftNode(id);
      if (node !== undefined) this.nodes.set(id, node);
    }
    return node;
  }

  #findLink(id: string): LinkDraft | undefined {
    let link = this.links.get(id);
    if (link === undefined) {
      link = this.#base.draftLink(id);
      if (link !== undefined) this.links.set(id, link);
    }
    return link;
  }

  #node(id: string): NodeDraft {
    const node = this.#findNode(id);
    if (node === undefined || !node.present) {
      throw new ChangeError("UNKNOWN_NODE", `node ${quoted(id)} is not in the network`, { id });
    }
    return node;
  }

  #link(id: string): LinkDraft {
    const link = this.#findLink(id);
    if (link === undefined || !link.present) {
      throw new ChangeError("UNKNOWN_LINK", `link ${quoted(id)} is not in the network`, { id });
    }
    return link;
  }

  #addNode(id: string): void {
    const known = this.#findNode(id);
    if (known?.present) throw new ChangeError("NODE_EXISTS", `node ${quoted(id)} is already in the network`, { id });
    const node = known ?? { id, index: -1, present: true, up: true, drained: false, attached: [] };
    node.present = true;
    node.up = true;
    node.drained = false;
    this.nodes.set(id, node);
  }

  #removeNode(node: NodeDraft): void {
    node.present = false;
    node.up = false;
    node.drained = false;
    if (node.index >= 0) for (const id of this.#base.linkIdsAt(node.index)) this.#removeLinkAt(node.id, id);
    for (const id of node.attached) this.#removeLinkAt(node.id, id);
    node.attached.length = 0;
  }

  /** Removes a link unless the epoch has already removed it, or moved it away from the node. */
  #removeLinkAt(node: string, id: string): void {
    const link = this.#findLink(id);
    if (link?.present && (link.from === node || link.to === node)) link.present = false;
  }

  #addLink(
    id: string,
    from: NodeDraft,
    to: NodeDraft,
    weights: { forward: number | undefined; backward: number | undefined },
    position: number,
  ): void {
    const known = this.#findLink(id);
    if (known?.present) throw new ChangeError("LINK_EXISTS", `link ${quoted(id)} is already in the network`, { id });
    const forward = weights.forward as number;
    const backward = weights.backward as number;
    if (known === undefined) {
      const added = { id, index: -1, present: true, up: true, from: from.id, to: to.id, forward, backward };
      this.links.set(id, { ...added, weighedBy: position });
    } else {
      known.present = true;
      known.up = true;
      known.from = from.id;
      known.to = to.id;
      known.forward = forward;
      known.backward = backward;
      known.weighedBy = position;
    }
    from.attached.push(id);
    to.attached.push(id);
  }
}
