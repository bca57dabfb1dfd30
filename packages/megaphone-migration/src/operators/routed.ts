// Builds F: the router as an operator, with one output for the records of each input, and one for state where there is any.

import {
  type Batch,
  broadcasting,
  byWorker,
  type InputPort,
  OperatorBuilder,
  type OutputPort,
  pipeline,
  type Rows,
  rows,
  type Stream,
} from "@limmat/timely-core";
import type { Bins } from "../bins/index.ts";
import type { KeyedInput } from "./keyed-input.ts";
import type { StatefulOptions } from "./options.ts";
import { Router } from "./router.ts";
import { restoredMap, saveMap } from "./saved-state.ts";
import type { CreditMessage, StateMessage } from "./state-message.ts";

/** The router and what it feeds. */
export interface Routed<T> {
  readonly router: Router<T>;
  /** By input: its records, for a channel with the router's pact. */
  readonly records: readonly Stream<T, Batch>[];
  /** Where there is state: the way that it takes. */
  readonly moving:
    | {
        readonly state: Stream<T, Rows<StateMessage>>;
        readonly output: OutputPort<T, Rows<StateMessage>>;
        readonly credits: InputPort<T, Rows<CreditMessage>>;
      }
    | undefined;
}

/** Builds the router of an operator; `credits` is what comes back for state, left out where there is none. */
export function routed<T>(
  name: string,
  inputs: readonly KeyedInput<T>[],
  options: StatefulOptions<T>,
  bins: Bins,
  credits: Stream<T, Rows<CreditMessage>> | undefined,
): Routed<T> {
  const { control, initial, log } = options;
  const { scope } = control;
  const { domain } = scope;
  const { identity } = domain.summaries;
  const builder = new OperatorBuilder(scope, `${name} router`);
  const ports = inputs.map(({ stream }) => builder.input(stream, pipeline));
  // Every router must see every control record, or tables differ.
  const controlIn = builder.input(control, broadcasting);
  const creditsIn =
    credits === undefined
      ? undefined
      : builder.input(
          credits,
          byWorker(({ to }: CreditMessage) => to),
        );
  // What comes by an input goes out by its own output alone, and by no other. Control holds up all of them: a host's frontier must not
  // pass a time whose steps are unknown. Credits cause nothing: so there is no cycle.
  const causes = (output: number): (readonly unknown[])[] => [
    ...inputs.map((_, input) => (input === output ? [identity] : [])),
    [identity],
    ...(credits === undefined ? [] : [[]]),
  ];
  const outputs = inputs.map(({ stream }, i) => builder.output(stream.layout, causes(i)));
  const state = credits === undefined ? undefined : builder.output(rows<StateMessage>(), causes(inputs.length));
  let router: Router<T> | undefined;
  builder.build((capabilities) => {
    const { info } = builder;
    let map = initial;
    info.state({
      schema: `router of ${bins.count} bins`,
      save: (to) => saveMap(to, info.index, (router as Router<T>).configurations.latest.map()),
      load: (from) => {
        map = restoredMap(from, bins, info.peers) ?? map;
      },
    });
    const made = new Router<T>({
      domain,
      info,
      name,
      bins,
      initial: map,
      inputs: ports,
      outputs: outputs.map(([port]) => port),
      control: controlIn,
      log,
    });
    router = made;
    for (const capability of capabilities) capability.release();
    return () => made.run();
  });
  return {
    router: router as unknown as Router<T>,
    records: outputs.map(([, stream]) => stream),
    moving:
      state === undefined || creditsIn === undefined
        ? undefined
        : { state: state[1], output: state[0], credits: creditsIn },
  };
}
