// The README's programs for two threads, run as they stand there with the built package; its first `js` block is run by the docs' tests.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const home = fileURLToPath(new URL("..", import.meta.url));
// Inside the package, so that it finds itself by name, where no tarball looks.
const cache = path.join(home, "bench", "dist");
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(path.join(cache, "readme-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fence = /^```(\w*)\n(.*?)^```$/gms;
const blocks = [...readFileSync(path.join(home, "README.md"), "utf8").matchAll(fence)];
const programs = blocks.flatMap(([, language, code], i) =>
  language === "mjs" ? [[code as string, blocks[i + 1]?.[2] as string] as const] : [],
);

describe("README", () => {
  it("has programs for threads", () => {
    expect(programs.length).toBeGreaterThan(0);
  });

  it.each(programs)("prints what it says", (code, output) => {
    const file = path.join(folder, "moving.mjs");
    writeFileSync(file, code);
    expect(execFileSync(process.execPath, [file], { encoding: "utf8" })).toBe(output);
  });
});
