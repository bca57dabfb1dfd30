// What happened per second between two snapshots of the same workers.

import type { OperatorSnapshot, Snapshot, WorkerShare } from "./snapshot.ts";

/**
 * The later snapshot, with rates since the earlier one: of each operator over the time that passed on the clocks of the workers that are in
 * both. What the earlier one does not know has begun since. Without time between them, or a worker in common, there are no rates.
 */
export function withRates(later: Snapshot, earlier: Snapshot): Snapshot {
  const before = new Map(earlier.workers.map(({ worker, at }) => [worker, at]));
  const elapsed = new Map<number, number>();
  for (const { worker, at } of later.workers) {
    const since = before.get(worker);
    if (since !== undefined && at > since) elapsed.set(worker, at - since);
  }
  if (elapsed.size === 0) return later;
  // Workers run side by side: their milliseconds are averaged, what they did is summed.
  const milliseconds = [...elapsed.values()].reduce((sum, each) => sum + each, 0) / elapsed.size;
  const known = new Map<string, OperatorSnapshot>();
  const records = new Map<string, number>();
  for (const { operators, channels } of earlier.dataflows) {
    for (const operator of operators) known.set(operator.address, operator);
    for (const channel of channels) records.set(channel.address, channel.records);
  }
  const perSecond = (amount: number) => (Math.max(0, amount) / milliseconds) * 1000;
  return {
    ...later,
    dataflows: later.dataflows.map((dataflow) => ({
      ...dataflow,
      operators: dataflow.operators.map((operator) => {
        const change = (of: (share: WorkerShare) => number): number => {
          const total = (shares: readonly WorkerShare[]) =>
            shares.reduce((sum, share) => sum + (elapsed.has(share.worker) ? of(share) : 0), 0);
          return total(operator.workers) - total(known.get(operator.address)?.workers ?? []);
        };
        const rates = {
          recordsIn: perSecond(change(({ recordsIn }) => recordsIn)),
          recordsOut: perSecond(change(({ recordsOut }) => recordsOut)),
          activations: perSecond(change(({ activations }) => activations)),
          busy: Math.min(
            1,
            Math.max(
              0,
              change(({ busy }) => busy),
            ) /
              (milliseconds * elapsed.size),
          ),
        };
        return { ...operator, rates };
      }),
      channels: dataflow.channels.map((channel) => ({
        ...channel,
        rate: perSecond(channel.records - (records.get(channel.address) ?? 0)),
      })),
    })),
  };
}
