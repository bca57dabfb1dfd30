// Fifty kills of a process between two streams, for each way to have effects once.
import { describe, expect, it } from "vitest";
import { seeded } from "../random.ts";
import { nats } from "../servers/nats.ts";
import { absent } from "../servers/server.ts";
import { surviveKills } from "./kills.ts";

const missing = absent(nats);

describe.skipIf(missing !== "")(`fifty kills${missing && `: ${missing}`}`, () => {
  it.each([{ checkpointEvery: 20 }, "replay"] as const)(
    "leave every message published once, with %j",
    async (recovery) => {
      const seed = Date.now() % 1_000_000;
      const { useful, restored } = await surviveKills(50, recovery, seeded(seed));
      console.log(
        `seed ${seed}: ${useful} of 50 processes had published before they died; ${restored} checkpoints were restored`,
      );
      expect(useful).toBeGreaterThan(25);
      if (recovery !== "replay") expect(restored).toBeGreaterThan(20);
    },
  );
});
