// A few of the kills of kills.soak.ts, for every run of the tests.
import { expect, it } from "vitest";
import { seeded } from "../random.ts";
import { nats } from "../servers/nats.ts";
import { absent } from "../servers/server.ts";
import { surviveKills } from "./kills.ts";

const missing = absent(nats);

it.skipIf(missing !== "")(
  `every message is published once although the process is killed${missing && `: ${missing}`}`,
  async () => {
    const { useful, restored } = await surviveKills(6, { checkpointEvery: 5 }, seeded(5));
    expect(useful).toBeGreaterThan(0);
    expect(restored).toBeGreaterThan(0);
  },
  90_000,
);
