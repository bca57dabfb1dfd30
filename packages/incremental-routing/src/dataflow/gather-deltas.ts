// The end of the routing dataflow: what an epoch changed in the whole network, in one record.

import { byWorker, type Capability, OperatorBuilder, type Rows, rows, type Stream } from "@limmat/timely-core";
import type { DeltaRecord, GroupRecord, TallyRecord } from "./records.ts";

/** What has arrived of one tick. */
interface Tick {
  readonly right: Capability<number>;
  pairsChanged: number;
  nextHopSetsChanged: number;
  readonly groups: GroupRecord[];
}

/** Gathers the tallies and group changes of all workers on the first one, which sends one record per epoch. */
export function gatherDeltas(
  tallies: Stream<number, Rows<TallyRecord>>,
  groups: Stream<number, Rows<GroupRecord>>,
): Stream<number, Rows<DeltaRecord>> {
  const builder = new OperatorBuilder(tallies.scope, "gatherDeltas");
  const tallyPort = builder.input(
    tallies,
    byWorker(() => 0),
  );
  const groupPort = builder.input(
    groups,
    byWorker(() => 0),
  );
  const [output, deltas] = builder.output(rows<DeltaRecord>());
  builder.build(([capability]) => {
    capability?.release();
    const ticks = new Map<number, Tick>();
    return () => {
      tallyPort.forEach((right, batch) => {
        let tick = ticks.get(right.time);
        if (tick === undefined) {
          tick = { right: right.retain(), pairsChanged: 0, nextHopSetsChanged: 0, groups: [] };
          ticks.set(right.time, tick);
        }
        for (const { pairsChanged, nextHopSetsChanged } of batch.data) {
          tick.pairsChanged += pairsChanged;
          tick.nextHopSetsChanged += nextHopSetsChanged;
        }
      });
      groupPort.forEach((right, batch) => {
        let tick = ticks.get(right.time);
        if (tick === undefined) {
          tick = { right: right.retain(), pairsChanged: 0, nextHopSetsChanged: 0, groups: [] };
          ticks.set(right.time, tick);
        }
        tick.groups.push(...batch.data);
      });
      if (ticks.size === 0) return;
      for (const time of [...ticks.keys()].sort((a, b) => a - b)) {
        if (tallyPort.frontier.lessEqual(time) || groupPort.frontier.lessEqual(time)) return;
        const { right, pairsChanged, nextHopSetsChanged, groups } = ticks.get(time) as Tick;
        ticks.delete(time);
        groups.sort((a, b) => a.node - b.node);
        output.session(right).give({ pairsChanged, nextHopSetsChanged, groups });
        right.release();
      }
    };
  });
  return deltas;
}
