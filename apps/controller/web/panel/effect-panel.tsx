// What the latest epoch changed in the whole network.
import { deltas } from "../model/state.ts";

/** Counters of the latest epoch. */
export function EffectPanel() {
  const delta = deltas.value[0];
  const counters = [
    ["pairs", "pairs with another distance", delta?.pairsChanged],
    ["sets", "next-hop sets", delta?.nextHopSetsChanged],
    ["groups", "next-hop groups", delta?.groupsChanged],
    ["ms", "milliseconds", delta && Number(delta.milliseconds.toPrecision(3))],
  ] as const;
  return (
    <section aria-labelledby="effect-title">
      <h2 id="effect-title">{delta === undefined ? "Effect" : `Effect of epoch ${delta.epoch}`}</h2>
      <dl class="counters" aria-live="polite">
        {counters.map(([name, label, value]) => (
          <div key={name} data-counter={name}>
            <dd>{value === undefined ? "–" : value.toLocaleString("en")}</dd>
            <dt>{label}</dt>
          </div>
        ))}
      </dl>
    </section>
  );
}
