// What a worker measures: several timed stretches of the same work, so that a disturbed one can be told from the others.

/** One worker's measurement. */
export interface Sample {
  /** Records, rounds or iterations that this worker did in one stretch. */
  readonly amount: number;
  /** The length of each stretch. */
  readonly seconds: readonly number[];
  /** Processor time that the whole process used in each stretch, in seconds. */
  readonly processor?: readonly number[];
  /** Processor time over wall time of all stretches, of the whole process: 2 means that two cores were busy. */
  readonly cores: number;
  /** Latencies of single records at the 50th and 99th percentile, in microseconds, where the case measures them. */
  readonly microseconds?: { readonly p50: number; readonly p99: number };
}

/** How many stretches are timed, and what is done before each. */
export const plan = { stretches: 3, before: (_stretch: number): void => {} };

/** Runs `warm` rounds, then the timed stretches of `rounds`; `round` is given its number, which only grows. */
export function timed(warm: number, rounds: number, amount: number, round: (number: number) => void): Sample {
  let number = 0;
  for (; number < warm; number++) round(number);
  const seconds: number[] = [];
  const processor: number[] = [];
  const cpu = process.cpuUsage();
  const begin = performance.now();
  for (let stretch = 0; stretch < plan.stretches; stretch++) {
    plan.before(stretch);
    const before = process.cpuUsage();
    const start = performance.now();
    for (let i = 0; i < rounds; i++) round(number++);
    seconds.push((performance.now() - start) / 1000);
    const used = process.cpuUsage(before);
    processor.push((used.user + used.system) / 1e6);
  }
  const { user, system } = process.cpuUsage(cpu);
  return { amount, seconds, processor, cores: (user + system) / 1000 / (performance.now() - begin) };
}

/** The middle one of the stretches, each as long as its slowest worker was. */
export function medianSeconds(samples: readonly Sample[]): number {
  const slowest = Array.from({ length: samples[0]?.seconds.length ?? 0 }, (_, stretch) =>
    Math.max(...samples.map(({ seconds }) => seconds[stretch] ?? 0)),
  );
  return slowest.sort((a, b) => a - b)[slowest.length >> 1] ?? 0;
}
