// Offering load: records are due at a fixed rate whatever the dataflow does, and the latency of one is from when it was due until the
// probe has passed it. Times are nanoseconds since the start.
import type { Input, Probe, Rows, Worker } from "@limmat/timely-core";
import { LatencyHistogram } from "./histogram.ts";

/** The least time between two times of the input, in nanoseconds. */
const leastTick = 1024;

/**
 * Sends the numbers below `rate * seconds`, each when it is due, this worker every `worker.peers`-th; returns once all its own have
 * passed. While much is under way, it is sent in larger portions.
 */
export function offer(
  worker: Worker,
  feed: Input<number, Rows<number>>,
  done: Probe<number>,
  rate: number,
  seconds: number,
): LatencyHistogram {
  const { index, peers } = worker;
  const interval = 1e9 / rate;
  const limit = rate * seconds;
  const latencies = new LatencyHistogram();
  let next = index;
  let passed = index;
  let inserted = 0;
  const start = performance.now();
  while (passed < limit) {
    const now = Math.floor((performance.now() - start) * 1e6);
    const acknowledged = done.frontier.elements[0] ?? Number.POSITIVE_INFINITY;
    for (; passed < limit && passed * interval < acknowledged; passed += peers) latencies.add(now - passed * interval);
    const waiting = Math.max(1, inserted - acknowledged);
    const tick = Math.max(2 ** Math.floor(Math.log2(waiting)) / 2, leastTick);
    const target = now - (now % tick);
    if (target > inserted) {
      for (; next < limit && next * interval < target; next += peers) feed.send(next);
      feed.advanceTo(target);
      inserted = target;
    }
    worker.step();
  }
  return latencies;
}

/** Prints the latencies of all workers together. */
export function printLatencies(workers: readonly Uint32Array[]): void {
  const all = new LatencyHistogram();
  for (const counts of workers) all.addAll(new LatencyHistogram(counts));
  const at = (share: number) => `${(all.percentile(share) / 1000).toFixed(1)} us`;
  console.log(`${all.total} records passed; p50 ${at(0.5)}, p99 ${at(0.99)}, p99.9 ${at(0.999)}, max ${at(1)}`);
  for (const line of all.lines()) console.log(line);
}
