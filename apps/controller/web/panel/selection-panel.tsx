// What is selected on the map, and what can be done with it.
import { from, network, revision, selected, to, toggleLink, toggleNode, trace } from "../model/state.ts";

/** The selected node or link; nothing when there is none. */
export function SelectionPanel() {
  const model = network.value;
  const chosen = selected.value;
  revision.value;
  if (model === undefined || chosen === undefined) return null;
  if (chosen.kind === "node") {
    const id = model.nodeIds[chosen.index]!;
    const degree = model.linksAt(chosen.index).length;
    return (
      <section aria-labelledby="selection-title">
        <h2 id="selection-title">Node {model.title(chosen.index)}</h2>
        <p class="facts">
          {id} · {degree} {degree === 1 ? "link" : "links"}
          {model.nodeUp[chosen.index] === 1 ? "" : " · down"}
        </p>
        <p class="actions">
          <button type="button" onClick={() => void trace(id, to.peek())}>
            Route from here
          </button>
          <button type="button" onClick={() => void trace(from.peek(), id)}>
            Route to here
          </button>
          <button type="button" class="danger" onClick={() => void toggleNode(chosen.index)}>
            {model.nodeUp[chosen.index] === 1 ? "Fail node" : "Restore node"}
          </button>
        </p>
      </section>
    );
  }
  const [a, b] = [model.from[chosen.index]!, model.to[chosen.index]!];
  return (
    <section aria-labelledby="selection-title">
      <h2 id="selection-title">
        Link {model.title(a)} – {model.title(b)}
      </h2>
      <p class="facts">
        {model.linkIds[chosen.index]} · {model.linkUp[chosen.index] === 1 ? "up" : "down"}
      </p>
      <p class="actions">
        <button type="button" onClick={() => void trace(model.nodeIds[a]!, model.nodeIds[b]!)}>
          Route between its ends
        </button>
        <button type="button" class="danger" onClick={() => void toggleLink(chosen.index)}>
          {model.linkUp[chosen.index] === 1 ? "Fail link" : "Restore link"}
        </button>
      </p>
    </section>
  );
}
