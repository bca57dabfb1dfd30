// The page's model of a topology, as the page gets it over HTTP.
import { Network, type Topology } from "@limmat/incremental-routing";
import { nodeLooks, topologyColumns } from "../../src/api/topology-columns.ts";
import { NetworkModel } from "../../web/model/network-model.ts";

export function modelOf(topology: Topology): NetworkModel {
  const columns = topologyColumns(new Network(topology), 0, topology.name ?? "network", nodeLooks(topology));
  return new NetworkModel(JSON.parse(JSON.stringify(columns)));
}
