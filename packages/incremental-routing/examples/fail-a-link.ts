// A fat-tree of 20 switches and their hosts' edge, routed by two worker threads: what the failure of one link means to the switches.
import { parseGenerator, Routing } from "@limmat/incremental-routing";

const routing = await Routing.start(parseGenerator("fat-tree:4").generate(), { workers: 2 });
const [link] = routing.network.incidentLinks(0);
const id = routing.network.linkId(link as number);
const delta = await routing.apply([{ op: "link-down", link: id }]);
console.log(`without ${id}: ${delta.pairsChanged} distances, ${delta.nextHopSetsChanged} next-hop sets`);
for (const { node, added, changed, resized, removed } of delta.groups) {
  for (const { number, links, destinations } of added) {
    console.log(`${node}: new group ${number} for ${destinations} destinations: ${links.join(", ")}`);
  }
  for (const { number, links, destinations } of changed) {
    console.log(`${node}: group ${number}, in place for ${destinations} destinations: ${links.join(", ")}`);
  }
  for (const { number, destinations } of resized)
    console.log(`${node}: group ${number} has ${destinations} destinations`);
  for (const number of removed) console.log(`${node}: group ${number} has none`);
}
const restored = await routing.apply([{ op: "link-up", link: id }]);
console.log(`with it again: ${restored.pairsChanged} distances, ${restored.nextHopSetsChanged} next-hop sets`);
await routing.close();
