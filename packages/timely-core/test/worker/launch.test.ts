import { describe, expect, it } from "vitest";
import { launch, OperatorError, WorkerError } from "../../src/index.ts";
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
