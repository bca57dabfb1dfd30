// A few of the kills of kills.soak.ts, for every run of the tests.
import { expect, it } from "vitest";
import { seeded } from "../random.ts";
import { etcd } from "../servers/etcd.ts";
import { absent, Server } from "../servers/server.ts";
import { surviveKills } from "./kills.ts";

const missing = absent(etcd);

it.skipIf(missing !== "")(
  `a group whose processes are killed forms again, whole and fenced${missing && `: ${missing}`}`,
  async () => {
    await using server = await Server.start(etcd);
    const servers = `http://127.0.0.1:${server.port}`;
    expect(await surviveKills(servers, "kills", { kills: 5, processes: 3, random: seeded(3) })).toBeGreaterThan(1);
  },
);
