// openloop: records are due at a fixed rate whatever the engine does; the latency of one is from when it was due until the probe of a
// filter has passed it. Times are nanoseconds.
import { filter, input, probe, type Worker } from "@limmat/timely-core";
import { LatencyHistogram } from "../examples/latency/histogram.ts";
import type { Sample } from "./samples.ts";

/** Offers `rate` records a second for `warm` and then `seconds` seconds. */
export function openLoop(worker: Worker, rate: number, warm: number, seconds: number): Sample {
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input<number>(scope);
    const done = feed.stream.pipe(
      filter((n) => n >= 0),
      probe(),
    );
    return { feed, done };
  });
  const interval = 1e9 / rate;
  const end = (warm + seconds) * 1e9;
  const latencies = new LatencyHistogram();
  const cpu = process.cpuUsage();
  const start = performance.now();
  let sent = 0;
  let passed = 0;
  let inserted = 0;
  for (;;) {
    const now = Math.floor((performance.now() - start) * 1e6);
    const acknowledged = done.frontier.elements[0] ?? 0;
    for (let due = passed * interval; due < acknowledged; due = ++passed * interval) {
      if (due < warm * 1e9) continue;
      latencies.add(now - due);
    }
    if (now >= end) break;
    // While the last ones are under way nothing new is sent, so that batches grow with the delay.
    const target = acknowledged >= inserted ? now : inserted;
    if (inserted < target) {
      for (; sent * interval < target; sent++) feed.send(sent);
      feed.advanceTo(target);
      inserted = target;
    }
    worker.step();
  }
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  feed.close();
  const measured = Math.round(seconds * rate);
  return {
    amount: measured,
    seconds: [elapsed / 1000, elapsed / 1000, elapsed / 1000],
    cores: (user + system) / 1000 / elapsed,
    microseconds: { p50: latencies.percentile(0.5) / 1000, p99: latencies.percentile(0.99) / 1000 },
  };
}
