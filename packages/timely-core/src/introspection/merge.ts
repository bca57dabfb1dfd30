// The snapshots of several workers as one: sums of counters, and frontiers beside each other where workers see them differently.

import { LimmatError } from "../errors.ts";
import type {
  ChannelSnapshot,
  DataflowSnapshot,
  OperatorSnapshot,
  PortSnapshot,
  SeenFrontier,
  Snapshot,
  TrafficSnapshot,
} from "./snapshot.ts";

/** Snapshots that don't belong together, or none. */
export class SnapshotError extends LimmatError {
  constructor(message: string) {
    super("SNAPSHOT", message);
  }
}

/**
 * Merges the snapshots of different workers of one run, which may be of different moments. A dataflow that only some workers have is in it
 * with what these say.
 *
 * @throws SnapshotError when there are none, when a worker is there twice, or when they are of different versions.
 */
export function mergeSnapshots(snapshots: readonly Snapshot[]): Snapshot {
  const [first] = snapshots;
  if (first === undefined) throw new SnapshotError("there is no snapshot to merge: give one per worker");
  const seen = new Set<number>();
  for (const { version, workers } of snapshots) {
    if (version !== first.version) {
      throw new SnapshotError(`snapshots of the versions ${first.version} and ${version} can't be merged`);
    }
    for (const { worker } of workers) {
      if (seen.has(worker)) throw new SnapshotError(`two of the snapshots to merge are of worker ${worker}`);
      seen.add(worker);
    }
  }
  const workers = snapshots.flatMap((each) => each.workers).sort((a, b) => a.worker - b.worker);
  const all = snapshots.flatMap(({ dataflows }) => dataflows);
  return { version: first.version, workers, peers: first.peers, dataflows: mergeBy(all, mergeDataflows) };
}

/** Merges what has the same address; keeps the order of first appearance. */
function mergeBy<X extends { readonly address: string }>(list: readonly X[], merge: (same: readonly X[]) => X): X[] {
  const groups = new Map<string, X[]>();
  for (const each of list) {
    const group = groups.get(each.address);
    if (group === undefined) groups.set(each.address, [each]);
    else group.push(each);
  }
  return [...groups.values()].map(merge);
}

function sum<X>(list: readonly X[], value: (each: X) => number): number {
  return list.reduce((total, each) => total + value(each), 0);
}

function mergeDataflows(same: readonly DataflowSnapshot[]): DataflowSnapshot {
  const operators = mergeBy(
    same.flatMap((dataflow) => dataflow.operators),
    mergeOperators,
  );
  const channels = mergeBy(
    same.flatMap((dataflow) => dataflow.channels),
    mergeChannels,
  );
  return { ...(same[0] as DataflowSnapshot), operators, channels };
}

function mergeOperators(same: readonly OperatorSnapshot[]): OperatorSnapshot {
  const first = same[0] as OperatorSnapshot;
  return {
    address: first.address,
    name: first.name,
    within: first.within,
    scope: first.scope,
    inputs: first.inputs.map((_, i) => mergePorts(same.flatMap(({ inputs }) => inputs[i] ?? []))),
    outputs: first.outputs.map((_, i) => mergePorts(same.flatMap(({ outputs }) => outputs[i] ?? []))),
    held: same.flatMap(({ held }) => held).sort((a, b) => a.worker - b.worker),
    heldCount: sum(same, ({ heldCount }) => heldCount),
    workers: same.flatMap(({ workers }) => workers).sort((a, b) => a.worker - b.worker),
  };
}

function mergePorts(same: readonly PortSnapshot[]): PortSnapshot {
  const frontiers = new Map<string, SeenFrontier>();
  for (const { times, workers } of same.flatMap(({ frontier }) => frontier)) {
    const key = JSON.stringify([...times].sort());
    const known = frontiers.get(key);
    const seers = [...(known?.workers ?? []), ...workers].sort((a, b) => a - b);
    frontiers.set(key, { workers: seers, times });
  }
  return {
    frontier: [...frontiers.values()].sort((a, b) => (a.workers[0] ?? 0) - (b.workers[0] ?? 0)),
    records: sum(same, ({ records }) => records),
    batches: sum(same, ({ batches }) => batches),
    waiting: sum(same, ({ waiting }) => waiting),
  };
}

function mergeChannels(same: readonly ChannelSnapshot[]): ChannelSnapshot {
  const { address, within, from, to, pact } = same[0] as ChannelSnapshot;
  const total = (of: (traffic: TrafficSnapshot) => number) => sum(same, ({ sent }) => of(sent));
  const sent = {
    messages: total(({ messages }) => messages),
    records: total(({ records }) => records),
    bytes: total(({ bytes }) => bytes),
  };
  return { address, within, from, to, pact, sent, records: sum(same, ({ records }) => records) };
}
