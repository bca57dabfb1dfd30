// Epochs as they happened, latest first, whoever caused them.
import type { Change, Delta } from "../model/api.ts";
import { deltas, network } from "../model/state.ts";

/** The latest epochs. */
export function EpochList() {
  return (
    <section aria-labelledby="epochs-title">
      <h2 id="epochs-title">Epochs</h2>
      {deltas.value.length === 0 && <p class="facts">Nothing has happened since this page was opened.</p>}
      <ol class="epochs">
        {deltas.value.map((delta) => (
          <li key={delta.epoch} data-epoch={delta.epoch}>
            <b>{delta.epoch}</b> {summary(delta)}
            <span class="facts">
              {" "}
              {delta.pairsChanged.toLocaleString("en")} pairs, {delta.nextHopSetsChanged.toLocaleString("en")} sets,{" "}
              {delta.groupsChanged.toLocaleString("en")} groups in {Number(delta.milliseconds.toPrecision(3))} ms
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const VERBS: Readonly<Record<Change["op"], string>> = {
  "link-down": "failed",
  "link-up": "restored",
  "link-weight": "got another weight",
  "link-add": "was added",
  "link-remove": "was removed",
  "node-down": "failed",
  "node-up": "was restored",
  "node-drain": "was drained",
  "node-undrain": "was undrained",
  "node-add": "was added",
  "node-remove": "was removed",
};

function summary({ applied, changes }: Delta): string {
  const [first] = applied;
  if (first === undefined) return "no changes";
  const model = network.value;
  const link = "link" in first ? model?.link(first.link) : undefined;
  const node = "node" in first ? model?.node(first.node) : undefined;
  const title =
    model !== undefined && link !== undefined
      ? `${model.title(model.from[link]!)} – ${model.title(model.to[link]!)}`
      : model !== undefined && node !== undefined
        ? model.title(node)
        : "link" in first
          ? first.link
          : first.node;
  return `${title} ${VERBS[first.op]}${changes > 1 ? ` and ${changes - 1} more` : ""}`;
}
