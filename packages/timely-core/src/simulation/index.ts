export { addCoverage, type Coverage, emptyCoverage } from "./coverage.ts";
export { Random } from "./random.ts";
export { LivenessError, type Program, type SimulationOptions, simulate } from "./simulate.ts";
