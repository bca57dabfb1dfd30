// Fifty kills of a program that counts in windows, from each store.

import { expect, it } from "vitest";
import { seeded } from "../random.ts";
import { surviveKills } from "./kills.ts";

it.each(["file", "lmdb"] as const)("counts come out once in spite of fifty kills, from a %s store", async (kind) => {
  const seed = Date.now() % 1_000_000;
  const survival = await surviveKills(kind, 50, seeded(seed));
  console.log(`${kind}, seed ${seed}: ${JSON.stringify(survival)}`);
  expect(survival.advanced).toBeGreaterThan(20);
});
