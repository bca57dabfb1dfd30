// The built program, as people run it.
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import manifest from "../package.json" with { type: "json" };

// Not a bound on speed: a machine that is busy with other tests takes its time.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const program = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "limmat-controller-"));
const fileOf = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const square = fileOf("square.csv", "from,to,cost\nA,B,1\nB,C,2\nC,D,3\nD,A,4\n");

beforeAll(() => {
  if (!existsSync(program))
    throw new Error("dist/main.js is not there; build first (pnpm -F @limmat/controller build)");
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], input = "") {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { input, encoding: "utf8" });
  return { status, stdout, stderr };
}

const ndjson = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");
const parsed = (text: string) => text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));

describe("limmat-controller replay", () => {
  const input = ndjson(
    { epoch: 1, op: "distance", from: "A", to: "B" },
    { epoch: 2, op: "link-down", link: "A--B" },
    { epoch: 2, op: "path", from: "A", to: "B" },
  );
  const output = [
    {
      epoch: 1,
      op: "distance",
      from: "A",
      to: "B",
      distance: 1,
      nextHops: ["B"],
      path: ["A", "B"],
      links: ["A--B"],
      pathCount: "1",
    },
    { epoch: 1, op: "epoch", changes: 0, pairsChanged: 0, nextHopSetsChanged: 0 },
    {
      epoch: 2,
      op: "path",
      from: "A",
      to: "B",
      distance: 3,
      nextHops: ["D"],
      path: ["A", "D", "C", "B"],
      links: ["D--A", "C--D", "B--C"],
      pathCount: "1",
    },
    { epoch: 2, op: "epoch", changes: 1, pairsChanged: 2, nextHopSetsChanged: 6 },
  ];
  const withoutTimes = (text: string) => parsed(text).map(({ ms, ...rest }) => rest);

  it("answers in the order of the input, alike on one worker and on two", () => {
    for (const workers of ["1", "2"]) {
      const { status, stdout, stderr } = run(["replay", "--topology", square, "--workers", workers], input);
      expect([status, stderr]).toEqual([0, ""]);
      expect(withoutTimes(stdout)).toEqual(output);
      for (const { op, ms } of parsed(stdout)) if (op === "epoch") expect(ms).toBeGreaterThanOrEqual(0);
    }
  });

  it("takes weights from another attribute, and rounds them", () => {
    const question = ndjson({ epoch: 1, op: "path", from: "A", to: "C" });
    const cost = run(["replay", "--topology", square, "--weight-from", "cost"], question);
    expect(parsed(cost.stdout)[0]).toMatchObject({ distance: 3, path: ["A", "B", "C"], pathCount: "1" });
    const args = ["replay", "--topology", square, "--weight-from", "cost", "--weight-resolution", "4"];
    expect(parsed(run(args, question).stdout)[0]).toMatchObject({ distance: 8, pathCount: "2" });
  });

  it("ends at a bad line with 2 and one line that names it, after the epochs before it", () => {
    for (const [line, error] of [
      ["nonsense", /standard input: BAD_JSON: line 4: /],
      [JSON.stringify({ epoch: 3, op: "link-down", link: "Z" }), /standard input: UNKNOWN_LINK: line 4: .*"Z"/],
      [JSON.stringify({ epoch: 3, op: "path", from: "A", to: "Z" }), /standard input: UNKNOWN_NODE: line 4: .*"Z"/],
      [JSON.stringify({ epoch: 1, op: "link-up", link: "A--B" }), /standard input: EPOCH_DECREASED: line 4: /],
    ] as const) {
      const later = ndjson({ epoch: 4, op: "path", from: "A", to: "B" });
      const { status, stdout, stderr } = run(["replay", "--topology", square], `${input}${line}\n${later}`);
      expect(status).toBe(2);
      expect(stderr).toMatch(error);
      expect(stderr.split("\n").length).toBe(2);
      expect(withoutTimes(stdout).slice(0, 2)).toEqual(output.slice(0, 2));
      expect(parsed(stdout).some(({ epoch }) => epoch === 4)).toBe(false);
    }
  });

  it("goes on with --skip-bad, the bad line's epoch changing nothing", () => {
    const lines = `${ndjson({ epoch: 1, op: "link-down", link: "B--C" })}nonsense\n${input}`;
    const { status, stdout, stderr } = run(["replay", "--topology", square, "--skip-bad"], lines);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^limmat-controller: standard input: BAD_JSON: line 2: .*\n$/);
    expect(withoutTimes(stdout)).toEqual(output);
  });

  it("streams: answers an epoch when the next begins, before the input ends", async () => {
    const child = spawn(process.execPath, [program, "replay", "--topology", "ring:4"]);
    try {
      const reader = linesOf(child);
      for (let epoch = 1; epoch <= 3; epoch++) {
        child.stdin.write(ndjson({ epoch, op: "link-weight", link: linkOfRing, weight: epoch + 1 }));
        if (epoch > 1) expect(JSON.parse(await reader())).toMatchObject({ epoch: epoch - 1, op: "epoch", changes: 1 });
      }
      child.stdin.end();
      expect(JSON.parse(await reader())).toMatchObject({ epoch: 3 });
      expect(await ended(child)).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  });

  it("ends quietly when nobody reads any more", async () => {
    const child = spawn(process.execPath, [program, "replay", "--topology", "fat-tree:4"]);
    let stderr = "";
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    child.stdin.on("error", () => {});
    child.stdout.destroy();
    for (let epoch = 1; epoch < 100; epoch++) child.stdin.write(ndjson({ epoch, op: "node-down", node: "core-0" }));
    child.stdin.end();
    expect(await ended(child)).toEqual([0, null]);
    expect(stderr).toBe("");
  });
});

