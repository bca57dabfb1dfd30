// Stage 2 as an operator (routing rule 7): each switch's next-hop groups live on one worker, numbered the same however destinations are
// spread.

import { byWorker, type Capability, OperatorBuilder, type Rows, rows, type Stream } from "@limmat/timely-core";
import { NextHopGroups, type SetMove } from "../routes/index.ts";
import type { GroupRecord } from "./records.ts";

/** Moves of one tick, until all of them are here. */
interface Tick {
  readonly right: Capability<number>;
  readonly moves: Map<number, SetMove[]>;
}

/** Builds stage 2: moves between next-hop sets in, changes of next-hop groups out, once all workers' moves of a tick are in. */
export function keepGroups(
  moves: Stream<number, Rows<SetMove>>,
  initialGroups: boolean,
): Stream<number, Rows<GroupRecord>> {
  const builder = new OperatorBuilder(moves.scope, "keepGroups");
  const input = builder.input(
    moves,
    byWorker(({ node }) => node),
  );
  const [output, changes] = builder.output(rows<GroupRecord>());
  builder.build(([capability]) => {
    capability?.release();
    const switches = new Map<number, NextHopGroups>();
    const ticks = new Map<number, Tick>();
    return () => {
      input.forEach((right, batch) => {
        let tick = ticks.get(right.time);
        if (tick === undefined) {
          tick = { right: right.retain(), moves: new Map() };
          ticks.set(right.time, tick);
        }
        for (const move of batch.data) {
          const own = tick.moves.get(move.node);
          if (own === undefined) tick.moves.set(move.node, [move]);
          else own.push(move);
        }
      });
      if (ticks.size === 0) return;
      for (const time of [...ticks.keys()].sort((a, b) => a - b)) {
        if (input.frontier.lessEqual(time)) return;
        const tick = ticks.get(time) as Tick;
        ticks.delete(time);
        const session = output.session(tick.right);
        for (const [node, own] of tick.moves) {
          let groups = switches.get(node);
          if (groups === undefined) {
            groups = new NextHopGroups();
            switches.set(node, groups);
          }
          const delta = groups.apply(own);
          if (delta !== undefined && (time > 0 || initialGroups)) {
            const { added, changed, removed } = delta;
            const resized = delta.resized.map(({ number, destinations }) => ({ number, destinations }));
            session.give({ node, added, changed, resized, removed });
          }
          if (groups.size === 0) switches.delete(node);
        }
        tick.right.release();
      }
    };
  });
  return changes;
}
