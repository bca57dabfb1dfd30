// idle: workers with many installed operators have nothing to do, and park; then one sends the other single records at random moments, and
// the latency of one is from just before it is sent until an operator has it, on a worker that was parked in between.
import { byWorker, exchange, input, inspect, map, probe, type Worker } from "@limmat/timely-core";
import { LatencyHistogram } from "../examples/latency/histogram.ts";
import type { Sample } from "./samples.ts";

const dataflows = 10;
/** Records before those that are measured: what wakes up is compiled by then. */
const warm = 1000;

/** Nanoseconds on a clock that all threads share. */
function nanoseconds(): number {
  const [seconds, rest] = process.hrtime();
  return seconds * 1e9 + rest;
}

/** Idles for `seconds` with that many operators a worker, then has worker 1 send `records` to worker 0. */
export function idle(worker: Worker, operators: number, seconds: number, records: number): Sample {
  const feeds = Array.from({ length: dataflows }, () =>
    worker.dataflow((scope) => {
      const feed = input<number>(scope);
      let { stream } = feed;
      // With the input and the probe.
      for (let i = 2; i < operators / dataflows; i++) stream = stream.pipe(map((n) => n));
      stream.pipe(probe());
      return feed;
    }),
  );
  const latencies = new LatencyHistogram();
  let arrived = 0;
  const { feed, done } = worker.dataflow((scope) => {
    const feed = input<number>(scope);
    const done = feed.stream.pipe(
      exchange(byWorker<number>(() => 0)),
      inspect((sent) => {
        arrived += 1;
        if (arrived > warm) latencies.add(nanoseconds() - sent);
      }),
      probe(),
    );
    return { feed, done };
  });
  const wait = (milliseconds: number) => {
    const end = performance.now() + milliseconds;
    for (let left = milliseconds; left > 0; left = end - performance.now()) worker.stepOrPark(left);
  };
  wait(500); // both have told each other how they start
  const cpu = process.cpuUsage();
  const start = performance.now();
  wait(seconds * 1000);
  const elapsed = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (worker.index === 1) {
    for (let i = 0; i < warm + records; i++) {
      feed.send(nanoseconds());
      feed.flush();
      worker.step();
      wait(0.5 + Math.random() * 2);
    }
  }
  feed.close();
  worker.stepWhile(() => !done.done);
  if (worker.index === 0 && arrived !== warm + records) throw new Error(`${arrived} records arrived`);
  for (const each of feeds) each.close();
  const length = elapsed / 1000;
  return {
    amount: records,
    seconds: [length, length, length],
    cores: (user + system) / 1000 / elapsed,
    microseconds: { p50: latencies.percentile(0.5) / 1000, p99: latencies.percentile(0.99) / 1000 },
  };
}
