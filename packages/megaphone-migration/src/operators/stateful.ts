// The two operators that every stateful one is made of, wired up: F routes records and sends bins away, S keeps bins and applies records.
//
//    data ──► F ══ records ══► S ──► output
// control ──► F ══ state ════► S
//             F ◄═ credits ═══ S

import {
  type Batch,
  byWorker,
  connectLoop,
  feedback,
  type Layout,
  OperatorBuilder,
  rows,
  type Stream,
  values,
} from "@limmat/timely-core";
import { Bins } from "../bins/index.ts";
import { StatefulOptionError } from "../errors.ts";
import { Host } from "./host.ts";
import type { KeyedInput } from "./keyed-input.ts";
import type { Logic, StatefulInfo } from "./logic.ts";
import { defaultBins, defaultBudget, defaultCredit, defaultPreCopy, type StatefulOptions } from "./options.ts";
import { type Routed, routed } from "./routed.ts";
import { loadBins, saveBins } from "./saved-state.ts";
import type { CreditMessage, StateMessage } from "./state-message.ts";

/** Builds a stateful operator with any number of inputs. `construct` is called once on each worker. */
export function stateful<T, N, R extends Batch>(
  name: string,
  inputs: readonly KeyedInput<T>[],
  options: StatefulOptions<T>,
  layout: Layout<R>,
  construct: (info: StatefulInfo) => Logic<T, N, R>,
): Stream<T, R> {
  const { gating = "bin", codec = values, zeroCopy = true, log, logApplied = false } = options;
  const budget = positive("budget", options.budget ?? defaultBudget);
  const credit = positive("credit", options.credit ?? defaultCredit);
  const preCopy = options.preCopy ?? defaultPreCopy;
  if (!(preCopy >= 0)) throw new StatefulOptionError("preCopy", preCopy, "a number of bytes, or 0 for none");
  if (gating !== "bin" && gating !== "step") throw new StatefulOptionError("gating", gating, '"bin" or "step"');
  const { scope } = options.control;
  const { domain } = scope;
  const { identity } = domain.summaries;
  const bins = new Bins(options.bins ?? defaultBins);
  const loop = feedback(scope, rows<CreditMessage>(), identity);
  const { router, records, moving } = routed(name, inputs, options, bins, loop.stream);
  const { state, output: stateOut, credits } = moving as NonNullable<Routed<T>["moving"]>;

  const builder = new OperatorBuilder(scope, name);
  const ports = records.map((stream, i) => builder.input(stream, router.pact((inputs[i] as KeyedInput<T>).key)));
  const stateIn = builder.input(
    state,
    byWorker(({ to }: StateMessage) => to),
  );
  const [output, result] = builder.output(layout);
  const [creditsOut, creditStream] = builder.output(rows<CreditMessage>(), [...records.map(() => []), [identity]]);
  builder.build((capabilities) => {
    const [first, second] = capabilities as [(typeof capabilities)[0], (typeof capabilities)[0]];
    second.release();
    const { info } = builder;
    const { index, peers } = info;
    const logic = construct({ name, index, peers, bins, arena: info.arena });
    const { store } = logic;
    store.open({ bins, worker: index, arena: info.arena });
    const host = new Host<T, R>(
      {
        domain,
        info,
        name,
        bins,
        inputs: ports,
        keys: inputs.map(({ key }) => key),
        layouts: inputs.map(({ stream }) => stream.layout),
        state: stateIn,
        output,
        credits: creditsOut,
        logic: logic as Logic<T, unknown, R>,
        codec,
        gating,
        budget,
        log,
        logApplied,
        isSettled: router.inEffect,
        onAbsorbed: () => router.activate(),
      },
      first,
    );
    const map = router.configurations.latest.map();
    for (let bin = 0; bin < map.length; bin++) if (map[bin] === index) store.create(bin);
    info.state({
      schema: `${bins.count} bins of ${store.schema} with work of ${codec.name}`,
      save: (to) => {
        saveBins(to, host, bins, domain, codec);
        router.activate(); // steps may have waited for this
      },
      load: (from) => loadBins(from, host, (bin) => map[bin] === index, domain, codec),
    });
    host.start();
    router.attach({
      host,
      state: stateOut,
      stateOutput: inputs.length,
      credits,
      codec,
      budget,
      credit,
      preCopy,
      sharesMemory: (worker) => zeroCopy && info.sharesArena(worker),
    });
    return () => host.run();
  });
  creditStream.pipe(connectLoop(loop));
  return result;
}

function positive(option: string, value: number): number {
  if (!(value > 0)) throw new StatefulOptionError(option, value, "a positive number of bytes");
  return value;
}
