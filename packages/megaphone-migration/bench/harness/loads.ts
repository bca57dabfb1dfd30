// The loads by kind: what can stand on the command line of a run, and what builds it.
import type { Worker } from "@limmat/timely-core";
import { type CountingLoad, counting } from "../counting/counting.ts";
import { type NexmarkLoad, nexmark } from "../nexmark/nexmark.ts";
import type { Subject, Surroundings } from "./subject.ts";

/** A load. */
export type Load = CountingLoad | NexmarkLoad;

/** Builds the dataflow of a load on this worker. */
export function buildLoad(worker: Worker, load: Load, surroundings: Surroundings): Subject {
  return load.kind === "counting" ? counting(worker, load, surroundings) : nexmark(worker, load, surroundings);
}
