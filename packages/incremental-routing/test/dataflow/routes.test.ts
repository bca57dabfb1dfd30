import { type Input, input, inspect, type Rows } from "@limmat/timely-core";
import { type Program, type Random, simulate } from "@limmat/timely-core/simulation";
import { describe, expect, it } from "vitest";
import {
  type AnswerRecord,
  type DeltaRecord,
  type EpochRecord,
  type QueryRecord,
  routes,
} from "../../src/dataflow/index.ts";
import { parseGenerator } from "../../src/generators/index.ts";
import type { Change, Topology } from "../../src/network/index.ts";
import { seededChangeStream } from "../oracle/index.ts";
import { type Outcome, type Scenario, scenario } from "./sequential.ts";

const SEEDS = 12;

/** Runs a scenario on simulated workers that feed it without waiting for anything to come out. */
function run({ topology, ticks }: Scenario, seed: number, workers: number): string {
  const outcome: Outcome = { deltas: [], answers: [] };
  const program: Program = function* (worker, random) {
    const { epochs, queries } = worker.dataflow((scope) => {
      const epochs: Input<number, Rows<EpochRecord>> = input(scope, routes.inputs.epochs, "epochs");
      const queries: Input<number, Rows<QueryRecord>> = input(scope, routes.inputs.queries, "queries");
      routes.build({
        scope,
        inputs: { epochs: epochs.stream, queries: queries.stream },
        outputs: {
          deltas: (stream) => {
            stream.pipe(inspect<number, Rows<DeltaRecord>>((delta, tick) => outcome.deltas.push([tick, delta])));
          },
          answers: (stream) => {
            stream.pipe(inspect<number, Rows<AnswerRecord>>(({ id, answer }) => outcome.answers.push([id, answer])));
          },
        },
        argument: { topology, initialGroups: true },
        worker,
      });
      return { epochs, queries };
    });
    for (const [position, tick] of ticks.entries()) {
      // Every worker closes each tick; one of them, by the seed, feeds it, and questions come from several.
      epochs.advanceTo(position + 1);
      queries.advanceTo(position + 1);
      if (random.chance(0.5)) yield;
      if ("changes" in tick) {
        if ((seed + position) % worker.peers === worker.index) epochs.send({ changes: tick.changes });
      } else {
        queries.send(...tick.queries.filter(({ id }) => id % worker.peers === worker.index));
      }
      if (random.chance(0.5)) yield;
    }
    epochs.close();
    if (random.chance(0.5)) yield;
    queries.close();
  };
  simulate({ seed, workers, arena: { slabBytes: 2 ** 18, slabsPerWorker: 1 } }, program);
  outcome.answers.sort(([a], [b]) => a - b);
  return JSON.stringify(outcome);
}

function picker(seed: number): Random["below"] {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) % below;
  };
}

function expectSequential(topology: Topology, epochs: readonly (readonly Change[])[], workers: number): void {
  for (let seed = 0; seed < SEEDS; seed++) {
    const given = scenario(topology, epochs, picker(seed));
    expect(run(given, 100 * workers + seed, workers), `seed ${seed}`).toBe(given.expected);
  }
}

const good = (topology: Topology, seed: number, epochs: number, weights: "unit" | "integer" | "decimal") =>
  seededChangeStream(topology, seed, { epochs, weights }).flatMap(({ changes, good }) => (good ? [changes] : []));

describe.each([1, 2, 3, 4])("the routing dataflow on %i simulated workers", (workers) => {
  // Blocks of 32 destinations are dealt out to the workers, so the larger ones have work for several.
  it.each([
    ["abilene", "decimal"],
    ["ring:40", "integer"],
    ["grid:5x14", "unit"],
    ["fat-tree:4?weights=random:4", "integer"],
    ["jellyfish:100,6,3,8", "unit"],
  ] as const)("gives the deltas and answers of one thread on %s", (spec, weights) => {
    const topology = parseGenerator(spec).generate();
    expectSequential(topology, good(topology, 7 * workers, 5, weights), workers);
  });

  it("keeps to them while destinations come in blocks that were not there at the start", () => {
    const topology = parseGenerator("ring:20").generate();
    const grow = (round: number): Change[] =>
      Array.from({ length: 25 }, (_, i) => `new-${round}-${i}`).flatMap((node): Change[] => [
        { op: "node-add", node },
        { op: "link-add", link: `to-${node}`, from: "node-0", to: node, weight: 1 },
      ]);
    const epochs: Change[][] = [grow(0), [{ op: "node-drain", node: "node-1" }], grow(1), grow(2), grow(3)];
    expectSequential(topology, epochs, workers);
  });

  it("keeps to them when indexes of nodes and links are given again while later operators are epochs behind", () => {
    const topology = parseGenerator("ring:36").generate();
    const epochs = Array.from({ length: 6 }, (_, i): Change[] => [
      ...(i === 0 ? [] : ([{ op: "node-remove", node: `hub-${i - 1}` }] as const)),
      { op: "link-remove", link: topology.links[i]!.id },
      { op: "node-add", node: `hub-${i}` },
      { op: "link-add", link: `chord-${i}`, from: `hub-${i}`, to: `node-${5 * i}`, weight: 1 },
      { op: "link-add", link: `other-${i}`, from: `hub-${i}`, to: `node-${35 - 5 * i}`, weight: 1 },
    ]);
    expectSequential(topology, epochs, workers);
  });
});
