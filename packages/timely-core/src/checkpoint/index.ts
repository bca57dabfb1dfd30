export type { SkippedCheckpoint } from "./catalogue.ts";
export type { CheckpointOptions, PendingCheckpoint, RestoredCheckpoint } from "./checkpointer.ts";
export { CheckpointError } from "./errors.ts";
export { type MapStateOptions, mapState } from "./map-state.ts";
export { memoryStore } from "./memory-store.ts";
export type { StateHook, StateReader, StateWriter } from "./state.ts";
export type { CheckpointStore } from "./store.ts";
