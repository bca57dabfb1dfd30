export { Barrier, barrier } from "./barrier.ts";
export { Sequencer, sequencer } from "./sequencer.ts";
