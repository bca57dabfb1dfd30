// The long form of shared-data.test.ts: under `npm run soak incremental-routing`.
import { describe } from "vitest";
import { hasSharedData, skipNote } from "../oracle/index.ts";
import { replaySharedData } from "./replay-shared-data.ts";

const epochs = (nodes: number) => (nodes > 1000 ? 10 : nodes > 300 ? 40 : 100);

describe.runIf(hasSharedData)(`replay on the real topologies equals the oracle${skipNote}`, () => {
  replaySharedData({ epochs, seeds: 5, timeout: 3_600_000 });
});
