// The greatest rate that both workers keep up with: doubled until the 99th percentile is 10 ms or more, then halved in between.
import { type CountingLoad, nameOf } from "../counting/counting.ts";
import { run } from "../harness/run.ts";
import { latenciesIn, milliseconds } from "../harness/summary.ts";
import type { BenchCase } from "./bench-case.ts";

const load: CountingLoad = { kind: "counting", state: "key", keys: 64e6, bins: 8 };
const objective = 10;
const [warm, end] = [1.5, 3.5];
/** How often the interval between a rate that is kept up with and one that is not is halved. */
const halvings = 3;

/** 64 M keys in arrays. */
export const sustainedRate: BenchCase = {
  names: [`${nameOf(load)}-sustained`],
  async measure(report) {
    const points: [number, number][] = [];
    const keepsUp = async (rate: number) => {
      const result = await run({ load, rate, seconds: end, arenaBytes: 2 ** 29 });
      const p99 = milliseconds(latenciesIn(result, "passage", warm, end), 0.99);
      points.push([rate, p99]);
      return p99 < objective;
    };
    let kept = 0;
    let failed = 5e6;
    while (await keepsUp(failed)) {
      kept = failed;
      failed *= 2;
    }
    for (let i = 0; i < halvings; i++) {
      const between = (kept + failed) / 2;
      if (await keepsUp(between)) kept = between;
      else failed = between;
    }
    report.add({
      case: `${nameOf(load)}-sustained`,
      metric: `rate with p99 below ${objective} ms`,
      value: kept,
      unit: "records/s",
      bar: 10e6,
      better: "higher",
      points: points.sort(([a], [b]) => a - b),
    });
  },
};