const linkOfRing = parsed(
  spawnSync(process.execPath, [program, "replay", "--topology", "ring:4"], {
    input: ndjson({ epoch: 1, op: "path", from: "node-0", to: "node-1" }),
    encoding: "utf8",
  }).stdout,
)[0]?.links?.[0] as string;

/** Reads a program's output line by line. */
function linesOf(child: ChildProcessWithoutNullStreams): () => Promise<string> {
  let text = "";
  let wake = () => {};
  child.stdout.setEncoding("utf8").on("data", (data) => {
    text += data;
    wake();
  });
  return async () => {
    while (!text.includes("\n")) {
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        child.once("exit", () => reject(new Error("the program ended")));
      });
    }
    const end = text.indexOf("\n");
    const line = text.slice(0, end);
    text = text.slice(end + 1);
    return line;
  };
}

const ended = (child: ChildProcessWithoutNullStreams) =>
  new Promise<[code: number | null, signal: string | null]>((resolve) =>
    child.on("close", (code, signal) => resolve([code, signal])),
  );

describe("limmat-controller serve", () => {
  const children: ChildProcessWithoutNullStreams[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
  });
  const serve = (...args: string[]) => {
    const child = spawn(process.execPath, [program, "serve", "--port", "0", ...args]);
    children.push(child);
    return { child, line: linesOf(child), end: ended(child) };
  };

  it("says where it listens, answers, logs epochs, and ends with 0 on SIGTERM and SIGINT, whoever follows", async () => {
    for (const [signal, workers] of [
      ["SIGTERM", "1"],
      ["SIGINT", "2"],
    ] as const) {
      const { child, line, end } = serve("--topology", square, "--workers", workers);
      const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(await line())?.[1];
      expect(url).toBeDefined();
      const path = await (await fetch(`${url}/api/paths?from=A&to=C`)).json();
      expect(path).toMatchObject({ epoch: 0, distance: 2, nextHops: ["B", "D"], pathCount: "2" });
      const page = await fetch(`${url}/`);
      expect([page.headers.get("content-type"), await page.text()]).toEqual([
        "text/html; charset=utf-8",
        expect.stringContaining("<title>Limmat</title>"),
      ]);
      const followed = await fetch(`${url}/api/events`);
      await fetch(`${url}/api/changes`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify([{ op: "link-down", link: "A--B" }]),
      });
      expect(await line()).toMatch(
        /^\d{4}-\d\d-\d\dT[\d:.]+Z epoch=1 changes=1 pairs=2 sets=6 groups=\d+ resized=\d+ ms=[\d.]+$/,
      );
      child.kill(signal);
      expect(await end).toEqual([0, null]);
      await followed.body?.cancel().catch(() => {});
    }
  });

  it("logs JSON on request", async () => {
    const { child, line, end } = serve("--topology", "abilene", "--json");
    const { event, url } = JSON.parse(await line());
    expect(event).toBe("listening");
    const body = JSON.stringify([{ op: "link-down", link: "denver--kansas-city" }]);
    await fetch(`${url}/api/changes`, { method: "POST", headers: { "content-type": "application/json" }, body });
    expect(JSON.parse(await line())).toMatchObject({
      event: "epoch",
      epoch: 1,
      changes: 1,
      pairsChanged: 28,
      nextHopSetsChanged: 31,
      groupsChanged: expect.any(Number),
      milliseconds: expect.any(Number),
    });
    child.kill("SIGTERM");
    expect(await end).toEqual([0, null]);
  });

  it("ends with 1 when the port is in use", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const { status, stdout, stderr } = run(["--topology", "abilene", "--port", String(port)]);
    server.close();
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toContain(`EADDRINUSE: port ${port} of 127.0.0.1 is in use; choose another with --port`);
  });

  it("does not let others change things without a token", async () => {
    const { status, stderr } = run(["serve", "--topology", "abilene", "--host", "0.0.0.0"]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^limmat-controller: others can connect to 0\.0\.0\.0: give --token/);
  });
});

