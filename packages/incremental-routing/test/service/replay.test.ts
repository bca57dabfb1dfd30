import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReplayError } from "../../src/formats/index.ts";
import { abilene, parseGenerator } from "../../src/generators/index.ts";
import type { Topology } from "../../src/network/index.ts";
import { Routing, replay } from "../../src/service/index.ts";
import { type GeneratedEpoch, networkUnderChange, seededChangeStream } from "../oracle/index.ts";
import { everyPair, type ReplayScript, replayScript, somePairs, withoutMilliseconds } from "./replay-script.ts";

interface Replayed {
  readonly output: string[];
  /** The refused lines, and the error that ended the replay if one did. */
  readonly refused: ReplayError[];
  readonly error?: unknown;
}

/** Replays lines on workers in this event loop. */
async function replayed(
  topology: Topology,
  lines: Iterable<string>,
  { workers = 1, skipBad = false }: { workers?: number; skipBad?: boolean } = {},
): Promise<Replayed> {
  const routing = await Routing.start(topology, { workers, inline: true });
  const output: string[] = [];
  const refused: ReplayError[] = [];
  try {
    for await (const line of replay(routing, lines, { skipBad, onBad: (error) => refused.push(error) })) {
      output.push(withoutMilliseconds(line));
    }
    return { output, refused };
  } catch (error) {
    return { output, refused, error };
  } finally {
    await routing.close();
  }
}

async function expectOracle(topology: Topology, script: ReplayScript, workers: number): Promise<void> {
  const { output, refused, error } = await replayed(topology, script.lines, { workers, skipBad: true });
  expect(error).toBeUndefined();
  // One by one, so that a failure shows one line.
  for (const [i, line] of script.expected.entries()) expect(output[i]).toBe(line);
  expect(output).toHaveLength(script.expected.length);
  expect(refused.map(({ line }) => line)).toEqual(script.refused);
}

/** Two squares a-b-d-c joined at d: small enough to see every answer. */
const square: Topology = {
  nodes: ["a", "b", "c", "d"].map((id) => ({ id })),
  links: ["ab", "bd", "ac", "cd"].map((id) => ({ id, from: id[0]!, to: id[1]!, forward: 1, backward: 1 })),
};
const path = (epoch: number, from: string, to: string) => JSON.stringify({ epoch, op: "path", from, to });
const change = (epoch: number, op: string, field: "link" | "node", id: string) =>
  JSON.stringify({ epoch, op, [field]: id });
const unchanged = (epoch: number) =>
  JSON.stringify({ epoch, op: "epoch", changes: 0, pairsChanged: 0, nextHopSetsChanged: 0 });
/** The answers' paths, and the epochs' counts of changes. */
const gist = (output: readonly string[]) =>
  output.map((line) => {
    const { op, path: nodes, changes } = JSON.parse(line) as { op: string; path: string[] | null; changes: number };
    return op === "epoch" ? changes : (nodes?.join("") ?? null);
  });

