// What every store must do, and that two processes can't have one: the same suite for all of them.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type CheckpointStore, memoryStore } from "@limmat/timely-core";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileStore } from "../../src/file/index.ts";
import { lmdbStore } from "../../src/lmdb/index.ts";

const holder = fileURLToPath(new URL("./fixtures/holder.mjs", import.meta.url));

let folder: string;
let children: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "limmat-store-"));
  children = [];
});

afterEach(async () => {
  for (const child of children) await killed(child);
  rmSync(folder, { recursive: true, force: true });
});

/** Has another process lock the store in the folder. */
async function hold(kind: string): Promise<ChildProcess> {
  const child = fork(holder, [kind, folder], { execArgv: [], stdio: ["ignore", "inherit", "inherit", "ipc"] });
  children.push(child);
  expect(await once(child, "message")).toEqual(["locked", undefined]);
  return child;
}

async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}

const kinds: readonly { name: string; open: (lock?: boolean) => CheckpointStore; kept: boolean }[] = [
  { name: "memory", open: memoryStore, kept: false },
  { name: "file", open: (lock = true) => fileStore(folder, { lock }), kept: true },
  { name: "lmdb", open: (lock = true) => lmdbStore(folder, { lock }), kept: true },
];

type Action = readonly [kind: "write" | "create" | "remove" | "read", name: string, bytes: Uint8Array];
const actions: fc.Arbitrary<Action[]> = fc.array(
  fc.tuple(
    fc.constantFrom("write", "create", "remove", "read"),
    fc.constantFrom("a", "b", "0000000000000001.manifest", "0000000000000001-0.part"),
    fc.uint8Array({ maxLength: 300 }),
  ),
  { maxLength: 30 },
);

describe.each(kinds)("the $name store", ({ name, open, kept }) => {
  it("does what a map does", () => {
    const store = open();
    fc.assert(
      fc.property(actions, (list) => {
        for (const blob of store.list()) store.remove(blob);
        const map = new Map<string, Uint8Array>();
        for (const [action, blob, bytes] of list) {
          if (action === "write") {
            store.write(blob, bytes);
            map.set(blob, bytes);
          } else if (action === "create") {
            expect(store.create(blob, bytes)).toBe(!map.has(blob));
            if (!map.has(blob)) map.set(blob, bytes);
          } else if (action === "remove") {
            store.remove(blob);
            map.delete(blob);
          } else {
            expect(store.read(blob)).toEqual(map.get(blob));
          }
        }
        expect(store.list().sort()).toEqual([...map.keys()].sort());
        for (const [blob, bytes] of map) expect(store.read(blob)).toEqual(bytes);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps its own copy of what it is given, and gives away copies", () => {
    const store = open();
    const bytes = new Uint8Array([1, 2, 3]);
    store.write("a", bytes);
    bytes[0] = 9;
    (store.read("a") as Uint8Array)[1] = 9;
    expect(store.read("a")).toEqual(new Uint8Array([1, 2, 3]));
  });

  it("keeps blobs of many megabytes", () => {
    const store = open();
    const bytes = Uint8Array.from({ length: 20_000_000 }, (_, i) => i * 7);
    store.write("large", bytes);
    expect(Buffer.compare(store.read("large") as Uint8Array, bytes)).toBe(0);
  });

  it.runIf(kept)("is the same for all who open it", () => {
    const [one, other] = [open(), open()];
    one.write("a", new Uint8Array([1]));
    expect(other.read("a")).toEqual(new Uint8Array([1]));
    expect(other.create("a", new Uint8Array([2]))).toBe(false);
    other.remove("a");
    expect(one.list()).toEqual([]);
  });

  it.runIf(kept)("locks others out as long as a process lives that has locked it", async () => {
    const child = await hold(name);
    expect(() => open().lock?.()).toThrow(
      new RegExp(`is used by process ${child.pid} on .*two runs can't share a store`),
    );
    expect(open().list()).toEqual([]);
    open(false).lock?.();
    await killed(child);
    const store = open();
    store.lock?.();
    // The same process may go on with another run.
    open().lock?.();
    store.unlock?.();
    store.unlock?.();
  });

  it.runIf(kept)("can be locked again when it was unlocked", async () => {
    const store = open();
    store.lock?.();
    store.unlock?.();
    await hold(name);
  });
});

describe("a folder", () => {
  it("is rid of what was cut off in mid-write, when it is locked", () => {
    const store = fileStore(folder);
    writeFileSync(path.join(folder, ".draft-1-0-0"), "half");
    writeFileSync(path.join(folder, ".lock"), '{"host": "');
    expect(store.list()).toEqual([]);
    store.lock?.();
    expect(readdirSync(folder)).toEqual([".lock"]);
    expect(JSON.parse(readFileSync(path.join(folder, ".lock"), "utf8"))).toMatchObject({ pid: process.pid });
  });

  it("is not taken from a process on another machine, nor kept by an earlier process of the same number", () => {
    const lock = path.join(folder, ".lock");
    writeFileSync(lock, JSON.stringify({ host: "elsewhere", pid: 1, started: "1" }));
    expect(() => fileStore(folder).lock?.()).toThrow(/used by process 1 on elsewhere/);
    writeFileSync(lock, JSON.stringify({ host: hostname(), pid: 1, started: "1" }));
    if (process.platform === "linux") fileStore(folder).lock?.();
  });
});
