import type { AddressInfo } from "node:net";
import { createConnection } from "node:net";
import { createAdaptorServer, type Http2Bindings, type HttpBindings } from "@hono/node-server";
import { describe, expect, it } from "vitest";
import { EpochBacklog } from "../../src/events/epoch-backlog.ts";
import { type EpochRecord, epochRecord } from "../../src/events/epoch-record.ts";
import { type EventStreamOptions, eventStream } from "../../src/events/event-stream.ts";
import { readEvents, startService } from "../api/service.ts";

const record = (epoch: number, size = 0): EpochRecord => {
  const delta = { epoch, changes: 0, pairsChanged: 0, nextHopSetsChanged: 0, groups: [], milliseconds: 1.23456 };
  const plain = epochRecord(delta, [], new Date(0));
  return { ...plain, full: plain.full.replace("[]}", `[${"1,".repeat(size)}1]}`) };
};

const filled = (epochs: number, limits = { epochs: 1000, characters: 1e9 }): EpochBacklog => {
  const backlog = new EpochBacklog(limits);
  for (let epoch = 1; epoch <= epochs; epoch++) backlog.add(record(epoch));
  return backlog;
};

const stream = (backlog: EpochBacklog, options: Partial<EventStreamOptions> = {}) =>
  eventStream(backlog, {
    after: 0,
    accepted: () => backlog.latest,
    groups: true,
    started: "2026-01-01T00:00:00.000Z",
    heartbeat: 60_000,
    patience: 60_000,
    disconnect() {},
    onEnd() {},
    ...options,
  });

/** The first chunks of a stream, which is then cancelled. */
async function chunks(from: ReadableStream<Uint8Array>, count: number): Promise<string[]> {
  const reader = from.getReader();
  const texts: string[] = [];
  while (texts.length < count) texts.push(new TextDecoder().decode((await reader.read()).value));
  await reader.cancel();
  return texts;
}

describe("a backlog", () => {
  it("keeps the latest epochs, by number and by size, and always the last", () => {
    const few = filled(10, { epochs: 3, characters: 1e9 });
    expect([few.earliest, few.latest, few.get(7), few.get(8)?.summary.epoch, few.get(11)]).toEqual([
      8,
      10,
      undefined,
      8,
      undefined,
    ]);
    const small = filled(10, { epochs: 1000, characters: 1 });
    expect([small.earliest, small.latest]).toEqual([10, 10]);
    const empty = filled(0);
    expect([empty.earliest, empty.latest, empty.get(0), empty.get(1)]).toEqual([1, 0, undefined, undefined]);
  });
});

describe("an epoch's record", () => {
  it("counts groups, and is the same JSON with groups and without but for these", () => {
    const group = { number: 1, links: ["l"], destinations: 1 };
    const nodes = { node: "n", added: [group], changed: [group, group], resized: [group], removed: [4, 5, 6] };
    const delta = {
      epoch: 3,
      changes: 1,
      pairsChanged: 2,
      nextHopSetsChanged: 5,
      groups: [nodes, nodes],
      milliseconds: 1.23456,
    };
    const { summary, full, brief } = epochRecord(delta, [{ op: "link-down", link: "l" }], new Date(0));
    expect(summary).toMatchObject({ groupsChanged: 12, groupsResized: 2, milliseconds: 1.235 });
    expect(JSON.parse(brief)).toEqual(summary);
    expect(JSON.parse(full)).toEqual({ ...summary, groups: [nodes, nodes] });
  });
});

