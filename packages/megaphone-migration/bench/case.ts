// One run in a process of its own: `case.js SPEC` takes a `RunSpec` as JSON and prints a `RunResult`. Where a run has several processes,
// the engine's flags say which this is.
// Every worker first runs eight other dataflows (engine rule 13), since a fresh process is not what users get.
import { configFromArguments, execute } from "@limmat/timely-core";
import { warmUp } from "../../timely-core/bench/warm-up.ts";
import { measure } from "./harness/measure.ts";
import { watchMemory } from "./harness/memory.ts";
import { merged } from "./harness/merge.ts";
import type { RunSpec } from "./harness/run-spec.ts";
import { SharedClock } from "./harness/shared-clock.ts";

const { base, spec } = JSON.parse(process.argv[2] as string) as { readonly base: number; readonly spec: RunSpec };
const { processes } = await configFromArguments();
const slabBytes = 2 ** 26;
const config = {
  workers: spec.processes === undefined ? 2 : 1,
  // The reference's workers never park; looking that often takes longer than the other worker needs on a core of its own.
  parking: { spins: 10_000 },
  ...(spec.arenaBytes && { arena: { slabBytes, slabsPerWorker: Math.ceil(spec.arenaBytes / slabBytes) } }),
  ...(processes && { processes }),
};
const results = execute(import.meta.url, config, (worker) => {
  warmUp(worker);
  return measure(worker, spec, new SharedClock(base));
});
const memory = spec.memory ? watchMemory(new SharedClock(base)) : undefined;
const result = merged(await results);
console.log(JSON.stringify({ ...result, ...(memory && { memory: memory.end(result.start) }) }));
