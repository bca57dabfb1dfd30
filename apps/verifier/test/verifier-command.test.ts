import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeDeviceTree, memoryMap, memoryMapToJson, parseDeviceTree } from "@limmat/hw-address-model";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { board, boardWithMistakes } from "./board.ts";

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 60_000 });

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "limmat-verifier-"));
const fileOf = (name: string, bytes: Uint8Array | string): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};
const boardFile = fileOf("board.dtb", encodeDeviceTree(board));

function run(args: readonly string[], input: Uint8Array | string = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

beforeAll(() => {
  if (!existsSync(program)) throw new Error("dist/main.js is not there; build first (pnpm -F @limmat/verifier build)");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("limmat-verifier memory-map", () => {
  it("prints an aligned table", () => {
    expect(run(["memory-map", boardFile])).toEqual({
      status: 0,
      stderr: "",
      stdout: `\
FIRST           LAST                  SIZE  KIND      NODE                                               NOTES
0x000008000000  0x000008000fff       4 KiB  device    /interrupt-controller@8000000 reg[0]               dist, arm,gic-400
0x000008010000  0x000008011fff       8 KiB  device    /interrupt-controller@8000000 reg[1]               cpu, arm,gic-400
0x000009001000  0x000009001fff       4 KiB  device    /bus@9000000/serial@1000 reg[0]                    arm,pl011, 0x1000 through /bus@9000000[0]
0x000009002000  0x0000090023ff       1 KiB  device    /bus@9000000/clocks@2000 reg[0]                    acme,clocks, 0x2000 through /bus@9000000[0]
0x000010000000  0x00002ffeffff  524224 KiB  window    /pcie@10000000 ranges[1]                           pci memory, pci-host-ecam-generic
0x000010000000  0x00001001ffff     128 KiB  device    /pcie@10000000/ethernet@1,0 assigned-addresses[0]
0x00002fff0000  0x00002fffffff      64 KiB  window    /pcie@10000000 ranges[0]                           pci io, pci-host-ecam-generic
0x000030000000  0x000030ffffff      16 MiB  device    /pcie@10000000 reg[0]                              pci-host-ecam-generic
0x000040000000  0x00007fffffff       1 GiB  memory    /memory@40000000 reg[0]
0x000040000000  0x000040000fff       4 KiB  reserved  /memreserve/[0]
0x00007ff00000  0x00007fffffff       1 MiB  reserved  /reserved-memory/firmware@7ff00000 reg[0]
0x000100000000  0x00013fffffff       1 GiB  memory    /memory@40000000 reg[1]
`,
    });
  });

  it("lists findings under the table, and still ends with 0", () => {
    const { status, stdout, stderr } = run(["memory-map", "-"], encodeDeviceTree(boardWithMistakes));
    expect([status, stderr]).toEqual([0, ""]);
    const findings = stdout.slice(stdout.indexOf("Overlaps"));
    expect(findings).toBe(`\
Overlaps:
  /bus@9000000/serial@1000 reg[0] holds /bus@9000000/watchdog@1800 reg[0] at 0x9001800-0x90018ff

Not in the processor's address space:
  /bus@9000000/timer@20000 reg[0]: outside its bus's windows (/bus@9000000 0x20000-0x200ff)

Placed elsewhere by Linux, which translates only a region's start:
  /bus@9000000/hub@7000 reg[0]: Linux 0x9007000-0x9008fff, specification 0x9007000-0x9007fff, 0xa000000-0xa000fff

Entries of ranges left out:
  /bus@9000000 ranges[2]: passes the last 64-bit address
`);
    expect(stdout).not.toContain("\u001b");
  });

  it("prints the package's JSON of the same map, from a file and from standard input", () => {
    const bytes = encodeDeviceTree(boardWithMistakes);
    const expected = memoryMapToJson(memoryMap(parseDeviceTree(bytes)));
    const file = fileOf("mistakes.dtb", bytes);
    for (const { status, stdout } of [run(["memory-map", "--json", file]), run(["memory-map", "--json", "-"], bytes)]) {
      expect(status).toBe(0);
      expect(stdout.split("\n").length).toBe(2);
      expect(JSON.parse(stdout)).toEqual(expected);
    }
  });

  it("shows help and version", () => {
    expect(run(["--version"])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: "" });
    for (const args of [["--help"], ["memory-map", "--help"]]) {
      const { status, stdout, stderr } = run(args);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^Usage: limmat-verifier/);
      expect(stdout).toContain("memory-map");
    }
    expect(run(["memory-map", "--help"]).stdout).toContain("Exit codes: 0");
  });
});

describe("bad input ends with 2 and one line that names the file and the byte", () => {
  const cut = encodeDeviceTree(board).subarray(0, 100);
  const one = (message: RegExp, { status, stdout, stderr }: ReturnType<typeof run>) => {
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^limmat-verifier: [^\n]*\n$/);
    expect(stderr).toMatch(message);
  };

  it("a blob that is cut", () => {
    one(/cut\.dtb: blob-truncated: byte 100 \(0x64\): /, run(["memory-map", fileOf("cut.dtb", cut)]));
    one(/standard input: blob-truncated: byte 100 /, run(["memory-map", "--json", "-"], cut));
  });

  it("no blob at all", () => {
    one(
      /board\.dts: bad-magic: byte 0 \(0x0\): /,
      run(["memory-map", fileOf("board.dts", "/dts-v1/;\n/ { };\n".repeat(9))]),
    );
    one(/empty: blob-truncated: byte 0 /, run(["memory-map", fileOf("empty", "")]));
  });

  it("a file that is not there, or a folder", () => {
    one(/missing\.dtb: ENOENT: /, run(["memory-map", join(folder, "missing.dtb")]));
    one(/EISDIR: /, run(["memory-map", folder]));
  });

  it("more than 16 MiB", () => {
    const large = new Uint8Array(16 * 1024 * 1024 + 1);
    large.set(encodeDeviceTree(board));
    one(/standard input: input-too-large: /, run(["memory-map", "-"], large));
    one(/large\.dtb: input-too-large: /, run(["memory-map", fileOf("large.dtb", large)]));
    expect(run(["memory-map", fileOf("large.dtb", large.subarray(1))]).stderr).toMatch(/bad-magic/);
  });

  it("arguments that are none", () => {
    for (const args of [[], ["memory-map"], ["memory-map", "a", "b"], ["memory-map", "--yaml", "a"], ["nothing"]]) {
      const { status, stdout, stderr } = run(args);
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).not.toBe("");
    }
  });
});
