export type { Coverage } from "./coverage.ts";
export { Random } from "./random.ts";
export { LivenessError, type Program, type SimulationOptions, simulate, simulateMany } from "./simulate.ts";
