// The README's programs, run on the built package against real servers: what they print is the block that follows each.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { etcd } from "./servers/etcd.ts";
import { nats, Streams } from "./servers/nats.ts";
import { absent, freePort, Server } from "./servers/server.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const project = mkdtempSync(path.join(tmpdir(), "limmat-readme-"));
afterAll(() => rmSync(project, { recursive: true, force: true }));
mkdirSync(path.join(project, "node_modules", "@limmat"), { recursive: true });
for (const name of ["connectors", "timely-core"]) {
  symlinkSync(path.join(root, "..", name), path.join(project, "node_modules", "@limmat", name), "dir");
}

/** The program whose text has this in it, saved, and what the README says that it prints. */
const program = (mark: string) => {
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  const blocks = [...readme.matchAll(/^```js\n(.*?)^```\n.*?^```text\n(.*?)^```\n/gms)];
  const block = blocks.find(([, code]) => code?.includes(mark));
  if (block === undefined) throw new Error(`the README has no program with ${mark}`);
  const file = path.join(project, `program-${blocks.indexOf(block)}.mjs`);
  writeFileSync(file, block[1] as string);
  const run = async (args: readonly string[], env: Record<string, string>) => {
    const options = { cwd: project, env: { ...process.env, ...env }, timeout: 25_000 };
    return (await promisify(execFile)(process.execPath, [file, ...args], options)).stdout;
  };
  return { run, output: block[2] as string };
};

describe("the README's programs", () => {
  const noNats = absent(nats);
  it.skipIf(noNats !== "")(`feed and publish streams${noNats && `: ${noNats}`}`, async () => {
    await using server = await Server.start(nats);
    const streams = await Streams.of(server);
    await streams.add("WORDS");
    await streams.add("SHOUTS");
    await streams.send("WORDS", ["a rose is a rose"]);
    const { run, output } = program("recovery:");
    expect(await run([], { NATS: `127.0.0.1:${server.port}` })).toBe(output);
    expect((await streams.all("SHOUTS")).map(({ text }) => text)).toEqual(["A", "A", "IS", "ROSE", "ROSE"]);
    await streams.close();
  });

  it("count on from the last checkpoint", async () => {
    const { run, output } = program("fileStore(");
    expect((await run(["1"], {})) + (await run(["2"], {}))).toBe(output);
  });

  const noEtcd = absent(etcd);
  it.skipIf(noEtcd !== "")(`find each other${noEtcd && `: ${noEtcd}`}`, async () => {
    await using server = await Server.start(etcd);
    const { run, output } = program("etcdMembership");
    const env = { ETCD: `http://127.0.0.1:${server.port}` };
    const addresses = [await freePort(), await freePort()].map((port) => `127.0.0.1:${port}`);
    expect(await Promise.all(addresses.map((address) => run([address], env)))).toEqual([output, output]);
  });
});
