// What is down now, to be restored one by one or all at once.
import type { Change } from "../model/api.ts";
import { change, network, revision } from "../model/state.ts";

/** Things that are listed; more are counted. */
const LISTED = 30;

/** Links and nodes that are down; nothing when there are none. */
export function DownPanel() {
  const model = network.value;
  revision.value;
  if (model === undefined) return null;
  const repairs: { readonly title: string; readonly change: Change }[] = [];
  for (let node = 0; node < model.nodeCount; node++) {
    if (model.nodeUp[node] === 1) continue;
    repairs.push({ title: model.title(node), change: { op: "node-up", node: model.nodeIds[node]! } });
  }
  for (let link = 0; link < model.linkCount; link++) {
    if (model.linkUp[link] === 1) continue;
    const title = `${model.title(model.from[link]!)} – ${model.title(model.to[link]!)}`;
    repairs.push({ title, change: { op: "link-up", link: model.linkIds[link]! } });
  }
  if (repairs.length === 0) return null;
  return (
    <section aria-labelledby="down-title">
      <h2 id="down-title">
        Down <span class="count">{repairs.length}</span>
        <button type="button" class="all" onClick={() => void change(repairs.map((repair) => repair.change))}>
          Restore all
        </button>
      </h2>
      <ul class="down">
        {repairs.slice(0, LISTED).map((repair) => (
          <li key={JSON.stringify(repair.change)}>
            <span>{repair.title}</span>
            <button type="button" onClick={() => void change([repair.change])}>
              restore<span class="hidden"> {repair.title}</span>
            </button>
          </li>
        ))}
      </ul>
      {repairs.length > LISTED && <p class="facts">and {repairs.length - LISTED} more</p>}
    </section>
  );
}
