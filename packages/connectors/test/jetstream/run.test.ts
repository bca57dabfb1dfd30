// Durable input and output against a real nats-server.
import { setTimeout as sleep } from "node:timers/promises";
import { type CheckpointStore, concat, define, launch, memoryStore, rows } from "@limmat/timely-core";
import { jetstream as jetstreamClient } from "@nats-io/jetstream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JetStreamError, type JetStreamOptions, type JetStreamRun, jetstream } from "../../src/jetstream/index.ts";
import { runningCounts } from "../oracle/running-counts.ts";
import { nats, Streams } from "../servers/nats.ts";
import { absent, freePort, Server } from "../servers/server.ts";
import definition from "./fixtures/running-counts.js";

const missing = absent(nats);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
/** What comes in on either side comes out. */
const merging = define({
  inputs: { left: rows<string>(), right: rows<string>() },
  outputs: { words: rows<string>() },
  checkpoints: (store: CheckpointStore) => ({ store }),
  build: ({ inputs, outputs }) => outputs.words(inputs.left.pipe(concat(inputs.right))),
});
/** How many whole checkpoints a store has. */
const checkpoints = (store: CheckpointStore) => store.list().filter((name) => name.endsWith("manifest")).length;
const until = async (condition: () => boolean) => {
  while (!condition()) await sleep(5);
};
const words = (count: number) => Array.from({ length: count }, (_, i) => `word-${(i * i) % 7}`);

