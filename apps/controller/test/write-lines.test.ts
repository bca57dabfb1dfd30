import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { LineWriter } from "../src/write-lines.ts";

/** Takes what is written only when told to. */
class Sluggish extends Writable {
  readonly chunks: string[] = [];
  #done: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 1024, decodeStrings: false });
  }

  override _write(chunk: string, _: string, done: () => void): void {
    this.chunks.push(chunk);
    this.#done = done;
  }

  take(): void {
    const done = this.#done;
    this.#done = undefined;
    done?.();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a line writer", () => {
  it("writes lines together, at the latest when the event loop turns", async () => {
    const to = new Sluggish();
    const lines = new LineWriter(to);
    await lines.write("a");
    await lines.write("b");
    expect(to.chunks).toEqual([]);
    await turn();
    expect(to.chunks).toEqual(["a\nb\n"]);
  });

  it("waits for who reads, and loses nothing at the end", async () => {
    const to = new Sluggish();
    const lines = new LineWriter(to);
    await lines.write("x".repeat(2000));
    await turn();
    let written = false;
    const second = lines.write("y").then(() => {
      written = true;
    });
    await turn();
    expect(written).toBe(false);
    const reading = setInterval(() => to.take());
    await second;
    await lines.end();
    clearInterval(reading);
    expect(to.chunks.join("")).toBe(`${"x".repeat(2000)}\ny\n`);
  });
});