describe.each([1, 2, 3])("replay on %i inline workers", (workers) => {
  it("equals the oracle after every epoch of any stream, bad changes included", async () => {
    const stream = fc
      .constantFrom("unit", "integer", "decimal")
      .chain((weights) => networkUnderChange({ maxNodes: 7, epochs: 6, weights: weights as "unit", bad: true }));
    await fc.assert(
      fc.asyncProperty(stream, ({ topology, epochs }) =>
        expectOracle(topology, replayScript(topology, epochs, everyPair), workers),
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  // Blocks of 32 destinations are dealt out to the workers, so these have work for each of them.
  it.each([
    ["grid:8x9", "decimal"],
    ["fat-tree:6?weights=random:9", "integer"],
    ["jellyfish:80,8,5,3", "unit"],
    ["ring:66", "integer"],
  ] as const)("equals the oracle on %s", async (spec, weights) => {
    const topology = parseGenerator(spec).generate();
    const epochs = seededChangeStream(topology, 11 * workers, { epochs: 8, changesPerEpoch: 5, weights, bad: true });
    expect(new Set(epochs.map(({ good }) => good))).toContain(true);
    await expectOracle(topology, replayScript(topology, epochs, somePairs(60, workers)), workers);
  });

  it("takes over destinations that are added, in blocks that were not there at the start", async () => {
    const topology = parseGenerator("ring:30").generate();
    const hub = topology.nodes[0]!.id;
    const grow = (from: number): GeneratedEpoch => ({
      good: true,
      changes: Array.from({ length: 20 }, (_, i) => `new-${from + i}`).flatMap((node) => [
        { op: "node-add" as const, node },
        { op: "link-add" as const, link: `to-${node}`, from: hub, to: node, weight: 2 },
      ]),
    });
    const shrink: GeneratedEpoch = { good: true, changes: [{ op: "node-remove", node: "new-7" }] };
    const epochs = [grow(0), grow(20), shrink, grow(40), grow(60), ...seededChangeStream(topology, 5, { epochs: 3 })];
    await expectOracle(topology, replayScript(topology, epochs, somePairs(80, 9)), workers);
  });
});

describe("replay of bad lines", () => {
  const unknownLink = change(4, "link-down", "link", "nowhere");

  it.each<[string, string, string, number]>([
    ["a line that is not JSON", "{", "BAD_JSON", 3],
    ["a line that is no object", "[]", "NOT_AN_OBJECT", 3],
    ["a line without an epoch", '{"op":"link-down","link":"ab"}', "MISSING_FIELD", 3],
    ["an epoch that decreases", change(3, "link-down", "link", "ab"), "EPOCH_DECREASED", 3],
    ["an unknown op", '{"epoch":4,"op":"fly"}', "UNKNOWN_OP", 3],
    ["a weight of nothing", '{"epoch":4,"op":"link-weight","link":"ab","weight":0}', "BAD_WEIGHT", 3],
    ["an unknown link", unknownLink, "UNKNOWN_LINK", 3],
    ["an unknown node", change(4, "node-drain", "node", "nowhere"), "UNKNOWN_NODE", 3],
    ["a question about an unknown node", path(4, "a", "nowhere"), "UNKNOWN_NODE", 3],
    ["an id that is taken", change(4, "node-add", "node", "a"), "NODE_EXISTS", 3],
  ])("rejects an epoch's changes for %s", async (_, bad, code, line) => {
    const lines = [
      path(1, "a", "d"),
      change(4, "link-down", "link", "ab"),
      bad,
      path(4, "a", "b"),
      change(6, "link-down", "link", "ac"),
      path(6, "a", "c"),
    ];
    const kept = await replayed(square, lines, { skipBad: true });
    expect(kept.refused).toMatchObject([{ code, line, epoch: 4 }]);
    expect(kept.refused[0]?.message).toMatch(new RegExp(`^line ${line}: `));
    expect(gist(kept.output)).toEqual(["abd", 0, "ab", 0, "abdc", 1]);

    const ended = await replayed(square, lines);
    expect(ended.error).toBeInstanceOf(ReplayError);
    expect(ended.error).toMatchObject({ code, line, epoch: 4 });
    expect(gist(ended.output)).toEqual(["abd", 0]);
  });

  it("rejects the current epoch for a line after its questions", async () => {
    const lines = [path(1, "a", "b"), change(1, "link-down", "link", "ab"), "nonsense"];
    expect(gist((await replayed(square, lines, { skipBad: true })).output)).toEqual(["ab", 0]);
    expect((await replayed(square, lines)).output).toEqual([]);
  });

  it("rejects nothing for a bad line before every epoch", async () => {
    const lines = ["nonsense", change(1, "link-down", "link", "ab"), path(1, "a", "b")];
    const { output, refused } = await replayed(square, lines, { skipBad: true });
    expect(refused).toMatchObject([{ code: "BAD_JSON", line: 1, epoch: undefined }]);
    expect(gist(output)).toEqual(["acdb", 1]);
    expect(await replayed(square, lines)).toMatchObject({ output: [], error: { line: 1 } });
  });

  it("refuses each malformed line, each question about no node, and the first change that does not fit", async () => {
    const lines = [
      "nonsense",
      path(1, "a", "nowhere"),
      '{"epoch":1,"op":"fly"}',
      path(1, "nowhere", "a"),
      path(1, "a", "a"),
      change(2, "link-down", "link", "ab"),
      change(2, "link-down", "link", "nowhere"),
      change(2, "link-down", "link", "elsewhere"),
    ];
    const { output, refused } = await replayed(square, lines, { skipBad: true });
    expect(refused.map(({ line }) => line)).toEqual([1, 3, 2, 4, 7]);
    expect(gist(output)).toEqual(["a", 0, 0]);
  });

  it("answers as of the end of the epoch: a node that the epoch adds, not one that it removes", async () => {
    const added = [
      path(1, "a", "new"),
      change(1, "node-add", "node", "new"),
      JSON.stringify({ epoch: 1, op: "link-add", link: "l", from: "a", to: "new", weight: 3 }),
    ];
    expect(gist((await replayed(square, added)).output)).toEqual(["anew", 2]);

    // The whole epoch is rejected for such a question, and all like it, so that only others see the node again.
    const removed = [
      change(1, "node-remove", "node", "b"),
      path(1, "a", "b"),
      path(1, "a", "d"),
      path(1, "b", "a"),
      path(2, "a", "b"),
    ];
    const kept = await replayed(square, removed, { skipBad: true });
    expect(kept.refused).toMatchObject([
      { code: "UNKNOWN_NODE", line: 2 },
      { code: "UNKNOWN_NODE", line: 4 },
    ]);
    expect(gist(kept.output)).toEqual(["abd", 0, "ab", 0]);
    expect((await replayed(square, removed)).error).toMatchObject({ code: "UNKNOWN_NODE", line: 2, epoch: 1 });

    const renewed = [
      change(1, "node-remove", "node", "b"),
      change(1, "node-add", "node", "b"),
      path(1, "a", "b"),
      path(1, "a", "d"),
    ];
    expect(gist((await replayed(square, renewed)).output)).toEqual([null, "acd", 2]);
  });

  it("refuses a question about a node whose addition is rejected", async () => {
    const lines = [change(1, "node-add", "node", "new"), path(1, "new", "a"), "nonsense", path(1, "a", "c")];
    const { output, refused } = await replayed(square, lines, { skipBad: true });
    expect(refused.map(({ code, line }) => [code, line])).toEqual([
      ["BAD_JSON", 3],
      ["UNKNOWN_NODE", 2],
    ]);
    expect(gist(output)).toEqual(["ac", 0]);

    const unfit = [change(1, "node-add", "node", "new"), path(1, "new", "a"), change(1, "node-add", "node", "a")];
    const late = await replayed(square, unfit, { skipBad: true });
    expect(late.refused.map(({ code, line }) => [code, line])).toEqual([
      ["NODE_EXISTS", 3],
      ["UNKNOWN_NODE", 2],
    ]);
    expect(gist(late.output)).toEqual([0]);
  });

  it("goes on after rejected epochs as if they had not been, indexes of new nodes and links included", async () => {
    const lines = [
      change(1, "node-add", "node", "x"),
      "nonsense",
      change(2, "node-add", "node", "y"),
      JSON.stringify({ epoch: 2, op: "link-add", link: "ay", from: "a", to: "y", weight: 1 }),
      path(2, "d", "y"),
      change(3, "link-remove", "link", "ay"),
      unknownLink.replace('"epoch":4', '"epoch":3'),
      path(3, "d", "y"),
      change(4, "node-remove", "node", "y"),
      path(4, "d", "a"),
    ];
    const { output } = await replayed(square, lines, { workers: 2, skipBad: true });
    expect(gist(output)).toEqual([0, "dbay", 2, "dbay", 0, "dba", 1]);
  });
});

describe("replay of little", () => {
  it("gives nothing for no lines and for blank ones", async () => {
    expect(await replayed(square, [])).toEqual({ output: [], refused: [] });
    expect(await replayed(square, ["", "  ", "\r"])).toEqual({ output: [], refused: [] });
  });

  it("counts blank lines, takes a byte order mark, and asks without changing", async () => {
    const lines = [`\uFEFF${path(0, "a", "d")}`, "", `${path(7, "a", "c")}\r`, "", "{"];
    const { output, error } = await replayed(square, lines);
    expect(gist(output)).toEqual(["abd", 0]);
    expect(error).toMatchObject({ code: "BAD_JSON", line: 5, epoch: 7 });
    const whole = await replayed(square, lines.slice(0, 3));
    expect(whole.output.filter((_, i) => i % 2 === 1)).toEqual([unchanged(0), unchanged(7)]);
  });

  it("takes states again without harm, and says that nothing changed", async () => {
    const lines = [1, 2].flatMap((epoch) => [
      change(epoch, "link-down", "link", "ab"),
      change(epoch, "link-down", "link", "ab"),
      change(epoch, "node-drain", "node", "c"),
    ]);
    const { output } = await replayed(square, lines);
    expect(output[1]).toBe(
      JSON.stringify({ epoch: 2, op: "epoch", changes: 3, pairsChanged: 0, nextHopSetsChanged: 0 }),
    );
  });

  it("routes a network without nodes, and one that loses its last", async () => {
    const nothing: Topology = { nodes: [], links: [] };
    const lines = [
      change(1, "node-add", "node", "only"),
      path(1, "only", "only"),
      change(2, "node-down", "node", "only"),
      path(2, "only", "only"),
      change(3, "node-remove", "node", "only"),
    ];
    expect(gist((await replayed(nothing, lines, { workers: 2 })).output)).toEqual(["only", 1, null, 1, 1]);
  });

  it("answers any number of questions of an epoch in their order", async () => {
    const pairs = Array.from({ length: 3000 }, (_, i) => ["abcd"[i % 4]!, "abcd"[Math.floor(i / 5) % 4]!] as const);
    const { output } = await replayed(
      square,
      pairs.map(([from, to]) => path(1, from, to)),
    );
    expect(output.slice(0, -1).map((line) => JSON.parse(line) as { from: string; to: string })).toMatchObject(
      pairs.map(([from, to]) => ({ from, to })),
    );
    expect(output).toHaveLength(3001);
  });

  it("reads lines as they come, and ends an epoch only when the next one begins", async () => {
    const routing = await Routing.start(abilene(), { inline: true });
    const given: number[] = [];
    async function* slowly() {
      for (const epoch of [1, 2, 3]) {
        given.push(epoch);
        yield path(epoch, "seattle", "denver");
      }
    }
    const seen: [given: number, epoch: number][] = [];
    for await (const line of replay(routing, slowly())) {
      seen.push([given.length, (JSON.parse(line) as { epoch: number }).epoch]);
    }
    expect(seen).toEqual([
      [2, 1],
      [2, 1],
      [3, 2],
      [3, 2],
      [3, 3],
      [3, 3],
    ]);
    await routing.close();
  });
});
