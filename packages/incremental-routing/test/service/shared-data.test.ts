import { describe } from "vitest";
import { hasSharedData, skipNote } from "../oracle/index.ts";
import { replaySharedData } from "./replay-shared-data.ts";

// A snapshot of the oracle costs O(nodes² degree): 1 ms to 4 s on these files.
const epochs = (nodes: number) => (nodes > 1000 ? 1 : nodes > 300 ? 3 : 8);

describe.runIf(hasSharedData)(`replay on the real topologies equals the oracle${skipNote}`, () => {
  replaySharedData({ epochs, seeds: 1, timeout: 60_000 });
});
