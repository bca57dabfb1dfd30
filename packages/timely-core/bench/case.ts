// One case in a process of its own: `case.js NAME` prints what each worker measured, as one line of JSON. Where a case has several
// processes, the engine's flags say which this is.
// Every worker first runs eight other dataflows (engine rule 13), since a fresh process is not what users get.
import { configFromArguments, execute } from "@limmat/timely-core";
import { cases } from "./cases.ts";
import { warmUp } from "./warm-up.ts";

const found = cases.find(({ name }) => name === process.argv[2]);
if (found === undefined) throw new Error(`there is no case ${process.argv[2]}`);
const { workers, parking } = found;
const { processes } = await configFromArguments();
const config = { workers, ...(parking && { parking }), ...(processes && { processes }) };
const samples = await execute(import.meta.url, config, (worker) => {
  warmUp(worker);
  return found.run(worker);
});
console.log(JSON.stringify(samples));
