// The same change of placement under each strategy: how many steps it takes, and how many bins the busiest worker sends in one.
// The pattern of the paper's evaluation: half the bins of half of the workers move, 16 workers, 4096 bins.

import {
  allAtOnce,
  Bins,
  batched,
  difference,
  fluid,
  initialMap,
  type Moves,
  optimized,
  validate,
} from "@limmat/megaphone-migration";

const workers = 16;
const from = initialMap(new Bins(12), workers);
const to = from.map((worker, bin) =>
  bin < from.length / 2 ? (Math.floor(bin / 2) * 2 + ((bin % 2) * workers) / 2) % workers : worker,
);
const moves = difference(from, to);

const mostSent = (step: Moves) => {
  const sent = new Uint32Array(workers);
  for (const move of step) sent[move.from] = (sent[move.from] as number) + 1;
  return Math.max(...sent);
};

console.log(`${moves.length} of ${from.length} bins move`);
for (const [name, strategy] of Object.entries({ allAtOnce, fluid, "batched(8)": batched(8), optimized })) {
  const plan = strategy(moves);
  validate(plan, from, to);
  console.log(`${name}: ${plan.length} steps, at most ${Math.max(...Array.from(plan, mostSent))} bins a worker`);
}
