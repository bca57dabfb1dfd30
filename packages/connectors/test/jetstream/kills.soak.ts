// Fifty kills of a process between two streams.
import { expect, it } from "vitest";
import { seeded } from "../random.ts";
import { nats } from "../servers/nats.ts";
import { absent } from "../servers/server.ts";
import { surviveKills } from "./kills.ts";

const missing = absent(nats);

it.skipIf(missing !== "")(
  `every message is published once in spite of fifty kills${missing && `: ${missing}`}`,
  async () => {
    const seed = Date.now() % 1_000_000;
    const useful = await surviveKills(50, seeded(seed));
    console.log(`seed ${seed}: ${useful} of 50 processes had published before they died`);
    expect(useful).toBeGreaterThan(25);
  },
);