describe("bad input ends with 2 and one line that names the place", () => {
  const one = (message: RegExp, { status, stdout, stderr }: ReturnType<typeof run>) => {
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.split("\n").length).toBe(2);
  };
  const replay = (...args: string[]) => run(["replay", "--topology", ...args]);

  it("a network that is none", () => {
    one(/missing\.graphml: ENOENT/, replay(join(folder, "missing.graphml")));
    one(/: EISDIR/, replay(folder));
    one(/bad\.graphml: SYNTAX: line 2: /, replay(fileOf("bad.graphml", "<graphml>\n<graph>")));
    one(/bad\.csv: BAD_WEIGHT: line 3: /, replay(fileOf("bad.csv", "from,to,weight\nA,B,1\nB,C,-1\n")));
    one(/fat-tree:3: BAD_PARAMETER: /, replay("fat-tree:3"));
    one(
      /fine\.csv: WEIGHT_RANGE: .*--weight-resolution/,
      replay(fileOf("fine.csv", "from,to,weight\nA,B,1e15\nB,C,1e-15\n")),
    );
    one(
      /fat-tree:4: --weight-from is about files|--weight-from is about files; fat-tree:4/,
      replay("fat-tree:4", "--weight-from", "cost"),
    );
  });

  it("arguments that are none", () => {
    for (const args of [
      ["replay"],
      ["replay", "--topology", square, "--workers", "0"],
      ["replay", "--topology", square, "--workers", "two"],
      ["replay", "--topology", square, "--weight-resolution", "0"],
      ["serve", "--port", "65536"],
      ["serve", "--port", "8080x"],
      ["serve", "--yaml"],
      ["nothing"],
    ]) {
      const { status, stdout, stderr } = run(args);
      expect([args, status, stdout]).toEqual([args, 2, ""]);
      expect(stderr).toMatch(/^error: /);
    }
  });

  it("but help and version end with 0", () => {
    expect(run(["--version"])).toEqual({ status: 0, stdout: `${manifest.version}\n`, stderr: "" });
    for (const args of [["--help"], ["serve", "--help"], ["replay", "--help"]]) {
      const { status, stdout, stderr } = run(args);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(/^Usage: limmat-controller/);
    }
    expect(run(["replay", "--help"]).stdout).toMatch(/fat-tree:K[\s\S]*Exit codes: 0 done/);
  });
});
