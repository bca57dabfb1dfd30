// What logging costs: a case runs in short stretches, every other one logged, so that both kinds meet the same machine.
// `node bench/dist/log-cost.js [DETAIL [CASE...]]` prints how much more processor time the logged ones take: the median over all pairs.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { execute, type Log, log } from "@limmat/timely-core";
import { cases } from "./cases.ts";
import { plan, type Sample } from "./samples.ts";
import { warmUp } from "./warm-up.ts";

const pairs = 40;
const [detail = "summary", ...chosen] = process.argv.slice(2);

/** Runs one case, in this process. */
async function measure(name: string): Promise<Sample[]> {
  const found = cases.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no case ${name}`);
  return execute(
    import.meta.url,
    { workers: found.workers, ...(found.parking && { parking: found.parking }) },
    (worker) => {
      warmUp(worker);
      let logged: Log | undefined;
      plan.stretches = 2 * pairs;
      plan.before = (stretch) => {
        // Off, on, on, off: what drifts over a run meets both alike.
        if (stretch % 4 === 1) {
          logged = log(worker, () => {}, { detail: detail === "full" ? "full" : "summary" });
        } else if (stretch % 4 === 3) logged?.close();
      };
      return found.run(worker);
    },
  );
}

if (process.env.LOG_COST_CASE !== undefined) {
  console.log(JSON.stringify(await measure(process.env.LOG_COST_CASE)));
} else {
  for (const name of chosen.length > 0
    ? chosen
    : ["exchange-1000-w2", "event-10x10", "wordcount-1000-w1", "wordcount-1000-w2"]) {
    const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), detail], {
      encoding: "utf8",
      env: { ...process.env, NODE_ENV: "production", LOG_COST_CASE: name },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const samples = JSON.parse(output) as Sample[];
    const cost = (stretch: number) => samples[0]?.processor?.[stretch] ?? 0;
    const ratios = Array.from({ length: pairs }, (_, pair) => {
      const [first, second] = [cost(2 * pair), cost(2 * pair + 1)];
      return pair % 2 === 0 ? second / first : first / second;
    }).sort((a, b) => a - b);
    const at = (share: number) => `${((ratios[Math.floor(share * (pairs - 1))] ?? 1) * 100 - 100).toFixed(1)}%`;
    console.log(`${name} logged in ${detail}: ${at(0.5)} more processor time (quartiles ${at(0.25)} and ${at(0.75)})`);
  }
}
