// What is told of an operator beside its name: the same in every rendering.

import type { ChannelSnapshot, OperatorSnapshot, PortSnapshot, Snapshot, WorkerShare } from "./snapshot.ts";
import { duration, frontierText, percent, short } from "./text.ts";

function sum(shares: readonly WorkerShare[], of: (share: WorkerShare) => number): number {
  return shares.reduce((total, share) => total + of(share), 0);
}

/** Milliseconds that an operator has run on all workers; what is inside a scope belongs to it. */
function busyOf(operator: OperatorSnapshot): number {
  return sum(operator.workers, ({ busy }) => busy);
}

/** Time and records: per second where there are rates, else in all. */
export function workText(operator: OperatorSnapshot): string {
  const { rates } = operator;
  const flows = operator.inputs.length > 0 ? "in" : "out";
  if (rates !== undefined) {
    return `${percent(rates.busy)} · ${short(flows === "in" ? rates.recordsIn : rates.recordsOut)}/s ${flows}`;
  }
  const records = sum(operator.workers, (share) => (flows === "in" ? share.recordsIn : share.recordsOut));
  return `${duration(busyOf(operator))} · ${short(records)} ${flows}`;
}

/** What may still come: at the operator's inputs, or at the outputs of one that has none. */
export function waitText(operator: OperatorSnapshot): string {
  const [port] = operator.inputs.length > 0 ? operator.inputs : operator.outputs;
  const held = operator.heldCount > 0 ? ` · holds ${short(operator.heldCount)}` : "";
  return port === undefined ? "no ports" : `${portText(port)}${held}`;
}

/** The frontier of a port, the one furthest down the list of workers where they differ. */
function portText({ frontier }: PortSnapshot): string {
  const text = frontierText(frontier[0]?.times ?? [], 2);
  return frontier.length > 1 ? `${text} +${frontier.length - 1}` : text;
}

/** Everything about an operator, a line each. */
export function operatorLines(operator: OperatorSnapshot): string[] {
  const { rates, inputs, outputs, workers } = operator;
  const lines = [`${operator.name} (${operator.scope ? "scope" : "operator"} ${operator.address})`];
  if (rates !== undefined) {
    const { recordsIn, recordsOut, activations, busy } = rates;
    lines.push(
      `${percent(busy)} busy, ${short(recordsIn)}/s in, ${short(recordsOut)}/s out, ${short(activations)} runs/s`,
    );
  }
  for (const { worker, busy, activations, recordsIn, recordsOut } of workers) {
    lines.push(
      `worker ${worker}: ran ${duration(busy)} in ${short(activations)} runs, read ${short(recordsIn)}, sent ${short(recordsOut)} records`,
    );
  }
  const ports = (kind: string, list: readonly PortSnapshot[]) => {
    for (const [i, { frontier, waiting }] of list.entries()) {
      for (const { workers: seers, times } of frontier) {
        const who = frontier.length > 1 ? ` (workers ${seers.join(", ")})` : "";
        lines.push(`${kind} ${i}: frontier ${frontierText(times, 8)}${who}`);
      }
      if (waiting > 0) lines.push(`${kind} ${i}: ${short(waiting)} records wait`);
    }
  };
  ports("input", inputs);
  ports("output", outputs);
  for (const { worker, time, count } of operator.held) {
    lines.push(`worker ${worker} holds ${time}${count > 1 ? ` ${count} times` : ""}`);
  }
  return lines;
}

/** Everything about a channel, a line each. */
export function channelLines(channel: ChannelSnapshot): string[] {
  const { address, pact, records, rate, sent } = channel;
  const lines = [
    `channel ${address}, ${pact}`,
    `${short(records)} records${rate === undefined ? "" : `, ${short(rate)}/s`}`,
  ];
  if (sent.messages > 0) {
    lines.push(
      `to other workers: ${short(sent.records)} records, ${short(sent.bytes)} bytes in ${short(sent.messages)} messages`,
    );
  }
  return lines;
}

/** How hot each operator is, by address, from 0 to 1: the share of time that it runs itself, without what is inside a scope. */
export function heatOf(snapshot: Snapshot): Map<string, number> {
  const heat = new Map<string, number>();
  for (const { operators } of snapshot.dataflows) {
    const inside = new Map<string, number>();
    const busy = (operator: OperatorSnapshot) => operator.rates?.busy ?? busyOf(operator);
    for (const operator of operators) inside.set(operator.within, (inside.get(operator.within) ?? 0) + busy(operator));
    for (const operator of operators) {
      const own = operator.scope ? busy(operator) - (inside.get(operator.address) ?? 0) : busy(operator);
      heat.set(operator.address, Math.max(0, own));
    }
  }
  const rated = snapshot.dataflows.some(({ operators }) => operators.some(({ rates }) => rates !== undefined));
  const most = rated ? 1 : Math.max(1e-9, ...heat.values());
  // Square roots tell small shares apart.
  for (const [address, value] of heat) heat.set(address, Math.sqrt(Math.min(1, value / most)));
  return heat;
}
