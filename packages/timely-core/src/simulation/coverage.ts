// Which of the engine's rarer paths a simulated schedule went through: a test that never meets a full ring shows nothing about one.

import type { Fabric } from "../communication/index.ts";
import type { Worker } from "../worker/worker.ts";

/** Counts of observations, each taken after one action of one worker. */
export interface Coverage {
  /** Actions taken. */
  actions: number;
  /** A worker with nothing to do was passed over. */
  parked: number;
  /** A data link had messages waiting beside its full ring. */
  dataOverflow: number;
  /** A progress link had a message waiting beside its full ring. */
  progressOverflow: number;
  /** A progress message larger than its ring was under way in fragments. */
  progressFragmented: number;
  /** Progress was held back and summed while its line was full. */
  progressBacklog: number;
  /** Some count of outstanding times was negative. */
  negativeCount: number;
  /** A nested scope had something outstanding. */
  nestedActive: number;
  /** Messages were kept for a dataflow that was yet to be built. */
  early: number;
}

/** No observations. */
export function emptyCoverage(): Coverage {
  return {
    actions: 0,
    parked: 0,
    dataOverflow: 0,
    progressOverflow: 0,
    progressFragmented: 0,
    progressBacklog: 0,
    negativeCount: 0,
    nestedActive: 0,
    early: 0,
  };
}

/** Adds the observations of one run to a total. */
export function addCoverage(total: Coverage, run: Coverage): void {
  for (const key of Object.keys(total) as (keyof Coverage)[]) total[key] += run[key];
}

/** Observes a worker after an action. */
export function observe(coverage: Coverage, worker: Worker, fabric: Fabric): void {
  coverage.actions += 1;
  for (let peer = 0; peer < fabric.workers; peer++) {
    if (peer === fabric.index) continue;
    if (fabric.sendData(peer).overflowBytes > 0) coverage.dataOverflow += 1;
    const progress = fabric.sendProgress(peer);
    if (progress.overflowBytes === 0) continue;
    coverage.progressOverflow += 1;
    // At most one message waits there, behind a header of 8 bytes.
    if (progress.overflowBytes - 8 > progress.maxDirect) coverage.progressFragmented += 1;
  }
  // Looking into the worker is dear, so only some actions do.
  if (coverage.actions % 8 !== 0) return;
  const state = worker.inspect();
  if (state.progressHeldBack) coverage.progressBacklog += 1;
  if (state.earlyMessages > 0) coverage.early += 1;
  let negative = false;
  let nested = false;
  for (const scope of state.scopes) {
    for (const { count } of scope.counts) {
      if (count < 0) negative = true;
      if (scope.depth > 0) nested = true;
    }
  }
  if (negative) coverage.negativeCount += 1;
  if (nested) coverage.nestedActive += 1;
}
