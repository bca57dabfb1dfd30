import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FormatError, readEdgeList } from "../../src/formats/index.ts";

const weights = (text: string, weightFrom?: string) =>
  readEdgeList(text, weightFrom === undefined ? {} : { weightFrom }).links.map(({ id, forward, backward }) => [
    id,
    forward,
    backward,
  ]);

describe("readEdgeList", () => {
  it("reads columns by place, with comments, blank lines, quotes and any line ends", () => {
    const text = `\uFEFF# a comment, with commas\r\na,b\r\n\r\n a , c , 2.5 \n"b, ""the"" node","multi\nline",3,4\n  # more\na,b,,7`;
    const { nodes, links } = readEdgeList(text);
    expect(nodes.map(({ id }) => id)).toEqual(["a", "b", "c", 'b, "the" node', "multi\nline"]);
    expect(links).toEqual([
      { id: "a--b", from: "a", to: "b", forward: 1, backward: 1 },
      { id: "a--c", from: "a", to: "c", forward: 2.5, backward: 2.5 },
      { id: 'b, "the" node--multi\nline', from: 'b, "the" node', to: "multi\nline", forward: 3, backward: 4 },
      { id: "a--b#2", from: "a", to: "b", forward: 1, backward: 7 },
    ]);
  });

  it("reads columns by name", () => {
    const text = "id,To,from,weight,delay\nx,a,b,2,9\n,a,b,,8\n";
    expect(weights(text)).toEqual([
      ["x", 2, 2],
      ["b--a", 1, 1],
    ]);
    expect(weights(text, "delay")).toEqual([
      ["x", 9, 9],
      ["b--a", 8, 8],
    ]);
    expect(readEdgeList(text).links[0]!.attributes).toEqual({ weight: "2", delay: "9" });
    expect(weights("source,target\na,b")).toEqual([["a--b", 1, 1]]);
    expect(weights("")).toEqual([]);
  });

  it("gives back what was written, whatever the names", () => {
    const name = fc.string({ minLength: 1, maxLength: 6, unit: "binary" });
    const row = fc.tuple(name, name, fc.integer({ min: 1, max: 1e6 }));
    const quotedField = (field: string) => `"${field.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(row, { maxLength: 10 }), (rows) => {
        const text = rows.map(([from, to, weight]) => `${quotedField(from)},${quotedField(to)},${weight}`).join("\n");
        fc.pre(
          !(
            rows[0]
              ?.slice(0, 2)
              .map((field) => String(field).toLowerCase())
              .every((f) => ["from", "to"].includes(f)) ?? false
          ),
        );
        const { links } = readEdgeList(text);
        expect(links.map(({ from, to, forward }) => [from, to, forward])).toEqual(rows);
      }),
    );
  });

  it("says what is wrong, and on which line", () => {
    const cases: [string, string, number][] = [
      ["a,b\na", "STRUCTURE", 2],
      ["a,b\n,b", "STRUCTURE", 2],
      ["a,b,1,2,3", "STRUCTURE", 1],
      ["from,to\na,b,c", "STRUCTURE", 2],
      ["from,to,id\na,b", "STRUCTURE", 2],
      ["from,to,from\n", "STRUCTURE", 1],
      ["a,b\n\n# c\na,b,x", "BAD_WEIGHT", 4],
      ["a,b,0", "BAD_WEIGHT", 1],
      ["a,b,1,-1", "BAD_WEIGHT", 1],
      ['"a\nb",c\na,b,x', "BAD_WEIGHT", 3],
      ['a,b\n"a,b', "SYNTAX", 2],
      ['a,"b"c', "SYNTAX", 1],
      ['a,b"c', "SYNTAX", 1],
      ["from,to,id\na,b,x\na,c,x", "DUPLICATE_ID", 3],
      [",".repeat(5000), "TOO_LARGE", 1],
    ];
    for (const [text, code, line] of cases) {
      let caught: unknown;
      try {
        readEdgeList(text);
      } catch (error) {
        caught = error;
      }
      expect([text, caught]).toEqual([text, expect.any(FormatError)]);
      expect([text, (caught as FormatError).code, (caught as FormatError).line]).toEqual([text, code, line]);
    }
    expect(() => readEdgeList("a,b,1", { weightFrom: "cost" })).toThrow('link "a--b" has no "cost"');
  });
});
