// The network as it goes over HTTP: columns, smaller than records and quicker to read.
import type { Network, NodeSpec, Topology } from "@limmat/incremental-routing";
import type { z } from "zod";
import type { topologySchema } from "./schemas.ts";

/** What a topology file says of nodes and the network does not keep. */
export type NodeLooks = ReadonlyMap<string, Pick<NodeSpec, "label" | "position">>;

/** Labels and positions by node id. */
export function nodeLooks(topology: Topology): NodeLooks {
  return new Map(
    topology.nodes.map(({ id, label, position }) => [id, { ...(label && { label }), ...(position && { position }) }]),
  );
}

/** The network in columns; O(nodes + links). */
export function topologyColumns(
  network: Network,
  epoch: number,
  name: string,
  looks: NodeLooks,
): z.input<typeof topologySchema> {
  const nodes: z.input<typeof topologySchema>["nodes"] = { id: [], label: [], position: [], up: [], drained: [] };
  const places = new Int32Array(network.nodeBound);
  for (let node = 0; node < network.nodeBound; node++) {
    if (network.nodePresent[node] !== 1) continue;
    const id = network.nodeId(node);
    const look = looks.get(id);
    places[node] = nodes.id.push(id) - 1;
    nodes.label.push(look?.label ?? null);
    nodes.position.push(look?.position ?? null);
    nodes.up.push(network.nodeUp[node] === 1);
    nodes.drained.push(network.nodeDrained[node] === 1);
  }
  const links: z.input<typeof topologySchema>["links"] = {
    id: [],
    from: [],
    to: [],
    forward: [],
    backward: [],
    up: [],
  };
  for (let link = 0; link < network.linkBound; link++) {
    if (network.linkPresent[link] !== 1) continue;
    links.id.push(network.linkId(link));
    links.from.push(places[network.linkFrom[link] as number] as number);
    links.to.push(places[network.linkTo[link] as number] as number);
    links.forward.push(network.givenWeight(link, false));
    links.backward.push(network.givenWeight(link, true));
    links.up.push(network.linkUp[link] === 1);
  }
  return { epoch, name, nodes, links };
}
