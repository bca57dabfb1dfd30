// Every program of the README, run on the built package: what it prints is the block that follows it.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { freePorts } from "./network/ports.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(path.join(tmpdir(), "limmat-readme-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));
mkdirSync(path.join(project, "node_modules", "@limmat"), { recursive: true });
symlinkSync(root, path.join(project, "node_modules", "@limmat", "timely-core"), "dir");

const readme = readFileSync(path.join(root, "README.md"), "utf8");
// A program is named by "saved as `NAME`" right before it, or by where it stands.
const block = /(?:[Ss]aved as `([\w.]+)`[^`]*\n\n)?```js\n(.*?)^```\n(?:\n```\n(.*?)^```\n)?/gms;
const programs = [...readme.matchAll(block)].map(([, saved, code = "", output], i) => {
  const name = saved ?? `program-${i + 1}.mjs`;
  writeFileSync(path.join(project, name), code);
  return { name, output };
});

describe("the README", () => {
  it("shows programs, of which only a module of another is not run", () => {
    expect(programs.length).toBeGreaterThanOrEqual(7);
    expect(programs.filter(({ output }) => output === undefined).map(({ name }) => name)).toEqual(["counts.mjs"]);
  });

  it.each(programs.filter(({ output }) => output !== undefined))(
    "prints what it says: $name",
    async ({ name, output }) => {
      const { stdout } = await promisify(execFile)(process.execPath, [name], { cwd: project, timeout: 60_000 });
      expect(stdout).toBe(output);
    },
  );

  it("shows a program that divides its work between processes: machines.mjs", async () => {
    const ports = await freePorts(2);
    const env = { ...process.env, LIMMAT_HOSTS: ports.map((port) => `localhost:${port}`).join(",") };
    const runs = [0, 1].map((index) =>
      promisify(execFile)(process.execPath, ["machines.mjs", "-p", String(index)], {
        cwd: project,
        env,
        timeout: 60_000,
      }),
    );
    const printed = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(printed.join("")).toMatch(/worker: 0, of: 2, sum: \d+ .*\n.*worker: 1, of: 2, sum: \d+ /);
    const sums = printed.map((text) => Number(/sum: (\d+)/.exec(text)?.[1]));
    expect(sums.reduce((sum, each) => sum + each, 0)).toBe(15 + 65);
  });
});
