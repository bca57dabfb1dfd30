// Operators without inputs: they run when they ask to, and send what comes from outside the dataflow.
// After timely dataflow's `source`; engine rule 17.

import type { Batch, Layout } from "../../batch/index.ts";
import type { Capability } from "../capability.ts";
import type { OutputPort } from "../channels/output-port.ts";
import { OperatorBuilder, type OperatorInfo } from "../operator-builder.ts";
import type { Scope } from "../scope.ts";
import type { Stream } from "../stream.ts";

/**
 * Adds an operator without inputs. `construct` runs once per worker; it gets a capability for the least time, to send under, downgrade and
 * release in the end, and returns what runs on each activation: once at the start, and then after `info.activate()`,
 * `info.activateAfter()` or its `info.syncActivator()`. Send a bounded amount in each, so that others have their turn; see
 * `flowControl` for how much may be under way.
 */
export function source<T, B extends Batch>(
  scope: Scope<T>,
  layout: Layout<B>,
  construct: (capability: Capability<T>, info: OperatorInfo) => (output: OutputPort<T, B>) => void,
  name = "source",
): Stream<T, B> {
  const builder = new OperatorBuilder(scope, name);
  const [output, stream] = builder.output(layout);
  builder.build(([capability]) => {
    const run = construct(capability as Capability<T>, builder.info);
    return () => run(output);
  });
  return stream;
}
