// One case in a process of its own: `case.js NAME` prints what each worker measured, as one line of JSON.
// Every worker first runs eight other dataflows (engine rule 13), since a fresh process is not what users get.
import { execute } from "@limmat/timely-core";
import { cases } from "./cases.ts";
import { warmUp } from "./warm-up.ts";

const found = cases.find(({ name }) => name === process.argv[2]);
if (found === undefined) throw new Error(`there is no case ${process.argv[2]}`);
const { workers, parking } = found;
const config = parking === undefined ? { workers } : { workers, parking };
const samples = await execute(import.meta.url, config, (worker) => {
  warmUp(worker);
  return found.run(worker);
});
console.log(JSON.stringify(samples));
