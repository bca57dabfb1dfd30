import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { configFromArguments } from "../../src/network/arguments.ts";
import { LaunchError } from "../../src/worker/errors.ts";

const folder = mkdtempSync(path.join(tmpdir(), "limmat-arguments-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const hosts = ["a:1", "b:2"];

describe("configFromArguments", () => {
  it("is one worker of one process unless told otherwise, and leaves the program its own arguments", async () => {
    expect(await configFromArguments([], {})).toEqual({ workers: 1, rest: [] });
    expect(await configFromArguments(["10", "-w", "2", "--quick", "x"], {})).toEqual({
      workers: 2,
      rest: ["10", "--quick", "x"],
    });
    expect(await configFromArguments(["-w2", "--", "-w", "3"], {})).toEqual({ workers: 2, rest: ["-w", "3"] });
  });

  it("takes the flags of timely, in every spelling", async () => {
    const list = file("hosts", "a:1\n# spare: c:3\n\nb:2\n");
    const expected = { workers: 3, processes: { index: 1, hosts }, rest: [] };
    expect(await configFromArguments(["-w", "3", "-n", "2", "-p", "1", "-h", list], {})).toEqual(expected);
    expect(await configFromArguments(["-w3", "-n2", "-p1", `-h${list}`], {})).toEqual(expected);
    expect(
      await configFromArguments(["--threads=3", "--processes=2", "--process=1", `--hostfile=${list}`], {}),
    ).toEqual(expected);
    expect((await configFromArguments(["-p", "1", "-h", list], {})).processes).toEqual({ index: 1, hosts });
  });

  it("takes ports of this machine where no hosts are given", async () => {
    expect((await configFromArguments(["-n", "2", "-p", "0"], {})).processes?.hosts).toEqual([
      "localhost:2101",
      "localhost:2102",
    ]);
  });

  it("takes environment variables, flags before them", async () => {
    const env = {
      LIMMAT_WORKERS: "2",
      LIMMAT_PROCESSES: "2",
      LIMMAT_PROCESS: "1",
      LIMMAT_HOSTS: "a:1, b:2",
      LIMMAT_SECRET_FILE: file("secret", "sixteen letters.\n"),
      LIMMAT_TLS_KEY: file("key", "k"),
      LIMMAT_TLS_CERT: file("cert", "c"),
      LIMMAT_TLS_CA: file("ca", "a"),
      LIMMAT_LISTEN: "0.0.0.0",
      LIMMAT_TRUSTED: "1",
      LIMMAT_HEARTBEAT_MS: "100",
      LIMMAT_CONNECT_TIMEOUT_MS: "200",
    };
    expect(await configFromArguments(["-p0"], env)).toEqual({
      workers: 2,
      processes: {
        index: 0,
        hosts,
        secret: "sixteen letters.",
        tls: { key: "k", cert: "c", ca: "a" },
        listen: "0.0.0.0",
        trusted: true,
        heartbeatMs: 100,
        connectTimeoutMs: 200,
      },
      rest: [],
    });
  });

  it("expands a name with the process's number, as a StatefulSet gives it", async () => {
    const env = { LIMMAT_PROCESSES: "3", LIMMAT_PROCESS: "2", LIMMAT_HOSTS: "limmat-{}.limmat:2101" };
    expect((await configFromArguments([], env)).processes).toEqual({
      index: 2,
      hosts: ["limmat-0.limmat:2101", "limmat-1.limmat:2101", "limmat-2.limmat:2101"],
    });
  });

  it("takes the process's number from the name of the machine when told to", async () => {
    const env = { LIMMAT_PROCESSES: "300", LIMMAT_PROCESS: "hostname" };
    const ordinal = /-(\d+)(?:\.|$)/.exec(hostname())?.[1];
    const config = configFromArguments([], env);
    if (ordinal === undefined) await expect(config).rejects.toThrow(/does not end in a number, as in limmat-0/);
    else expect((await config).processes?.index).toBe(Number(ordinal));
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [["-w"], {}, /-w needs a value/],
    [["-w", "two"], {}, /-w or LIMMAT_WORKERS is "two"/],
    [["-w", "0"], {}, /whole number from 1/],
    [["-n", "2"], {}, /which of the processes is this\?/],
    [["-n", "3", "-p", "0"], { LIMMAT_HOSTS: "a:1,b:2" }, /3 processes, but only 2 hosts/],
    [["-h", "/nowhere/at/all"], {}, /the file of hosts can't be read/],
    [["-n2", "-p0"], { LIMMAT_TLS_KEY: "/nowhere" }, /LIMMAT_TLS_KEY can't be read/],
    [["-n2", "-p0"], { LIMMAT_HEARTBEAT_MS: "-1" }, /LIMMAT_HEARTBEAT_MS/],
  ])("refuses %j with %o", async (argv, env, message) => {
    const config = configFromArguments(argv, env);
    await expect(config).rejects.toThrow(LaunchError);
    await expect(config).rejects.toThrow(message);
  });

  it("wants all of a certificate", async () => {
    const env = { LIMMAT_TLS_KEY: file("key", "k") };
    await expect(configFromArguments(["-n2", "-p0"], env)).rejects.toThrow(/give all three of LIMMAT_TLS_KEY/);
  });
});
