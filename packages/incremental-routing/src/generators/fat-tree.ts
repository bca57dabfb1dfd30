// The k-ary fat-tree of Al-Fares, Loukissas and Vahdat (SIGCOMM 2008): k pods of edge and aggregation switches under a core.

import type { LinkSpec, NodeSpec, Topology } from "../network/index.ts";
import { LinkNames } from "../network/link-names.ts";
import { checkInteger, checkSize, GeneratorError } from "./generator-error.ts";
import { inLayer } from "./layout.ts";

/**
 * A fat-tree of switches with `k` ports: 5k²/4 switches and k³/2 links of weight 1, drawn in layers.
 *
 * @throws GeneratorError when `k` is not even and positive, or it is too large.
 */
export function fatTree(k: number): Topology {
  checkInteger("k", k, 2);
  if (k % 2 !== 0)
    throw new GeneratorError("BAD_PARAMETER", "k", `k is ${k}; a fat-tree's switches have an even number of ports`);
  checkSize("k", (5 * k * k) / 4, (k * k * k) / 2);
  const half = k / 2;
  const nodes: NodeSpec[] = [];
  const links: LinkSpec[] = [];
  const names = new LinkNames();
  const connect = (from: string, to: string): void => {
    links.push({ id: names.name(from, to), from, to, forward: 1, backward: 1 });
  };
  for (let core = 0; core < half * half; core++) {
    nodes.push({ id: `core-${core}`, position: inLayer(0, core, half * half), attributes: { role: "core" } });
  }
  for (let pod = 0; pod < k; pod++) {
    for (let i = 0; i < half; i++) {
      const place = pod * half + i;
      nodes.push({ id: `agg-${pod}-${i}`, position: inLayer(1, place, k * half), attributes: { role: "aggregation" } });
      nodes.push({ id: `edge-${pod}-${i}`, position: inLayer(2, place, k * half), attributes: { role: "edge" } });
    }
    for (let agg = 0; agg < half; agg++) {
      for (let edge = 0; edge < half; edge++) connect(`edge-${pod}-${edge}`, `agg-${pod}-${agg}`);
      for (let port = 0; port < half; port++) connect(`agg-${pod}-${agg}`, `core-${agg * half + port}`);
    }
  }
  return { name: `fat-tree-${k}`, nodes, links };
}
