// Stage 1 as an operator (routing rule 7): keeps the routes toward this worker's destinations current, tells which destinations moved
// between which next-hop sets, and answers questions.

import {
  type Arena,
  type Block,
  broadcasting,
  byWorker,
  type Capability,
  OperatorBuilder,
  type Rows,
  rows,
  type Stream,
} from "@limmat/timely-core";
import type { Change, Network } from "../network/index.ts";
import {
  BLOCK_SLOTS,
  type BlockAllocator,
  type BlockMemory,
  type EpochChanges,
  RouteTable,
  type SetMove,
} from "../routes/index.ts";
import { answer } from "./answer.ts";
import type { Placement } from "./placement.ts";
import type { AnswerRecord, EpochRecord, QueryRecord, TallyRecord } from "./records.ts";

/** What stage 1 sends on. */
export interface RouteStreams {
  readonly moves: Stream<number, Rows<SetMove>>;
  readonly tallies: Stream<number, Rows<TallyRecord>>;
  readonly answers: Stream<number, Rows<AnswerRecord>>;
}

/** What waits for the frontiers to pass its tick. */
interface Tick {
  changes: readonly Change[] | undefined;
  moves: Capability<number> | undefined;
  tallies: Capability<number> | undefined;
  answers: Capability<number> | undefined;
  readonly queries: QueryRecord[];
}

/**
 * Builds stage 1 on the worker's own replica of the network. Epochs go to every worker, queries to the owner of their destination. The
 * first tick builds all routes from nothing; its moves are those from no next hops.
 */
export function keepRoutes(
  epochs: Stream<number, Rows<EpochRecord>>,
  queries: Stream<number, Rows<QueryRecord>>,
  network: Network,
  placement: Placement,
  arena: Arena,
): RouteStreams {
  const { scope } = epochs;
  const builder = new OperatorBuilder(scope, "keepRoutes");
  const epochPort = builder.input(epochs, broadcasting);
  const queryPort = builder.input(
    queries,
    byWorker(({ to }) => placement.ownerOf(Math.floor(to / BLOCK_SLOTS))),
  );
  // Queries change nothing, so what they hold back is only answers.
  const [movePort, moves] = builder.output(rows<SetMove>(), [[0], []]);
  const [tallyPort, tallies] = builder.output(rows<TallyRecord>(), [[0], []]);
  const [answerPort, answers] = builder.output(rows<AnswerRecord>());

  builder.build(([moveRight, tallyRight, answerRight]) => {
    const table = new RouteTable(network, [], allocator(arena));
    const ticks = new Map<number, Tick>();
    let ownedFrom = 0;
    let built = false;

    /** Takes over the blocks of nodes that were not there before. */
    const ownBlocks = () => {
      const blocks = Math.ceil(network.nodeBound / BLOCK_SLOTS);
      for (; ownedFrom < blocks; ownedFrom++) {
        if (placement.ownerOf(ownedFrom) === scope.index) table.addBlock(ownedFrom);
      }
    };
    const tickAt = (time: number): Tick => {
      let tick = ticks.get(time);
      if (tick === undefined) {
        tick = { changes: undefined, moves: undefined, tallies: undefined, answers: undefined, queries: [] };
        ticks.set(time, tick);
      }
      return tick;
    };
    const tell = (changes: EpochChanges, moveCapability: Capability<number>, tallyCapability: Capability<number>) => {
      const moveSession = movePort.session(moveCapability);
      for (const move of changes.moves) moveSession.give(move);
      const { pairsChanged, nextHopSetsChanged } = changes;
      tallyPort.session(tallyCapability).give({ pairsChanged, nextHopSetsChanged });
      moveCapability.release();
      tallyCapability.release();
    };

    return () => {
      if (!built) {
        built = true;
        ownBlocks();
        tell(table.build(), moveRight as Capability<number>, tallyRight as Capability<number>);
        answerRight?.release();
      }
      epochPort.forEach((right, batch) => {
        const tick = tickAt(right.time);
        for (const { changes } of batch.data) tick.changes = changes;
        tick.moves ??= right.retain(0);
        tick.tallies ??= right.retain(1);
      });
      queryPort.forEach((right, batch) => {
        const tick = tickAt(right.time);
        tick.queries.push(...batch.data);
        tick.answers ??= right.retain(2);
      });
      if (ticks.size === 0) return;
      for (const time of [...ticks.keys()].sort((a, b) => a - b)) {
        // All epochs up to this one are here, and no question about an earlier state is to come.
        if (epochPort.frontier.lessEqual(time) || queryPort.frontier.lessThan(time)) return;
        const tick = ticks.get(time) as Tick;
        if (tick.changes !== undefined) {
          const delta = network.applyEpoch(tick.changes);
          ownBlocks();
          tell(table.apply(delta), tick.moves as Capability<number>, tick.tallies as Capability<number>);
          tick.changes = undefined;
        }
        if (queryPort.frontier.lessEqual(time)) return;
        ticks.delete(time);
        if (tick.answers === undefined) continue;
        const session = answerPort.session(tick.answers);
        for (const query of tick.queries) session.give({ id: query.id, answer: answer(query, table, network) });
        tick.answers.release();
      }
    };
  });
  return { moves, tallies, answers };
}

/** A piece of the arena, with the block that gives it back. */
interface ArenaPiece extends BlockMemory {
  readonly block: Block;
}

function allocator(arena: Arena): BlockAllocator {
  return {
    allocate(bytes): ArenaPiece {
      const block = arena.allocate(bytes);
      return { buffer: block.buffer, byteOffset: block.offset, block };
    },
    release: (memory) => arena.free((memory as ArenaPiece).block),
  };
}
