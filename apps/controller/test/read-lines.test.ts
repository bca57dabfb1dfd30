import { MAX_LINE_LENGTH } from "@limmat/incremental-routing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readLines } from "../src/read-lines.ts";

async function linesOf(chunks: Iterable<Uint8Array>): Promise<string[]> {
  async function* bytes() {
    yield* chunks;
  }
  const lines: string[] = [];
  for await (const line of readLines(bytes())) lines.push(line);
  return lines;
}

describe("lines of a byte stream", () => {
  it("are those of the whole text, wherever it is cut", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "\n", "é", "\u{1F600}", "\r"), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(20)), async (whole, cuts) => {
        let rest = new TextEncoder().encode(whole);
        const chunks: Uint8Array[] = [];
        for (const cut of cuts) {
          chunks.push(rest.subarray(0, cut));
          rest = rest.subarray(cut);
        }
        const expected = whole.split("\n");
        // Only what ends a line, not what begins one, makes a line.
        if (expected.at(-1) === "") expected.pop();
        expect(await linesOf([...chunks, rest])).toEqual(expected);
      }),
    );
  });

  it("are cut where nobody reads on, so that no line fills the memory", async () => {
    const chunk = new Uint8Array(MAX_LINE_LENGTH / 4).fill(97);
    const lines = await linesOf([
      ...Array(9).fill(chunk),
      new TextEncoder().encode("b\nnext\n"),
      ...Array(8).fill(chunk),
    ]);
    expect(lines.map(({ length }) => length)).toEqual([MAX_LINE_LENGTH + 1, 4, MAX_LINE_LENGTH + 1]);
  });
});
