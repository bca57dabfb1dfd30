import { describe, expect, it } from "vitest";
import { launch, OperatorError, OverflowError, WorkerError } from "../../src/index.ts";
import wordCount from "./fixtures/word-count.js";

const oracle = (words: readonly string[]) => {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort();
};

describe("launch in the caller's event loop", () => {
  it.each([1, 2, 3])("counts words per time on %i workers and ends when its input is closed", async (workers) => {
    const client = await launch({ workers, argument: {} }, wordCount);
    const seen = new Map<number, [string, number][]>();
    client.outputs.counts.subscribe({
      batch: (batch, time) => seen.set(time, [...(seen.get(time) ?? []), ...batch.data]),
    });
    const words = "a b c a b a d e f g".split(" ");
    for (let time = 0; time < 5; time++) {
      client.inputs.words.send(words.slice(0, time + 5), time % workers);
      client.inputs.words.advanceTo(time + 1);
      if (time === 2) await client.outputs.counts.passed(2);
      if (time === 2) expect((seen.get(2) ?? []).sort()).toEqual(oracle(words.slice(0, 7)));
    }
    await client.close();
    for (let time = 0; time < 5; time++) {
      expect((seen.get(time) ?? []).sort()).toEqual(oracle(words.slice(0, time + 5)));
    }
    expect(client.outputs.counts.frontier).toEqual([]);
  });

  it("ends with one error that names the worker and the operator when user code throws", async () => {
    const client = await launch({ workers: 2, argument: { poison: "x" } }, wordCount);
    client.inputs.words.send(["a", "x"]);
    const waited = client.outputs.counts.passed(0);
    await expect(client.ended).rejects.toSatisfy(
      (error) =>
        error instanceof WorkerError && error.cause instanceof OperatorError && /count.*poisoned/.test(error.message),
    );
    await expect(waited).rejects.toBeInstanceOf(WorkerError);
  });

  it("refuses to go back in time or to send after the end", async () => {
    const client = await launch({ workers: 1, argument: {} }, wordCount);
    client.inputs.words.advanceTo(3);
    expect(() => client.inputs.words.advanceTo(2)).toThrow(/can't go back/);
    await client.close();
    expect(() => client.inputs.words.send(["late"])).toThrow(/closed/);
  });

  it("tells its client how all workers are, while they run and not afterwards", async () => {
    const client = await launch({ workers: 3, argument: {} }, wordCount);
    for (let worker = 0; worker < 3; worker++) client.inputs.words.send(["a", "b"], worker);
    client.inputs.words.advanceTo(1);
    await client.outputs.counts.passed(0);
    const { workers, dataflows } = await client.snapshot();
    expect(workers.map(({ worker }) => worker)).toEqual([0, 1, 2]);
    const count = dataflows[0]?.operators.find(({ name }) => name === "count");
    expect(count?.inputs[0]).toMatchObject({ records: 6, frontier: [{ workers: [0, 1, 2], times: ["1"] }] });
    const late = client.snapshot();
    await client.close();
    await late.catch(() => {});
    await expect(client.snapshot()).rejects.toThrow("the run has ended");
  });

  it("aborts a run that waits for its inputs", async () => {
    const client = await launch({ workers: 2, argument: {} }, wordCount);
    client.inputs.words.send(["a"]);
    await client.abort();
    await client.ended;
  });
});

describe("a client", () => {
  it("ends the run when a listener throws", async () => {
    const client = await launch({ workers: 2, argument: {} }, wordCount);
    client.outputs.counts.subscribe({
      batch: () => {
        throw new RangeError("thrown by the listener");
      },
    });
    client.inputs.words.send(["a"]);
    client.inputs.words.advanceTo(1);
    await expect(client.ended).rejects.toThrow("thrown by the listener");
  });
});

describe("back-pressure", () => {
  const config = { workers: 2, argument: {}, dataRingBytes: 4096, overflowLimit: 64 * 1024 };
  const words = Array.from({ length: 100 }, (_, i) => `${i % 7}`.repeat(10));

  it("without awaiting it, a client that is too fast overflows", async () => {
    const client = await launch(config, wordCount);
    expect(() => {
      for (let i = 0; i < 1000; i++) client.inputs.words.send(words, i % 2);
    }).toThrow(OverflowError);
    await client.abort();
  });

  it("bounds what waits of a client that awaits ready()", async () => {
    const client = await launch(config, wordCount);
    let total = 0;
    client.outputs.counts.subscribe({
      batch: (batch) => {
        for (const [, count] of batch.data) total += count;
      },
    });
    for (let i = 0; i < 1000; i++) {
      client.inputs.words.send(words, i % 2);
      if (i % 100 === 99) client.inputs.words.advanceTo(i);
      await client.inputs.words.ready();
    }
    await client.close();
    expect(total).toBe(100_000);
  });

  it("holds back a Web Stream, which ends the run when it is closed", async () => {
    const client = await launch(config, wordCount);
    let total = 0;
    client.outputs.counts.subscribe({
      batch: (batch) => {
        for (const [, count] of batch.data) total += count;
      },
    });
    const writer = client.inputs.words.writable().getWriter();
    for (let time = 0; time < 300; time++) await writer.write({ time, records: words, worker: time % 2 });
    await expect(writer.write({ time: 3, records: [] })).rejects.toThrow(/can't go back/);
    await client.close();
    expect(total).toBe(30_000);
  });

  it("rejects whoever waits when the run fails", async () => {
    const client = await launch({ ...config, argument: { poison: "x" } }, wordCount);
    client.inputs.words.send(["x"]);
    await expect(client.ended).rejects.toThrow(/poisoned/);
    await expect(client.inputs.words.ready()).rejects.toThrow(/poisoned/);
  });
});
