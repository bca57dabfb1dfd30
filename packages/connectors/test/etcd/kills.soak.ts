// Fifty kills of a group of four processes.
import { expect, it } from "vitest";
import { seeded } from "../random.ts";
import { etcd } from "../servers/etcd.ts";
import { absent, Server } from "../servers/server.ts";
import { surviveKills } from "./kills.ts";

const missing = absent(etcd);

it.skipIf(missing !== "")(`a group lives through fifty kills${missing && `: ${missing}`}`, async () => {
  await using server = await Server.start(etcd);
  const seed = Date.now() % 1_000_000;
  const servers = `http://127.0.0.1:${server.port}`;
  const generations = await surviveKills(servers, "soak", { kills: 50, processes: 4, random: seeded(seed) });
  console.log(`seed ${seed}: ${generations} generations`);
  expect(generations).toBeGreaterThan(25);
});