describe("an event stream", () => {
  it("greets, tells what happened since, then what happens", async () => {
    const backlog = filled(2);
    const reading = chunks(stream(backlog, { after: 1, groups: false }), 3);
    setTimeout(() => backlog.add(record(3)), 10);
    expect(await reading).toEqual([
      'retry: 1000\nevent: ready\ndata: {"epoch":2,"started":"2026-01-01T00:00:00.000Z"}\n\n',
      `event: epoch\nid: 2\ndata: ${record(2).brief}\n\n`,
      `event: epoch\nid: 3\ndata: ${record(3).brief}\n\n`,
    ]);
  });

  it("names a gap where epochs are not kept any more, or come from before a restart, and goes on", async () => {
    const backlog = filled(5, { epochs: 2, characters: 1e9 });
    setTimeout(() => backlog.add(record(6)), 10);
    const late = await chunks(stream(backlog, { after: 1 }), 3);
    expect(late[1]).toBe('event: gap\nid: 5\ndata: {"from":2,"to":5}\n\n');
    expect(late[2]).toMatch(/^event: epoch\nid: 6\n/);
    const restarted = await chunks(stream(filled(0), { after: 57 }), 2);
    expect(restarted[1]).toBe('event: gap\nid: 0\ndata: {"from":0,"to":0}\n\n');
  });

  it("waits for an epoch that was accepted and has no delta yet", async () => {
    const backlog = filled(1);
    setTimeout(() => backlog.add(record(2)), 10);
    setTimeout(() => backlog.add(record(3)), 20);
    const texts = await chunks(stream(backlog, { after: 2, accepted: () => Math.max(2, backlog.latest) }), 3);
    expect(texts.filter((text) => text.startsWith("event: gap"))).toEqual([]);
    expect(texts.some((text) => text.startsWith("event: epoch\nid: 2\n"))).toBe(false);
  });

  it("shows that it lives", async () => {
    expect((await chunks(stream(filled(0), { heartbeat: 5 }), 3)).slice(1)).toEqual([": \n\n", ": \n\n"]);
  });

  it("ends once, and forgets the backlog, when the follower goes", async () => {
    let ends = 0;
    const backlog = filled(1);
    await chunks(stream(backlog, { onEnd: () => ends++ }), 2);
    expect(ends).toBe(1);
    backlog.add(record(2));
    expect(ends).toBe(1);
  });

  it("makes nothing before it can be sent, and disconnects who does not read", async () => {
    const backlog = filled(1);
    await new Promise<void>((resolve) => {
      const slow = stream(backlog, { patience: 20, disconnect: resolve });
      void slow.getReader().read();
      for (let epoch = 2; epoch <= 50; epoch++) backlog.add(record(epoch));
    });
  });

  it("is patient with who reads", async () => {
    const backlog = filled(3);
    let disconnects = 0;
    const reader = stream(backlog, { patience: 50, disconnect: () => disconnects++ }).getReader();
    for (let i = 0; i < 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      backlog.add(record(backlog.latest + 1));
      await reader.read();
    }
    await reader.cancel();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(disconnects).toBe(0);
  });

  it("disconnects over HTTP who does not read, holding no more than the sockets do", async () => {
    let ends = 0;
    const backlog = filled(0);
    const fetch = (_: Request, { outgoing }: HttpBindings | Http2Bindings) => {
      const disconnect = () => void outgoing.destroy();
      return new Response(stream(backlog, { patience: 100, disconnect, onEnd: () => ends++ }));
    };
    const server = createAdaptorServer({ fetch });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const socket = createConnection((server.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      socket.pause();
    });
    socket.on("error", () => {});
    await expect
      .poll(() => {
        backlog.add(record(backlog.latest + 1, 200_000));
        return ends;
      })
      .toBe(1);
    const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
    socket.resume();
    await closed;
    await new Promise((resolve) => server.close(resolve));
    expect(ends).toBe(1);
  });
});

describe("a follower of a service", () => {
  it("comes back with Last-Event-ID, which goes before `after`", async () => {
    const service = await startService("ring:5", { limits: { backlogEpochs: 3 } });
    try {
      const id = (await service.call("get", "/api/topology")).json.links.id as string[];
      for (const link of id) await service.call("post", "/api/changes", { body: [{ op: "link-down", link }] });
      const url = `${service.url}/api/events?after=0&groups=false`;
      const resumed = await readEvents(url, 4, { "last-event-id": "2" });
      expect(resumed.map(({ event, id }) => [event, id])).toEqual([
        ["ready", undefined],
        ["epoch", "3"],
        ["epoch", "4"],
        ["epoch", "5"],
      ]);
      expect(resumed[1]?.data).not.toHaveProperty("groups");
      const gap = await readEvents(url, 2);
      expect(gap[1]).toEqual({ event: "gap", id: "5", data: { from: 1, to: 5 } });
    } finally {
      await service.close();
    }
  });
});
