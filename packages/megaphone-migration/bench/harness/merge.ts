// One result of what several workers or processes have told.
import type { RunResult } from "./run-spec.ts";

/** Worker 0's measurements, with the transfers, notes and memory of all: notes of one name are added up. */
export function merged(results: readonly RunResult[]): RunResult {
  const [first, ...others] = results as [RunResult, ...RunResult[]];
  const notes: Record<string, number> = {};
  for (const each of results)
    for (const [name, value] of Object.entries(each.notes)) notes[name] = (notes[name] ?? 0) + value;
  const memory = first.memory?.map(([seconds, bytes]): readonly [number, number] => [
    seconds,
    others.reduce((sum, { memory }) => sum + lastBefore(memory ?? [], seconds), bytes),
  ]);
  return {
    ...first,
    notes,
    transfers: results.flatMap(({ transfers = [] }) => transfers).sort(([a], [b]) => a - b),
    ...(memory && { memory }),
  };
}

/** The last value not after a moment, or the first of all. */
function lastBefore(values: readonly (readonly [number, number])[], seconds: number): number {
  return (values.findLast(([at]) => at <= seconds) ?? values[0] ?? [0, 0])[1];
}
