// The clock of a run: all its threads and processes read the same one, so that a time means the same moment to every worker.

/** The machine's monotone clock, in nanoseconds; other processes of the machine read the same. */
export function machineNanoseconds(): number {
  const [seconds, rest] = process.hrtime();
  return seconds * 1e9 + rest;
}

/** Microseconds since a moment that whoever started the run has chosen: small integers, which cost the engine nothing to compare. */
export class SharedClock {
  /** What `performance.now()` of this thread shows at that moment. */
  private readonly origin: number;

  /** @param base - the moment, as `machineNanoseconds` showed it. */
  constructor(base: number) {
    const before = performance.now();
    const machine = machineNanoseconds();
    const after = performance.now();
    this.origin = (before + after) / 2 - (machine - base) / 1e6;
  }

  /** Microseconds since the moment, with their fractions. */
  now(): number {
    return (performance.now() - this.origin) * 1000;
  }
}
