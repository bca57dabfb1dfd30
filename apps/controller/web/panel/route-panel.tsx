// The route of one pair: which it is, what it is now, and what it was before the latest epoch.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { scene, view } from "../map/map.tsx";
import type { Answer } from "../model/api.ts";
import { from, network, route, routeBefore, to, toggleLink, trace } from "../model/state.ts";

/** Names that are offered at once. */
const OFFERED = 40;

/** The route and the form that chooses it. */
export function RoutePanel() {
  const model = network.value;
  const now = route.value;
  const before = routeBefore.value;
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const data = new FormData(event.currentTarget as HTMLFormElement);
    void trace(String(data.get("from")).trim(), String(data.get("to")).trim());
  };
  return (
    <section aria-labelledby="route-title">
      <h2 id="route-title">Route</h2>
      <form class="pair" onSubmit={submit}>
        <NodeField name="from" label="From" value={from.value} />
        <NodeField name="to" label="To" value={to.value} />
        <button type="submit">Show</button>
      </form>
      {model !== undefined && now !== undefined && <Facts answer={now} />}
      {before !== undefined && <Way answer={before} kind="former" title="before" />}
      {now !== undefined && <Way answer={now} kind="present" title={before === undefined ? "now" : "after"} />}
    </section>
  );
}

function NodeField({ name, label, value }: { name: string; label: string; value: string }) {
  const offers = useSignal<readonly string[]>([]);
  const typed = useSignal(value);
  // Another pair may be chosen elsewhere on the page.
  useEffect(() => {
    typed.value = value;
  }, [typed, value]);
  const offer = (event: Event) => {
    typed.value = (event.currentTarget as HTMLInputElement).value;
    const text = typed.value.toLowerCase();
    const model = network.peek();
    const found: string[] = [];
    for (let node = 0; model !== undefined && node < model.nodeCount && found.length < OFFERED; node++) {
      const id = model.nodeIds[node]!;
      if (id.toLowerCase().includes(text) || model.labels[node]?.toLowerCase().includes(text)) found.push(id);
    }
    offers.value = found;
  };
  return (
    <div>
      <label for={`${name}-node`}>{label}</label>
      <input
        id={`${name}-node`}
        name={name}
        value={typed.value}
        list={`${name}-nodes`}
        onInput={offer}
        onFocus={offer}
        required
        autocomplete="off"
        spellcheck={false}
      />
      <datalist id={`${name}-nodes`}>
        {offers.value.map((id) => (
          <option key={id} value={id}>
            {network.value?.title(network.value.node(id) ?? 0)}
          </option>
        ))}
      </datalist>
    </div>
  );
}

function Facts({ answer }: { answer: Answer }) {
  if (answer.distance === null) return <p class="facts">No path.</p>;
  const paths = answer.pathCount.replace(/\B(?=(\d{3})+$)/g, ",");
  const hops = answer.nextHops.length;
  return (
    <p class="facts">
      distance <b>{answer.distance}</b> · <b>{paths}</b> shortest {answer.pathCount === "1" ? "path" : "paths"} ·{" "}
      <b>{hops}</b> {hops === 1 ? "next hop" : "next hops"}
    </p>
  );
}

/** One path, node by node. Each link is a button that fails or restores it, and says where the map has it (see the README). */
function Way({ answer, kind, title }: { answer: Answer; kind: "present" | "former"; title: string }) {
  const model = network.value;
  if (model === undefined) return null;
  const { path, links, distance } = answer;
  return (
    <div class="way" data-kind={kind}>
      <h3>
        {title}
        {kind === "former" && distance !== null && <span> · distance {distance}</span>}
      </h3>
      {path === null ? (
        <p>no path</p>
      ) : (
        <ol>
          {path.map((id, hop) => {
            const node = model.node(id);
            return (
              <li key={id}>
                <span class="node">{node === undefined ? id : model.title(node)}</span>
                {links?.[hop] !== undefined && <LinkButton id={links[hop]} />}
              </li>
            );
          })}
        </ol>
      )}
    </div>
  );
}

function LinkButton({ id }: { id: string }) {
  const model = network.value;
  const current = scene.value;
  const link = model?.link(id);
  if (model === undefined || link === undefined) return <span class="link">{id}</span>;
  const up = model.linkUp[link] === 1;
  const place = current?.model === model ? current.segment(link, view.value) : undefined;
  const at = place && {
    "data-x": Math.round((place.x1 + place.x2) / 2),
    "data-y": Math.round((place.y1 + place.y2) / 2),
  };
  return (
    <button
      type="button"
      class="link"
      data-link={id}
      data-up={up}
      {...at}
      onClick={() => void toggleLink(link)}
      title={id}
    >
      {up ? "fail" : "restore"}
      <span class="hidden"> link {id}</span>
    </button>
  );
}
