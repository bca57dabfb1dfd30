// What a program is told whose user has not installed a client library.
import { define, launch, MembershipError } from "@limmat/timely-core";
import { expect, it, vi } from "vitest";
import { etcdMembership } from "../src/etcd/index.ts";
import { JetStreamError, jetstream } from "../src/jetstream/index.ts";

const absent = vi.hoisted(() => () => {
  throw new Error("Cannot find package");
});
vi.mock("etcd3", absent);
vi.mock("@nats-io/transport-node", absent);

it("says which one to install", async () => {
  const joining = etcdMembership({ servers: "http://127.0.0.1:1", group: "any" }).join("a:1", 1);
  await expect(joining).rejects.toThrow(MembershipError);
  await expect(joining).rejects.toThrow("npm install etcd3");
  const client = await launch({ workers: 1 }, define({ inputs: {}, outputs: {}, build() {} }));
  const running = jetstream(client, { servers: "127.0.0.1:1", inputs: {}, outputs: {}, recovery: "replay" });
  await expect(running).rejects.toThrow(JetStreamError);
  await expect(running).rejects.toThrow("npm install @nats-io/transport-node");
  await client.abort();
});
