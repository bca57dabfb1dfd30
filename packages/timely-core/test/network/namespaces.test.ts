// Two processes in network namespaces of their own, joined by a cable that delays and can be cut. Needs the right to make namespaces;
// where that is missing the tests are skipped, and say why. They import the built package: build before running this.

import { execFileSync } from "node:child_process";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { killAll, outcome, type Started, start } from "./process.ts";

const [left, right] = [`limmat-l${process.pid}`, `limmat-r${process.pid}`];
const run = (command: string): void => {
  const [program = "", ...args] = command.split(" ");
  execFileSync(program, args, { stdio: ["ignore", "ignore", "pipe"] });
};

function makeNamespaces(): void {
  run(`ip netns add ${left}`);
  run(`ip netns add ${right}`);
  run(`ip -n ${left} link add cable type veth peer name cable netns ${right}`);
  run(`ip -n ${left} address add 10.77.0.1/24 dev cable`);
  run(`ip -n ${right} address add 10.77.0.2/24 dev cable`);
  for (const namespace of [left, right]) {
    run(`ip -n ${namespace} link set lo up`);
    run(`ip -n ${namespace} link set cable up`);
  }
}

function removeNamespaces(): void {
  for (const namespace of [left, right]) {
    try {
      run(`ip netns delete ${namespace}`);
    } catch {
      // It was never made.
    }
  }
}

const reason = (error: unknown): string =>
  error instanceof Error ? (error.message.split("\n")[1] ?? error.message) : "";

/** Why there can be no namespaces here, or nothing. */
const absent = ((): string | undefined => {
  try {
    makeNamespaces();
    return undefined;
  } catch (error) {
    return reason(error);
  } finally {
    removeNamespaces();
  }
})();

const hosts = "10.77.0.1:2101,10.77.0.2:2101";

function startBoth(mode: string, env: NodeJS.ProcessEnv = {}): [Started, Started] {
  const [first, second] = [left, right].map((namespace, index) =>
    start(
      "./fixtures/steady.mjs",
      [`-p${index}`, mode],
      { LIMMAT_HOSTS: hosts, LIMMAT_SECRET: "a secret of the tests alone", ...env },
      ["ip", "netns", "exec", namespace],
    ),
  );
  return [first as Started, second as Started];
}

describe.skipIf(absent !== undefined)(`Processes on two networks (${absent ?? "namespaces can be made"})`, () => {
  beforeAll(makeNamespaces);
  afterEach(killAll);
  afterAll(removeNamespaces);

  it("run to their end", async () => {
    for (const { ended } of startBoth("ends")) expect(outcome(await ended)).toEqual({ ended: true });
  });

  it("end with one error on each side when the cable is cut", async () => {
    const both = startBoth("steady", { LIMMAT_HEARTBEAT_MS: "200" });
    await Promise.all(both.map(({ said }) => said("running")));
    run(`ip -n ${left} link set cable down`);
    try {
      const ends = await Promise.all(both.map(({ ended }) => ended));
      ends.forEach((end, index) => {
        expect(end.code).toBe(1);
        expect(outcome(end)).toMatchObject({ code: "PEER", process: 1 - index });
        expect(outcome(end).message).toMatch(/has been silent for .* above the limit of 1 s|was cut off/);
      });
    } finally {
      run(`ip -n ${left} link set cable up`);
    }
  });

  it("say who is missing when nothing answers at its address", async () => {
    const alone = start(
      "./fixtures/steady.mjs",
      ["-p0"],
      { LIMMAT_HOSTS: hosts.replace("0.2", "0.3"), LIMMAT_TRUSTED: "1", LIMMAT_CONNECT_TIMEOUT_MS: "1500" },
      ["ip", "netns", "exec", left],
    );
    const end = await alone.ended;
    expect(outcome(end)).toMatchObject({ code: "CONNECT" });
    expect(outcome(end).message).toMatch(/no connection with process 1 at 10.77.0.3:2101/);
  });

  const delayed = ((): string | undefined => {
    if (absent !== undefined) return absent;
    try {
      makeNamespaces();
      run(`ip netns exec ${left} tc qdisc add dev cable root netem delay 1ms`);
      return undefined;
    } catch (error) {
      return reason(error);
    } finally {
      removeNamespaces();
    }
  })();

  it.skipIf(delayed !== undefined)(
    `run to their end over a slow and uneven cable (${delayed ?? "tc can delay"})`,
    async () => {
      for (const namespace of [left, right]) {
        run(`ip netns exec ${namespace} tc qdisc add dev cable root netem delay 5ms 4ms loss 1%`);
      }
      for (const { ended } of startBoth("ends")) expect(outcome(await ended)).toEqual({ ended: true });
    },
  );
});
