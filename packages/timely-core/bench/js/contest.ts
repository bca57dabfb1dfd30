// Libraries of JavaScript side by side: the same records and functions, in one process, taking turns.

/** One way of doing the work. */
export interface Contestant {
  readonly name: string;
  /** Does all of it once, from nothing, and returns a number that is the same for all contestants. */
  run(): number;
}

/** Seconds after which a contestant has had enough turns. */
const longest = 5;

/**
 * Records a second of each contestant: the median of `turns`, after as many that aren't timed. The slow ones have fewer turns, but one of
 * each at least.
 */
export function contest(contestants: readonly Contestant[], records: number, turns: number): Map<string, number> {
  const timed = new Map(contestants.map(({ name }) => [name, [] as number[]]));
  const spent = new Map<string, number>();
  let expected: number | undefined;
  for (let turn = 0; turn < 2 * turns; turn++) {
    for (const { name, run } of contestants) {
      const seconds = timed.get(name) as number[];
      const before = spent.get(name) ?? 0;
      if (before > longest && (turn < turns || seconds.length > 0)) continue;
      const start = performance.now();
      const result = run();
      const took = (performance.now() - start) / 1000;
      spent.set(name, before + took);
      if (turn >= turns) seconds.push(took);
      expected ??= result;
      if (result !== expected) throw new Error(`${name} came to ${result} in place of ${expected}`);
    }
  }
  return new Map([...timed].map(([name, seconds]) => [name, records / middle(seconds)]));
}

function middle(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1] as number;
}