describe.skipIf(missing !== "")(`streams of a real server${missing && `: ${missing}`}`, () => {
  let server: Server;
  let streams: Streams;
  let count = 0;

  beforeAll(async () => {
    server = await Server.start(nats);
    streams = await Streams.of(server);
  });
  afterAll(async () => {
    await streams?.close();
    await server?.[Symbol.asyncDispose]();
  });

  /** Names of two new streams. */
  const pair = async (more: { input?: object; output?: object } = {}) => {
    const [input, output] = [`WORDS${++count}`, `COUNTS${count}`];
    await streams.add(input, more.input);
    await streams.add(output, more.output);
    return { input, output };
  };

  type Options = JetStreamOptions<(typeof definition)["inputs"], (typeof definition)["outputs"]>;
  interface Settings {
    readonly block?: number;
    readonly workers?: number;
    readonly store?: CheckpointStore;
  }
  const start = async (
    { input, output }: { input: string; output: string },
    { block = 1, workers = 2, store, ...more }: Partial<Options> & Settings = {},
  ) => {
    const client = await launch({ workers, argument: { ...(store && { store }) } }, definition);
    const run = await jetstream(client, {
      servers: `127.0.0.1:${server.port}`,
      recovery: "replay",
      inputs: { words: { stream: input, block, decode: ({ data }) => [text(data)] } },
      outputs: { counts: { stream: output, subject: output.toLowerCase(), encode: ([word, n]) => `${word} ${n}` } },
      ...more,
    }).catch(async (error: unknown) => {
      await client.abort();
      throw error;
    });
    return Object.assign(run, {
      async [Symbol.asyncDispose]() {
        await run.close().catch(() => {});
        await client.abort();
      },
    }) as JetStreamRun & AsyncDisposable;
  };
  const texts = async (stream: string) => (await streams.all(stream)).map(({ text }) => text);

  it.each([1, 2, 3])("publishes each time in order, with ids that say when, on %i workers", async (workers) => {
    const names = await pair();
    await streams.send(names.input, words(40));
    await using run = await start(names, { block: 10, workers });
    expect(run.guarantee).toBe("effectively-once");
    await run.published(3);
    const all = await streams.all(names.output);
    expect(all.map(({ text }) => text)).toEqual(runningCounts(words(40), 10));
    expect(all.slice(0, 5).map(({ id }) => id)).toEqual([
      ...[0, 1, 2, 3].map((ordinal) => `${names.output}/0/${ordinal}`),
      `${names.output}/1/0`,
    ]);
    await run.close();
    await run.ended;
  });

  it("publishes nothing twice when everything is computed again, on another number of workers, long after", async () => {
    // A tenth of a second is not enough for the server to remember ids, so that it is not what this rests on.
    const names = await pair({ output: { duplicate_window: 100_000_000 } });
    await streams.send(names.input, words(20));
    for (const [workers, total] of [
      [2, 20],
      [1, 30],
      [3, 30],
      [2, 50],
    ] as const) {
      const there = (await streams.manager.streams.info(names.input)).state.messages;
      await streams.send(names.input, words(total).slice(there));
      await using run = await start(names, { block: 5, workers });
      await run.published(total / 5 - 1);
      expect(await texts(names.output)).toEqual(runningCounts(words(total), 5));
      await sleep(150);
    }
  });

  it("has every message once when two runs publish at the same time, as when one is thought dead", async () => {
    const names = await pair({ output: { duplicate_window: 100_000_000 } });
    await streams.send(names.input, words(300));
    await using one = await start(names, { block: 3, workers: 1 });
    await one.published(10);
    await using other = await start(names, { block: 3, workers: 2 });
    await streams.send(names.input, words(600).slice(300));
    await Promise.all([one.published(199), other.published(199)]);
    expect(await texts(names.output)).toEqual(runningCounts(words(600), 3));
  });

  it("leaves the rest of a block for later", async () => {
    const names = await pair();
    await streams.send(names.input, words(14));
    await using run = await start(names, { block: 5 });
    await run.published(1);
    await run.close();
    expect(await texts(names.output)).toEqual(runningCounts(words(10), 5));
  });

  it("goes on over a restart of the server, and over one that does not answer", async () => {
    const names = await pair();
    const all = words(400);
    await streams.send(names.input, all.slice(0, 200));
    await using run = await start(names, { block: 2 });
    await run.published(20);
    await server.kill();
    await sleep(200);
    await server.start();
    await streams.reachable();
    await run.published(99);
    await streams.send(names.input, all.slice(200, 300));
    server.signal("SIGSTOP");
    await sleep(500);
    server.signal("SIGCONT");
    await streams.reachable();
    await streams.send(names.input, all.slice(300));
    await run.published(199);
    expect(await texts(names.output)).toEqual(runningCounts(all, 2));
  });

  it("goes on from a checkpoint, with its state, on another number of workers, without what is before it", async () => {
    const names = await pair();
    const store = memoryStore();
    const options = { block: 5, store, recovery: { checkpointEvery: 3 } };
    const all = words(200);
    await streams.send(names.input, all.slice(0, 50));
    {
      await using run = await start(names, { ...options, workers: 3 });
      expect(run.guarantee).toBe("effectively-once");
      await run.published(9);
      // At times 2, 5 and 8.
      await until(() => checkpoints(store) >= 2);
    }
    // Nothing of the checkpoint's past is read again: it is not there any more.
    await streams.manager.streams.purge(names.input, { seq: 30 });
    await streams.send(names.input, all.slice(50, 120));
    {
      await using run = await start(names, { ...options, workers: 1 });
      await run.published(23);
      expect(await texts(names.output)).toEqual(runningCounts(all.slice(0, 120), 5));
    }
    await streams.send(names.input, all.slice(120));
    await using run = await start(names, { ...options, workers: 2 });
    await run.published(39);
    expect(await texts(names.output)).toEqual(runningCounts(all, 5));
  });

  it("keeps two inputs at the times of one checkpoint, though one is ahead", async () => {
    const [left, right] = [await pair(), await pair()];
    const store = memoryStore();
    const begin = async () => {
      const client = await launch({ workers: 2, argument: store }, merging);
      const input = (stream: string) => ({
        stream,
        block: 2,
        decode: ({ data }: { data: Uint8Array }) => [text(data)],
      });
      const run = await jetstream(client, {
        servers: `127.0.0.1:${server.port}`,
        inputs: { left: input(left.input), right: input(right.input) },
        outputs: { words: { stream: left.output, subject: left.output.toLowerCase(), encode: (word) => word } },
        recovery: { checkpointEvery: 4 },
      });
      return { client, run };
    };
    const of = (side: string, count: number) => Array.from({ length: count }, (_, i) => `${side} ${i}`);
    const merged = (times: number) =>
      Array.from({ length: times }, (_, time) =>
        ["left", "right"].flatMap((side) => of(side, 2 * times).slice(2 * time, 2 * time + 2)).sort(),
      ).flat();
    await streams.send(left.input, of("left", 60));
    await streams.send(right.input, of("right", 26));
    {
      const { client, run } = await begin();
      await run.published(12);
      // At times 3, 7 and 11, although the left side is at 30.
      await until(() => checkpoints(store) === 2);
      expect(await texts(left.output)).toEqual(merged(13));
      await run.close();
      await client.abort();
    }
    for (const { input } of [left, right]) await streams.manager.streams.purge(input, { seq: 25 });
    await streams.send(right.input, of("right", 60).slice(26));
    const { client, run } = await begin();
    expect(client.restored?.time).toBe(11);
    await run.published(29);
    expect(await texts(left.output)).toEqual(merged(30));
    await run.close();
    await client.abort();
  });

  it("does not make a checkpoint before what came out is acknowledged", async () => {
    const names = await pair();
    const store = memoryStore();
    await streams.send(names.input, words(12));
    const outputs: Options["outputs"] = {
      counts: { stream: names.output, subject: "elsewhere", encode: ([word]) => word },
    };
    await using run = await start(names, { store, recovery: { checkpointEvery: 3 }, outputs, patience: 1 });
    await sleep(500);
    expect(checkpoints(store)).toBe(0);
    await expect(run.ended).rejects.toThrow(/can't be published to/);
    expect(checkpoints(store)).toBe(0);
  });

  it("refuses a checkpoint whose times are other positions, and one without a store", async () => {
    const names = await pair();
    const store = memoryStore();
    const recovery = { checkpointEvery: 2 };
    await streams.send(names.input, words(12));
    {
      await using run = await start(names, { block: 2, store, recovery });
      await run.published(5);
      await until(() => checkpoints(store) > 0);
    }
    await expect(start(names, { block: 3, store, recovery })).rejects.toThrow(
      /input words read blocks of 2 of stream WORDS\d+ when the checkpoint was taken, and is to read blocks of 3/,
    );
    const other = { ...(await pair()), output: names.output };
    await expect(start(other, { block: 2, store, recovery })).rejects.toThrow(/a time would be another position/);
    await expect(start(names, { recovery: { checkpointEvery: 0 } })).rejects.toThrow(/checkpointEvery is 0/);
    await using run = await start(names, { block: 2, recovery });
    await expect(run.ended).rejects.toThrow(/no store/);
  });

  it("reads on behind what it published when a stream remembers that, and says at least once", async () => {
    const names = await pair();
    const recovery = { position: `POSITION${count}` };
    await streams.send(names.input, words(13));
    {
      await using run = await start(names, { block: 5, recovery });
      expect(run.guarantee).toBe("at-least-once");
      await run.published(1);
      await run.close();
    }
    expect(await texts(recovery.position)).toEqual(["1"]);
    await streams.send(names.input, words(15).slice(13));
    await using run = await start(names, { block: 5, recovery });
    await run.published(2);
    // The counts of the first run are lost: the second one's start anew.
    const all = [...runningCounts(words(10), 5), ...runningCounts(words(15).slice(10), 5)];
    expect(await texts(names.output)).toEqual(all);
    const ids = (await streams.all(names.output)).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("refuses a position that is none", async () => {
    const names = await pair();
    await streams.manager.streams.add({ name: "ODD", subjects: ["limmat.position.ODD"], max_msgs_per_subject: 1 });
    await jetstreamClient(streams.connection).publish("limmat.position.ODD", "everywhere");
    await expect(start(names, { recovery: { position: "ODD" } })).rejects.toThrow(
      /stream ODD holds no position but "everywhere"/,
    );
  });

  it("ends, naming server and stream, when the other results show that the dataflow is no function of its input", async () => {
    const names = await pair();
    await streams.send(names.input, words(10));
    {
      await using run = await start(names, { block: 5 });
      await run.published(1);
    }
    const encode = ([word, n]: [string, number]) => `${word} ${n + 1}`;
    await using run = await start(names, {
      block: 5,
      outputs: { counts: { stream: names.output, subject: names.output.toLowerCase(), encode } },
    });
    await expect(run.ended).rejects.toThrow(JetStreamError);
    await expect(run.ended).rejects.toThrow(
      new RegExp(`NATS at 127.0.0.1:${server.port}: .*${names.output} has at time 1 what this run does not give`),
    );
    await expect(run.close()).rejects.toThrow(JetStreamError);
  });

  it("ends when a stranger writes to its output, and when it can't be told what is in it", async () => {
    const names = await pair();
    await streams.send(names.input, words(10));
    {
      await using run = await start(names, { block: 5 });
      await run.published(1);
      await streams.send(names.output, ["stranger"]);
      await streams.send(names.input, words(15).slice(10));
      await expect(run.ended).rejects.toThrow(/is not of this output: only this output may write to its stream/);
    }
    await expect(start(names, { block: 5 })).rejects.toThrow(/is not of this output/);
    await streams.manager.streams.purge(names.output);
    await expect(start(names, { block: 5 })).rejects.toThrow(/the last message of output stream .* is gone/);
  });

  it("ends when the input's limits dropped what it has not read", async () => {
    const names = await pair({ input: { max_msgs: 5 } });
    await streams.send(names.input, words(10));
    await expect(start(names)).rejects.toThrow(
      /has dropped messages 1 to 5, which were not read yet: raise its limits/,
    );
  });

  it("ends when its input is deleted", async () => {
    const names = await pair();
    await streams.send(names.input, words(3));
    await using run = await start(names);
    await run.published(2);
    await streams.manager.streams.delete(names.input);
    await expect(run.ended).rejects.toThrow(/input stream WORDS\d+ can't be read any more: it is gone/);
  });

  it("names the message that can't be decoded", async () => {
    const names = await pair();
    await streams.send(names.input, ["fine", "bad"]);
    const decode = ({ data }: { data: Uint8Array }) => {
      if (text(data) === "bad") throw new RangeError("not a word");
      return ["word"];
    };
    await using run = await start(names, { inputs: { words: { stream: names.input, decode } } });
    await expect(run.ended).rejects.toThrow(/message 2 of input stream WORDS\d+ can't be decoded: not a word/);
  });

  it("names what is not there: a server, JetStream, a stream, a subject", async () => {
    const names = await pair();
    const port = await freePort();
    await expect(start(names, { servers: `127.0.0.1:${port}` })).rejects.toThrow(
      new RegExp(`NATS at 127.0.0.1:${port}: .*check that it runs with JetStream`),
    );
    await expect(start({ ...names, input: "NOWHERE" })).rejects.toThrow(
      /input stream NOWHERE can't be used: stream not found/,
    );
    await expect(start({ ...names, output: "NOWHERE" })).rejects.toThrow(
      /output stream NOWHERE can't be used: stream not found/,
    );
    await streams.send(names.input, words(5));
    const outputs: Options["outputs"] = {
      counts: { stream: names.output, subject: "elsewhere", encode: ([word]) => word },
    };
    await using run = await start(names, { outputs, patience: 0.3 });
    await expect(run.ended).rejects.toThrow(new RegExp(`output stream ${names.output} can't be published to`));
  });

  it("ends when the dataflow does", async () => {
    const names = await pair();
    const outputs: Options["outputs"] = {
      counts: {
        stream: names.output,
        subject: names.output.toLowerCase(),
        encode: () => {
          throw new RangeError("no text for this");
        },
      },
    };
    await using run = await start(names, { outputs });
    await streams.send(names.input, ["a"]);
    await expect(run.ended).rejects.toThrow("no text for this");
  });
});
