// Checkpoints of a launched dataflow, asked for by its client.

import { describe, expect, it } from "vitest";
import {
  byKey,
  CheckpointError,
  type CheckpointStore,
  define,
  launch,
  mapState,
  memoryStore,
  type Rows,
  rows,
  unary,
} from "../../src/index.ts";

/** Counts words, over all times. */
const counting = define({
  inputs: { words: rows<string>() },
  outputs: { counts: rows<string>() },
  checkpoints: (store: CheckpointStore) => ({ store }),
  build({ inputs, outputs }) {
    inputs.words
      .pipe(
        unary<number, Rows<string>, Rows<string>>(
          "count",
          byKey((word: string) => word),
          rows(),
          (info) => {
            const counts = new Map<string, number>();
            info.state(mapState(counts));
            return (input, output) =>
              input.forEach((right, batch) => {
                const session = output.session(right);
                for (const word of batch.data) {
                  counts.set(word, (counts.get(word) ?? 0) + 1);
                  session.give(`${word} ${counts.get(word)}`);
                }
              });
          },
        ),
      )
      .pipe(outputs.counts);
  },
});

async function start(store: CheckpointStore, workers: number) {
  const client = await launch({ workers, argument: store }, counting);
  const out: string[] = [];
  client.outputs.counts.subscribe({
    batch: (batch, time) => void out.push(...batch.data.map((line) => `${time}: ${line}`)),
  });
  return { client, out, words: client.inputs.words };
}

describe("checkpoints of a client", () => {
  it("start another run, with another number of workers, where this one was", async () => {
    const store = memoryStore();
    const first = await start(store, 3);
    expect(first.client.restored).toBeUndefined();
    for (let time = 0; time < 5; time++) {
      first.words.send(["a", "b", "c"], time % 3);
      let seen = 0;
      const taken = first.client.checkpoint(time, {
        metadata: { next: time + 1 },
        before: async () => {
          await new Promise((resolve) => setTimeout(resolve, 1));
          seen = first.out.length;
          expect(store.list().filter((name) => name.endsWith("manifest")).length).toBe(Math.min(time, 2));
        },
      });
      first.words.advanceTo(time + 1);
      first.words.send(["ahead"]);
      await taken;
      // Whatever is at later times may be there as well.
      expect(seen).toBeGreaterThanOrEqual(3 * (time + 1));
    }
    await first.client.abort();
    const second = await start(store, 2);
    expect(second.client.restored).toMatchObject({
      time: 4,
      workers: 3,
      metadata: [{ next: 5 }, undefined, undefined],
    });
    second.words.advanceTo(5);
    second.words.send(["a", "b", "c", "ahead"]);
    await second.client.close();
    expect(second.out.sort()).toEqual(["5: a 6", "5: ahead 5", "5: b 6", "5: c 6"]);
  });

  it("are not made when what came out could not be made safe", async () => {
    const store = memoryStore();
    const { client, words } = await start(store, 2);
    words.send(["a"]);
    const refused = client.checkpoint(0, {
      before() {
        throw new Error("the disk is full");
      },
    });
    words.advanceTo(1);
    await expect(refused).rejects.toThrow("the disk is full");
    const made = client.checkpoint(1);
    words.advanceTo(2);
    await made;
    await client.close();
    expect((await start(store, 1)).client.restored?.time).toBe(1);
  });

  it("are made while inputs close", async () => {
    const store = memoryStore();
    const { client, words } = await start(store, 2);
    words.send(["a"]);
    const made = client.checkpoint(7);
    await client.close();
    await made;
    expect((await start(store, 1)).client.restored?.time).toBe(7);
  });

  it("are refused too late, out of order, and without a store", async () => {
    const { client, words } = await start(memoryStore(), 2);
    words.advanceTo(3);
    await expect(client.checkpoint(2)).rejects.toThrow(/asked for too late: input words is at 3/);
    const made = client.checkpoint(3);
    words.advanceTo(4);
    await made;
    await expect(client.checkpoint(3)).rejects.toThrow(/can't follow that at 3/);
    await client.close();
    await expect(client.checkpoint(9)).rejects.toThrow(/all inputs are closed/);

    const { checkpoints: _, ...without } = counting;
    const other = await launch({ workers: 2, argument: memoryStore() }, without as typeof counting);
    await expect(other.checkpoint(1)).rejects.toThrow(/has no store/);
    await expect(other.ended).rejects.toThrow(/has no store/);
  });

  it("end with the run", async () => {
    const { client, words } = await start(memoryStore(), 2);
    const made = client.checkpoint(3);
    made.catch(() => {});
    words.send(["a"]);
    await client.abort();
    await expect(made).rejects.toThrow(CheckpointError);
  });
});
