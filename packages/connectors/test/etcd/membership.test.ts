// Membership against a real etcd.
import { setTimeout as sleep } from "node:timers/promises";
import { type Member, MemberLostError, MembershipError } from "@limmat/timely-core";
import { Etcd3 } from "etcd3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Group, type Holder } from "../../src/etcd/group.ts";
import { type EtcdOptions, etcdMembership } from "../../src/etcd/index.ts";
import { etcd } from "../servers/etcd.ts";
import { absent, freePort, Server } from "../servers/server.ts";

const missing = absent(etcd);

describe.skipIf(missing !== "")(`membership in etcd${missing && `: ${missing}`}`, () => {
  let server: Server;
  let members: Member[] = [];
  let groups = 0;

  beforeAll(async () => {
    server = await Server.start(etcd);
  });
  afterEach(async () => {
    await Promise.all(members.map((member) => member.leave()));
    members = [];
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
  });

  const newGroup = () => `group-${groups++}`;
  const membership = (group: string, more: Partial<EtcdOptions> = {}) =>
    etcdMembership({ servers: `http://127.0.0.1:${server.port}`, group, ttl: 1, patience: 10, ...more });
  const join = async (group: string, address: string, processes: number, more?: Partial<EtcdOptions>) => {
    const member = await membership(group, more).join(address, processes);
    members.push(member);
    return member;
  };
  const joinAll = (group: string, addresses: readonly string[]) =>
    Promise.all(addresses.map((address) => join(group, address, addresses.length)));

  it("gives each process a rank, and all the same hosts and generation", async () => {
    const joined = await joinAll(newGroup(), ["a:1", "b:1", "c:1"]);
    expect(joined.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
    for (const { hosts, generation } of joined) {
      expect(hosts).toEqual(joined[0]?.hosts);
      expect(generation).toBe(1);
    }
    expect([...(joined[0]?.hosts ?? [])].sort()).toEqual(["a:1", "b:1", "c:1"]);
    for (const { index, hosts } of joined)
      expect(hosts[index]).toBe(["a:1", "b:1", "c:1"][joined.findIndex((m) => m.index === index)]);
  });

  it("gives the rank that was asked for", async () => {
    const group = newGroup();
    const joined = await Promise.all([2, 0, 1].map((rank) => join(group, `host-${rank}:1`, 3, { rank })));
    expect(joined.map(({ index }) => index)).toEqual([2, 0, 1]);
    expect(joined[0]?.hosts).toEqual(["host-0:1", "host-1:1", "host-2:1"]);
  });

  it("is not taken for a loss when a process leaves in order", async () => {
    const group = newGroup();
    const [a, b] = (await joinAll(group, ["a:1", "b:1"])) as [Member, Member];
    await a.leave();
    expect(await Promise.race([b.lost.catch(String), sleep(700, "still there")])).toBe("still there");
    await b.leave();
    // A later group of that name, even one of another size, is a later generation.
    expect((await join(group, "c:1", 1)).generation).toBe(2);
  });

  it("tells the others who is gone when a process's successor takes its place, and they meet in the next generation", async () => {
    const group = newGroup();
    const addresses = ["a:1", "b:1", "c:1"];
    const first = await joinAll(group, addresses);
    const [a, b, c] = first as [Member, Member, Member];
    // The successor of b starts at once, as after a crash; then a and c notice and follow.
    const successor = join(group, "b:1", 3);
    for (const member of [a, b, c]) {
      const error = await member.lost.catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(MemberLostError);
      expect(error).toMatchObject({ code: "MEMBER_LOST", index: b.index, address: "b:1", generation: 1 });
    }
    const second = await Promise.all([successor, join(group, "a:1", 3), join(group, "c:1", 3)]);
    expect(second.map(({ generation }) => generation)).toEqual([2, 2, 2]);
    expect(second.map(({ index }) => index).sort()).toEqual([0, 1, 2]);
  });

  it("takes in nobody who holds a rank since the last generation, however long that one stays", async () => {
    const name = newGroup();
    const client = new Etcd3({ hosts: `http://127.0.0.1:${server.port}` });
    const group = new Group(client, name);
    const lease = await client.lease(60).grant();
    for (const [rank, address] of ["a:1", "b:1"].entries()) await group.take(rank, address, 2, lease);
    const first = await group.read();
    await group.form(first, [...first.holders.values()]);
    await group.remove(first.holders.get(0) as Holder);
    await expect(join(name, "c:1", 2, { patience: 0.5 })).rejects.toThrow(/0 c:1, 1 b:1 of the last generation/);
    await group.remove(first.holders.get(1) as Holder);
    const second = await Promise.all([join(name, "b:1", 2), join(name, "c:1", 2)]);
    expect(second.map(({ generation }) => generation)).toEqual([2, 2]);
    client.close();
  });

  it("forms nothing from a view that is no longer so", async () => {
    const client = new Etcd3({ hosts: `http://127.0.0.1:${server.port}` });
    const group = new Group(client, newGroup());
    const lease = await client.lease(60).grant();
    await group.take(0, "a:1", 1, lease);
    const seen = await group.read();
    const a = seen.holders.get(0) as Holder;
    await group.remove(a);
    expect(await group.take(0, "b:1", 1, lease)).toBeDefined();
    await group.form(seen, [a]);
    expect((await group.read()).generation).toBeUndefined();
    const now = await group.read();
    await group.form(now, [...now.holders.values()]);
    await group.form(now, [...now.holders.values()]);
    expect((await group.read()).generation).toMatchObject({ number: 1, members: [{ address: "b:1" }] });
    client.close();
  });

  it("goes on over a restart of etcd that is shorter than the lease", async () => {
    const group = newGroup();
    const joined = await Promise.all(["a:1", "b:1"].map((address) => join(group, address, 2, { ttl: 2 })));
    await server.kill();
    await sleep(300);
    await server.start();
    const lost = Promise.race(joined.map(({ lost }) => lost.catch(String)));
    expect(await Promise.race([lost, sleep(2300, "still there")])).toBe("still there");
    // And the watch works again.
    const successor = join(group, "b:1", 2, { ttl: 2 });
    await expect(joined[0]?.lost).rejects.toMatchObject({ address: "b:1" });
    await Promise.all([successor, join(group, "a:1", 2, { ttl: 2 })]);
  });

  it("is lost to itself when etcd is silent for longer than the lease", async () => {
    const [a] = (await joinAll(newGroup(), ["a:1"])) as [Member];
    server.signal("SIGSTOP");
    try {
      await expect(a.lost).rejects.toMatchObject({ index: 0, address: "a:1", code: "MEMBER_LOST" });
    } finally {
      server.signal("SIGCONT");
    }
  });

  it("says who has not come when patience ends", async () => {
    const group = newGroup();
    const [early, fixed] = await Promise.allSettled([
      join(group, "a:1", 3, { patience: 0.5 }),
      join(group, "b:1", 3, { patience: 0.5, rank: 2 }),
    ]);
    for (const { reason } of [early, fixed] as PromiseRejectedResult[]) {
      expect(reason).toBeInstanceOf(MembershipError);
      expect(reason.message).toMatch(/group .* of 3 .* 0 a:1, 1 nobody, 2 b:1/);
    }
  });

  it("refuses groups that can't be: different sizes, one address twice, no such rank", async () => {
    const group = newGroup();
    const waiting = join(group, "a:1", 2, { patience: 3 }).catch((error: unknown) => error);
    await sleep(300);
    await expect(join(group, "b:1", 3)).rejects.toThrow(/a:1 joins .* one of 2 processes, this one as one of 3/);
    const twin = join(group, "a:1", 2, { patience: 1 }).catch(() => {});
    expect(await waiting).toBeInstanceOf(MembershipError);
    expect(String(await waiting)).toMatch(/another process joined .* as a:1/);
    await twin;
    await expect(join(group, "a:1", 2, { rank: 2 })).rejects.toThrow(/no rank 2/);
    await expect(join(group, "a:1", 0)).rejects.toThrow(MembershipError);
    expect(() => membership("a/b")).toThrow(MembershipError);
    expect(() => membership("a", { ttl: 0.5 })).toThrow(/whole seconds/);
  });

  it("names the server that can't be reached", async () => {
    const port = await freePort();
    const error = await join("group", "a:1", 1, { servers: `http://127.0.0.1:${port}` }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(MembershipError);
    expect(String(error)).toMatch(new RegExp(`etcd at http://127.0.0.1:${port}: .*check that it runs`));
  });

  it("stops waiting when told to", async () => {
    const stop = new AbortController();
    const waiting = membership(newGroup()).join("a:1", 2, { signal: stop.signal });
    setTimeout(() => stop.abort(new Error("enough")), 200);
    await expect(waiting).rejects.toThrow("enough");
  });
});
