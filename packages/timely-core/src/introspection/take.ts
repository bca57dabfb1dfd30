// Takes a snapshot of one worker: reads counters and frontiers that the engine keeps anyway, so it costs the running dataflow nothing.

import { edgeAddress, operatorAddress, scopeAddress } from "../dataflow/addresses.ts";
import type { Traffic } from "../dataflow/channels/traffic.ts";
import type { DataflowParts, OperatorParts } from "../dataflow/context.ts";
import type { Meter } from "../progress/index.ts";
import { Passed, scopeOfEdge } from "./passed.ts";
import type {
  ChannelSnapshot,
  DataflowSnapshot,
  HeldTime,
  OperatorSnapshot,
  PortSnapshot,
  SeenFrontier,
  Snapshot,
} from "./snapshot.ts";

/** What a snapshot is taken of: a worker. */
export interface Observable {
  /** The number of the worker. */
  readonly index: number;
  /** The number of workers. */
  readonly peers: number;
  /** Engine-internal. @internal */
  readonly isMeasured: boolean;
  /** Engine-internal. @internal */
  parts(): { readonly dataflows: readonly DataflowParts[]; readonly now: () => number };
  /** Engine-internal. @internal */
  measure(): Meter;
}

/** Held times that are named per operator. */
const named = 16;

/**
 * The dataflows of one worker as they stand: between two steps of it. The first snapshot has operators counted and timed from there on,
 * which costs a busy worker one or two hundredths; those before have run nobody knows how long. O(operators).
 */
export function snapshot(worker: Observable): Snapshot {
  if (!worker.isMeasured) worker.measure();
  const { dataflows, now } = worker.parts();
  return {
    version: 1,
    workers: [{ worker: worker.index, at: now() }],
    peers: worker.peers,
    dataflows: dataflows.map((dataflow) => takeDataflow(dataflow, worker.index)),
  };
}

/** A time as text: "3", "(3, 1)" for a pair, as deep as pairs go; other times as JSON. */
export function timeText(time: unknown): string {
  const parts = flatten(time);
  if (parts.length > 1) return `(${parts.map(timeText).join(", ")})`;
  return typeof time === "bigint" ? String(time) : (JSON.stringify(time) ?? String(time));
}

function flatten(time: unknown): unknown[] {
  if (typeof time !== "object" || time === null || !("outer" in time) || !("inner" in time)) return [time];
  return [...flatten(time.outer), time.inner];
}

function takeDataflow(dataflow: DataflowParts, worker: number): DataflowSnapshot {
  const { id } = dataflow;
  const passed = new Passed(dataflow);
  const scopes = new Set(dataflow.scopes.map((scope) => scopeAddress(id, scope)));
  const operators: OperatorSnapshot[] = [];
  for (const scope of dataflow.scopes) {
    const within = scopeAddress(id, scope);
    const frontier = (location: number): SeenFrontier[] => [
      { workers: [worker], times: scope.frontier(location).elements.map(timeText) },
    ];
    for (let node = 1; node < scope.nodes.length; node++) {
      const { name = "", targets = [], sources = [] } = scope.nodes[node] ?? {};
      const address = operatorAddress(id, scope, node);
      const operator = passed.operator(address);
      const inputs = targets.map((location, i): PortSnapshot => {
        const { records, batches } = operator?.inputs[i] ?? passed.arrived(within, address, i);
        return { frontier: frontier(location), records, batches, waiting: operator?.inputs[i]?.waiting().records ?? 0 };
      });
      const outputs = sources.map((location, i): PortSnapshot => {
        const { records, batches } = passed.left(address, i);
        return { frontier: frontier(location), records, batches, waiting: 0 };
      });
      const held = heldOf(operator, worker);
      operators.push({
        address,
        name,
        within,
        scope: scopes.has(address),
        inputs,
        outputs,
        held: held.slice(0, named),
        heldCount: held.reduce((sum, { count }) => sum + count, 0),
        workers: [
          {
            worker,
            activations: scope.activity.runs(node),
            busy: scope.activity.busy[node] ?? 0,
            recordsIn: inputs.reduce((sum, { records }) => sum + records, 0),
            recordsOut: outputs.reduce((sum, { records }) => sum + records, 0),
          },
        ],
      });
    }
  }
  const channels = takeChannels(dataflow, passed);
  return { address: String(id), name: dataflow.name, operators, channels };
}

function heldOf(operator: OperatorParts | undefined, worker: number): HeldTime[] {
  const counts = new Map<string, number>();
  for (const { held } of operator?.outputs ?? []) {
    for (const { time } of held) {
      const text = timeText(time);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [...counts].map(([time, count]) => ({ worker, time, count }));
}

function takeChannels(dataflow: DataflowParts, passed: Passed): ChannelSnapshot[] {
  const { id } = dataflow;
  const traffics = new Map<string, Traffic>();
  for (const { traffic } of dataflow.channels) {
    const { edge } = traffic;
    if (edge !== undefined) traffics.set(edgeAddress(id, edge.scope, edge.source, edge.target), traffic);
  }
  return passed.edges.map((graphEdge) => {
    const { address, from, to } = graphEdge;
    const traffic = traffics.get(address);
    return {
      address,
      within: scopeOfEdge(address),
      from,
      to,
      pact: traffic?.pact ?? "pipeline",
      sent: {
        messages: traffic?.sentMessages ?? 0,
        records: traffic?.sentRecords ?? 0,
        bytes: traffic?.sentBytes ?? 0,
      },
      records: passed.over(graphEdge).records,
    };
  });
}
