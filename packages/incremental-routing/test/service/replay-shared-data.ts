// Replays random change streams on the real topologies, and compares every output line with the oracle.

import { expect, it } from "vitest";
import { readTopology } from "../../src/formats/index.ts";
import { Routing, replay } from "../../src/service/index.ts";
import { seededChangeStream, sharedData, type WeightKind } from "../oracle/index.ts";
import { replayScript, somePairs, withoutMilliseconds } from "./replay-script.ts";

/** How much is asked of each file. */
export interface Extent {
  /** Epochs for a network of so many nodes. */
  readonly epochs: (nodes: number) => number;
  /** Streams for each file. */
  readonly seeds: number;
  /** Milliseconds that a file may take. */
  readonly timeout: number;
}

const weights: readonly WeightKind[] = ["unit", "integer", "decimal"];

/** A test for each real topology, at 1 and 2 workers. */
export function replaySharedData({ epochs, seeds, timeout }: Extent): void {
  const files = [...sharedData("topology-zoo"), ...sharedData("topohub")];
  it("finds at least 40 topologies", () => expect(files.length).toBeGreaterThanOrEqual(40));
  for (const [position, { name, text }] of files.entries()) {
    it(
      name,
      async () => {
        const topology = readTopology(name, text);
        for (let seed = 1; seed <= seeds; seed++) {
          const stream = seededChangeStream(topology, 1000 * seed + position, {
            epochs: epochs(topology.nodes.length),
            weights: weights[(position + seed) % 3] as WeightKind,
          });
          const script = replayScript(topology, stream, somePairs(50, seed));
          for (const workers of [1, 2]) {
            const routing = await Routing.start(topology, { workers, inline: true });
            let at = 0;
            for await (const line of replay(routing, script.lines)) {
              expect(withoutMilliseconds(line), `line ${at + 1} of seed ${seed} at ${workers} workers`).toBe(
                script.expected[at],
              );
              at += 1;
            }
            expect(at).toBe(script.expected.length);
            await routing.close();
          }
        }
      },
      timeout,
    );
  }
}
