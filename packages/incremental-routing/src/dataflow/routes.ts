// The routing dataflow: changes and questions in, deltas and answers out (DeltaPath, arXiv 1808.06893; routing rules 7 to 9).

import { define, rows } from "@limmat/timely-core";
import { Network } from "../network/index.ts";
import { gatherDeltas } from "./gather-deltas.ts";
import { keepGroups } from "./keep-groups.ts";
import { keepRoutes } from "./keep-routes.ts";
import { Placement } from "./placement.ts";
import type { AnswerRecord, DeltaRecord, EpochRecord, QueryRecord, RoutesArgument } from "./records.ts";

const inputs = {
  /** Changes, one epoch a tick. */
  epochs: rows<EpochRecord>(),
  /** Questions, to whichever worker. */
  queries: rows<QueryRecord>(),
};
const outputs = {
  /** What each epoch changed, one record a tick. */
  deltas: rows<DeltaRecord>(),
  /** An answer for each question. */
  answers: rows<AnswerRecord>(),
};

/**
 * All routes of a network, kept current. Each tick of its time is either an epoch (one `EpochRecord`, sent to any one worker) or any
 * number of questions; tick 0 is the build. Every epoch, the build included, gives one `DeltaRecord`. Launch it with an arena.
 */
export const routes = define<typeof inputs, typeof outputs, RoutesArgument>({
  inputs,
  outputs,
  build({ inputs, outputs, argument, worker }) {
    const { arena } = worker;
    if (arena === undefined) throw new Error("the routing dataflow keeps its tables in an arena: launch it with one");
    const { topology, resolution } = argument;
    const network = new Network(topology, resolution === undefined ? {} : { resolution });
    const placement = new Placement(network.nodeBound, worker.peers);
    const { moves, tallies, answers } = keepRoutes(inputs.epochs, inputs.queries, network, placement, arena);
    outputs.deltas(gatherDeltas(tallies, keepGroups(moves, argument.initialGroups === true)));
    outputs.answers(answers);
  },
});
