// SVG, DOT and HTML of graphs whose names try to be markup.

import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageUpdate, type Snapshot, snapshot, toDot, toPage, toSvg, withRates } from "../../src/introspection/index.ts";
import { percent, short } from "../../src/introspection/text.ts";
import { anyDataflow, hostileNames, nestedWorker } from "./sample.ts";

const anySnapshot: fc.Arbitrary<Snapshot> = anyDataflow.map((dataflow) => ({
  version: 1,
  workers: [{ worker: 0, at: 1 }],
  peers: 1,
  dataflows: [dataflow],
}));

/** Checks that text is well-formed XML as far as we write it, and returns the text in it, entities resolved. */
function readXml(xml: string): string[] {
  const open: string[] = [];
  const texts: string[] = [];
  const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  const resolve = (text: string) =>
    text.replace(/&([^;&]*);?/g, (whole, name: string) => {
      const value = entities[name];
      if (value === undefined || !whole.endsWith(";")) throw new Error(`the entity ${whole} is none`);
      return value;
    });
  let rest = xml;
  while (rest !== "") {
    const tag = /^<(\/?)([a-z]\w*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/i.exec(rest);
    if (tag !== null) {
      const [whole, closing, name = "", attributes = "", alone] = tag;
      for (const [, value = ""] of attributes.matchAll(/="([^"]*)"/g)) resolve(value);
      if (closing === "/") {
        if (open.pop() !== name) throw new Error(`</${name}> closes something else`);
      } else if (alone !== "/") open.push(name);
      rest = rest.slice(whole.length);
      continue;
    }
    const text = /^[^<]+/.exec(rest)?.[0];
    if (text === undefined) throw new Error(`no tag: ${rest.slice(0, 80)}`);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: XML can't hold them
    if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u.test(text)) throw new Error("not XML");
    if (open[open.length - 1] !== "style") texts.push(resolve(text));
    rest = rest.slice(text.length);
  }
  if (open.length > 0) throw new Error(`<${open.join("><")}> are open at the end`);
  return texts;
}

describe("SVG", () => {
  it("is well-formed, whatever the names", () => {
    fc.assert(
      fc.property(anySnapshot, (taken) => void readXml(toSvg(taken))),
      { numRuns: 200 },
    );
  });

  it.each(hostileNames)("shows the name %j as text", (name) => {
    const { worker, numbers } = nestedWorker(name);
    const texts = readXml(toSvg(snapshot(worker))).join("\n");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML can't hold is replaced
    const plain = name.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|\p{Surrogate}/gu, "\ufffd");
    expect(texts).toContain([...plain].slice(0, 25).join(""));
    numbers.close();
    worker.run();
  });

  it("shows rates, frontiers and heat once there are two snapshots, and only the dataflows that are asked for", () => {
    const { worker, numbers } = nestedWorker();
    const first = snapshot(worker);
    for (let i = 0; i < 5000; i++) numbers.send(i);
    numbers.advanceTo(7);
    while (worker.isBusy) worker.step();
    const texts = readXml(toSvg(withRates(snapshot(worker), first)));
    expect(texts.some((text) => /^\d+(\.\d+)?% · \d.*\/s in$/.test(text))).toBe(true);
    expect(texts).toContain("{7}");
    expect(texts).toContain("{(7, 0, 0)}");
    expect(texts).toContain("{7} · holds 1");
    expect(toSvg(first, { dataflows: ["5"] })).toContain("no dataflow");
    numbers.close();
    worker.run();
  });
});

const graphviz = spawnSync("dot", ["-V"]).error === undefined;

describe("DOT", () => {
  it.skipIf(!graphviz)(
    `is drawn by Graphviz${graphviz ? "" : " (skipped: no dot here; Debian's graphviz has it)"}`,
    () => {
      const { worker, numbers } = nestedWorker();
      const drawn = execFileSync("dot", ["-Tplain"], { input: toDot(snapshot(worker)), encoding: "utf8" });
      const nodes = drawn.split("\n").filter((line) => line.startsWith("node "));
      const edges = drawn.split("\n").filter((line) => line.startsWith("edge "));
      const [dataflow] = snapshot(worker).dataflows;
      const operators = dataflow?.operators ?? [];
      const scopes = operators.filter(({ scope }) => scope);
      const points = scopes.reduce((sum, { inputs, outputs }) => sum + inputs.length + outputs.length, 0);
      expect(nodes.length).toBe(operators.length - scopes.length + points);
      expect(edges.length).toBe(dataflow?.channels.length);
      numbers.close();
      worker.run();
    },
  );

  it.skipIf(!graphviz)("keeps any name as it is", () => {
    for (const name of hostileNames) {
      const { worker, numbers } = nestedWorker(name);
      const drawn = execFileSync("dot", ["-Tsvg"], {
        input: toDot(snapshot(worker)),
        encoding: "utf8",
        stdio: ["pipe", "pipe", "pipe"],
      });
      const line = name.split(/[\r\n]/)[0] as string;
      const shown = [...drawn.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = ""]) =>
        text
          .replaceAll("&#160;", " ")
          .replaceAll("&#45;", "-")
          .replaceAll("&#39;", "'")
          .replaceAll("&quot;", '"')
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&amp;", "&"),
      );
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what can't be shown is replaced
      const plain = line.replace(/[\u0000-\u0008]|\p{Surrogate}/gu, "\ufffd");
      if (line !== "") expect(shown, name).toContain(plain);
      numbers.close();
      worker.run();
    }
  });

  it("quotes what any graph holds: every line is a statement", () => {
    fc.assert(
      fc.property(anySnapshot, (taken) => {
        for (const line of toDot(taken).trimEnd().split("\n")) {
          const outside = line.replace(/"(?:[^"\\]|\\.)*"/g, "Q").trim();
          expect(outside).toMatch(
            /^(digraph limmat \{|\}|graph \[.*|subgraph Q \{|label=Q;|Q \[(label=Q|shape=point)\];|Q -> Q \[label=Q(, color=\w+)?\];)$/,
          );
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("HTML", () => {
  it("holds its state as JSON that no name can leave", () => {
    fc.assert(
      fc.property(anySnapshot, (taken) => {
        const page = toPage(taken, { title: "</title><script>alert(1)</script>" });
        expect(page.match(/<script/g)?.length).toBe(2);
        const json = /<script type="application\/json" id="first">(.*?)<\/script>/s.exec(page)?.[1] ?? "";
        const { state, source } = JSON.parse(json);
        expect(source).toBe(null);
        expect(state).toEqual(JSON.parse(pageUpdate(taken)));
        expect(pageUpdate(taken)).not.toMatch(/[\n\r<]/);
      }),
      { numRuns: 100 },
    );
  });

  it("may connect to its source alone", () => {
    const { worker } = nestedWorker();
    const policy = (source?: string) =>
      /connect-src ([^"]*)"/.exec(toPage(snapshot(worker), source === undefined ? {} : { source }))?.[1];
    expect([policy(), policy("/events"), policy("http://localhost:8080/events")]).toEqual([
      "'none'",
      "'self'",
      "http://localhost:8080",
    ]);
  });
});

it("figures are short", () => {
  const shown = [0, 7, 12.34, 0.126, 999, 999.6, 1234, 45_600, 999_999, 3.2e7, 5e9].map(short);
  expect(shown).toEqual(["0", "7", "12.3", "0.13", "999", "1.00k", "1.23k", "45.6k", "1.00M", "32M", "5G"]);
  expect([0, 0.00004, 0.0004, 0.05, 0.123, 1].map(percent)).toEqual(["0%", "0%", "0.04%", "5.0%", "12%", "100%"]);
});
