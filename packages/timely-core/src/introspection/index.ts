/**
 * Seeing inside a run: snapshots of the graph with rates, frontiers, held capabilities and time per operator, as JSON, DOT, SVG and HTML.
 *
 * @module
 */

export { toDot } from "./dot.ts";
export { mergeSnapshots, SnapshotError } from "./merge.ts";
export { type PageOptions, pageUpdate, toPage } from "./page.ts";
export { withRates } from "./rates.ts";
export type {
  ChannelSnapshot,
  DataflowSnapshot,
  EndSnapshot,
  HeldTime,
  OperatorRates,
  OperatorSnapshot,
  PortSnapshot,
  SeenFrontier,
  Snapshot,
  TrafficSnapshot,
  WorkerClock,
  WorkerShare,
} from "./snapshot.ts";
export { type DrawingOptions, toSvg } from "./svg.ts";
export { type Observable, snapshot } from "./take.ts";
