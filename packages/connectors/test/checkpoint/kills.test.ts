// A few of the kills of kills.soak.ts, for every run of the tests.

import { expect, it } from "vitest";
import { seeded } from "../random.ts";
import { surviveKills } from "./kills.ts";

it.each(["file", "lmdb"] as const)(
  "counts come out once although the process is killed, from a %s store",
  async (kind) => {
    const { advanced } = await surviveKills(kind, 5, seeded(kind.length));
    expect(advanced).toBeGreaterThan(1);
  },
  120_000,
);
