// Runs over two and three real processes on this machine, that import the built package: build before running this.

import { connect, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { freeHosts } from "./ports.ts";
import { killAll, outcome, start, startAll } from "./process.ts";

const steady = "./fixtures/steady.mjs";
const blocks = "../worker/fixtures/blocks.mjs";
const sum = "../worker/fixtures/sum.mjs";
const secret = "sixteen characters at least";

afterEach(killAll);

describe("A run over several processes", () => {
  it.each([
    [2, 1, 2 ** 20, {}],
    [2, 2, 256, { LIMMAT_SECRET: secret }],
    [3, 1, 1024, {}],
  ])(
    "of %i processes with %i workers gives the results of one process, over rings of %i bytes",
    async (count, workers, ring, env) => {
      const hosts = await freeHosts(count);
      const ends = await Promise.all(
        startAll(sum, hosts, [String(workers), "16", String(ring)], env).map(({ ended }) => ended),
      );
      for (const end of ends) expect(end).toMatchObject({ code: 0, stderr: "" });
      const results = ends.flatMap(({ stdout }) => JSON.parse(stdout)) as Record<string, number>[];
      const total = count * workers;
      const alone = await start(sum, [String(total), "16"], {}).ended;
      const expected = JSON.parse(alone.stdout) as Record<string, number>[];
      // The key of columns is hashed with no regard to processes, and so is everything else: worker for worker the same.
      expect(results).toEqual(expected);
    },
    120_000,
  );

  it("shares an arena within each process, and operators know with whom", async () => {
    const hosts = await freeHosts(2);
    const ends = await Promise.all(startAll(blocks, hosts, ["2", "40", "1024"]).map(({ ended }) => ended));
    for (const end of ends) expect(end).toMatchObject({ code: 0, stderr: "" });
    const results = ends.flatMap(({ stdout }) => JSON.parse(stdout));
    const near = [true, true, false, false];
    const shares = [near, near, [...near].reverse(), [...near].reverse()];
    expect(results).toMatchObject(
      shares.map((shares, index) => ({ index, shares, checked: 4000, largest: 0, rest: 0 })),
    );
  });

  it("waits for a process that starts later", async () => {
    const hosts = await freeHosts(2);
    const env = { LIMMAT_HOSTS: hosts.join(",") };
    const first = start(steady, ["-p0", "ends"], env);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const second = start(steady, ["-p1", "ends"], env);
    for (const { ended } of [first, second]) {
      const end = await ended;
      expect(outcome(end)).toEqual({ ended: true });
      expect(end.code).toBe(0);
    }
  });

  it("ends on all processes with one error that names the one that was killed", async () => {
    const hosts = await freeHosts(3);
    const [first, killed, third] = startAll(steady, hosts, []) as [
      ReturnType<typeof start>,
      ReturnType<typeof start>,
      ReturnType<typeof start>,
    ];
    await Promise.all([first, killed, third].map(({ said }) => said("running")));
    killed.child.kill("SIGKILL");
    for (const { ended } of [first, third]) {
      const end = await ended;
      expect(end.code).toBe(1);
      expect(outcome(end)).toMatchObject({ code: "PEER", process: 1, host: hosts[1] });
      expect(outcome(end).message).toMatch(/process 1 at .* (closed its connection|was cut off).*last heard/);
    }
  });

  it("ends on all processes when one stands still for too long", async () => {
    const hosts = await freeHosts(2);
    const [first, stopped] = startAll(steady, hosts, [], { LIMMAT_HEARTBEAT_MS: "100" }) as [
      ReturnType<typeof start>,
      ReturnType<typeof start>,
    ];
    await Promise.all([first, stopped].map(({ said }) => said("running")));
    stopped.child.kill("SIGSTOP");
    const end = await first.ended;
    expect(end.code).toBe(1);
    expect(outcome(end)).toMatchObject({ code: "PEER", process: 1 });
    expect(outcome(end).message).toMatch(/has been silent for .* above the limit of 0.5 s/);
    stopped.child.kill("SIGCONT");
    const woken = await stopped.ended;
    expect(woken.code).toBe(1);
    expect(outcome(woken)).toMatchObject({ code: "PEER", process: 0 });
  });

  it("ends on all processes when user code of one throws, and says what it was", async () => {
    const hosts = await freeHosts(2);
    const ends = await Promise.all(startAll(steady, hosts, ["throws"]).map(({ ended }) => ended));
    expect(ends.map(({ code }) => code)).toEqual([1, 1]);
    const [first, second] = ends.map(outcome);
    expect(second).toMatchObject({ code: "WORKER", worker: 1, message: "worker 1: thrown by worker 1" });
    expect(first).toMatchObject({ code: "PEER", process: 1 });
    expect(first?.message).toMatch(/ended by an error: worker 1: thrown by worker 1/);
  });
});

/** Passes connections on to the same ports of another address, in small pieces and each a few milliseconds late, until it is cut. */
async function slowCable(ports: readonly number[], address: string): Promise<{ cut: () => void; close: () => void }> {
  let isCut = false;
  const sockets = new Set<Socket>();
  const pass = (from: Socket, to: Socket): void => {
    const late: { due: number; bytes: Uint8Array }[] = [];
    sockets.add(from);
    from.on("error", () => to.destroy());
    from.on("close", () => setTimeout(() => to.end(), 20));
    from.on("data", (bytes: Uint8Array) => {
      for (let at = 0; at < bytes.length; at += 1000) {
        late.push({ due: performance.now() + 2 + 6 * Math.random(), bytes: bytes.slice(at, at + 1000) });
      }
      for (const { due } of late.slice(-1)) setTimeout(send, due - performance.now());
    });
    const send = (): void => {
      for (const { bytes } of late.splice(0)) if (!isCut) to.write(bytes);
    };
  };
  const servers = ports.map((port) =>
    createServer((socket) => {
      const onward = connect(port, address);
      pass(socket, onward);
      pass(onward, socket);
    }),
  );
  await Promise.all(
    servers.map((server, i) => new Promise<void>((resolve) => server.listen(ports[i], "127.0.0.1", resolve))),
  );
  return {
    cut: () => {
      isCut = true;
    },
    close: () => {
      for (const server of servers) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe.skipIf(process.platform !== "linux")("A run over a slow cable (Linux has all of 127.0.0.0/8)", () => {
  it("goes to its end", async () => {
    const hosts = await freeHosts(2);
    const cable = await slowCable(
      hosts.map((host) => Number(host.split(":")[1])),
      "127.0.0.2",
    );
    const ends = await Promise.all(
      startAll(steady, hosts, ["ends"], { LIMMAT_LISTEN: "127.0.0.2" }).map(({ ended }) => ended),
    );
    for (const end of ends) expect(outcome(end)).toEqual({ ended: true });
    cable.close();
  });

  it("ends with one error on each side when that is cut, though no connection closes", async () => {
    const hosts = await freeHosts(2);
    const cable = await slowCable(
      hosts.map((host) => Number(host.split(":")[1])),
      "127.0.0.2",
    );
    const both = startAll(steady, hosts, [], { LIMMAT_LISTEN: "127.0.0.2", LIMMAT_HEARTBEAT_MS: "100" });
    await Promise.all(both.map(({ said }) => said("running")));
    cable.cut();
    const ends = await Promise.all(both.map(({ ended }) => ended));
    ends.forEach((end, index) => {
      expect(end.code).toBe(1);
      expect(outcome(end)).toMatchObject({ code: "PEER", process: 1 - index });
      expect(outcome(end).message).toMatch(/has been silent|closed its connection/);
    });
    cable.close();
  });
});

describe("Processes that don't belong together", () => {
  it.each([
    [
      "secrets",
      { LIMMAT_SECRET: secret },
      { LIMMAT_SECRET: "another one of 16 characters" },
      /its secret is not that of process/,
    ],
    [
      "a secret on one side alone",
      { LIMMAT_SECRET: secret },
      {},
      /it has (no|a) secret, this process \d has (no|a) secret/,
    ],
    [
      "numbers of workers",
      { LIMMAT_WORKERS: "1" },
      { LIMMAT_WORKERS: "2" },
      /it has [12] workers in each process, this process \d has [12]/,
    ],
  ])("find different %s, and both say so", async (_, one, other, message) => {
    const hosts = await freeHosts(2);
    const env = { LIMMAT_HOSTS: hosts.join(","), LIMMAT_CONNECT_TIMEOUT_MS: "20000" };
    const processes = [start(steady, ["-p0"], { ...env, ...one }), start(steady, ["-p1"], { ...env, ...other })];
    const ends = await Promise.all(processes.map(({ ended }) => ended));
    ends.forEach((end, index) => {
      expect(end.code).toBe(1);
      expect(outcome(end)).toMatchObject({ code: "HANDSHAKE", process: 1 - index });
      expect(outcome(end).message).toMatch(message);
    });
  });

  it("find a list of hosts that differs", async () => {
    const hosts = await freeHosts(3);
    const env = { LIMMAT_CONNECT_TIMEOUT_MS: "20000" };
    const processes = [
      start(steady, ["-p0"], { ...env, LIMMAT_HOSTS: hosts.join(",") }),
      start(steady, ["-p1"], { ...env, LIMMAT_HOSTS: hosts.slice(0, 2).join(",") }),
    ];
    for (const { ended } of processes) {
      const end = await ended;
      expect(outcome(end)).toMatchObject({ code: "HANDSHAKE" });
      expect(outcome(end).message).toMatch(/it has [23] processes, this process \d has [23] processes/);
    }
  });

  it("find a process that has the same index", async () => {
    const hosts = await freeHosts(2);
    const env = { LIMMAT_HOSTS: hosts.join(",") };
    const taken = start(steady, ["-p0"], env);
    await reachable(Number(hosts[0]?.split(":")[1]));
    const end = await start(steady, ["-p0"], env).ended;
    expect(end.code).toBe(1);
    expect(outcome(end)).toMatchObject({ code: "CONNECT" });
    expect(outcome(end).message).toMatch(/is in use/);
    taken.child.kill();
  });

  it("miss who does not come, by name", async () => {
    const hosts = await freeHosts(2);
    const env = { LIMMAT_HOSTS: hosts.join(","), LIMMAT_CONNECT_TIMEOUT_MS: "400" };
    const end = await start(steady, ["-p0"], env).ended;
    expect(end.code).toBe(1);
    expect(outcome(end)).toMatchObject({ code: "CONNECT" });
    expect(outcome(end).message).toMatch(new RegExp(`after 0.4 seconds .* process 1 at ${hosts[1]} \\(.*ECONNREFUSED`));
  });
});

describe("Strangers at the port", () => {
  it.each([
    ["garbage", (): Uint8Array => Buffer.alloc(100_000, "GET / HTTP/1.1\r\n")],
    [
      "a huge length",
      (): Uint8Array => Buffer.concat([Buffer.from("limmat\r\n"), Buffer.from([0xff, 0xff, 0xff, 0x7f])]),
    ],
    [
      "a hello of another form",
      (): Uint8Array => Buffer.concat([Buffer.from("limmat\r\n"), Buffer.from([2, 0, 0, 0, 0x7b, 0x7d])]),
    ],
    // Within all limits but that of time.
    [
      "a message without end",
      (): Uint8Array => Buffer.concat([Buffer.from("limmat\r\n"), Buffer.from([0xff, 0x0f, 0, 0])]),
    ],
    ["no bytes at all", (): Uint8Array => new Uint8Array(0)],
  ])("who send %s are sent away, and the run comes together all the same", async (_, bytes) => {
    const hosts = await freeHosts(2);
    const env = { LIMMAT_HOSTS: hosts.join(",") };
    const first = start(steady, ["-p0", "ends"], env);
    const port = Number(hosts[0]?.split(":")[1]);
    await reachable(port);
    const strangers = Array.from({ length: 20 }, () => {
      const socket = connect(port, "127.0.0.1");
      socket.on("error", () => {});
      socket.write(bytes());
      // One byte now and then, as if the rest were to follow.
      const drip = setInterval(() => socket.writable && socket.write("x"), 50);
      return new Promise<void>((resolve) =>
        socket.once("close", () => {
          clearInterval(drip);
          resolve();
        }),
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const second = start(steady, ["-p1", "ends"], env);
    for (const { ended } of [first, second]) expect(outcome(await ended)).toEqual({ ended: true });
    await Promise.all(strangers);
  });
});

/** Resolves once somebody listens there. */
async function reachable(port: number): Promise<void> {
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
