import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  FormatError,
  type ReadOptions,
  readEdgeList,
  readGraphml,
  readTopohub,
  readTopology,
} from "../../src/formats/index.ts";
import { type Topology, validateTopology } from "../../src/network/index.ts";

type Reader = (text: string, options?: ReadOptions) => Topology;

const GRAPHML = `<?xml version="1.0"?><!DOCTYPE graphml><graphml><key id="w" for="edge" attr.name="weight" attr.type="double">
<default>2</default></key><graph id="g"><data key="x">y</data><node id="a"><data key="w">1</data></node><node id="b&amp;"/>
<edge id="e" source="a" target="b&amp;"><data key="w"><![CDATA[3]]></data></edge><edge source="a" target="a"/></graph></graphml>`;
const JSON_TEXT = `{"graph":{"name":"g"},"nodes":[{"id":0,"pos":[1,2]},{"id":"b","name":"B"}],"edges":[{"source":0,"target":"b","id":"e",
"weight":1.5},{"source":"b","target":0,"dist":7}]}`;
const CSV = `# links\nfrom,to,id,weight,backward\na,b,e,1,2\n"a ""x""",b,,,\nb,a,,0.5,\n`;

const cases: [string, Reader, string][] = [
  ["readGraphml", readGraphml, GRAPHML],
  ["readTopohub", readTopohub, JSON_TEXT],
  ["readEdgeList", readEdgeList, CSV],
];

/** The text with some stretches cut, doubled or overwritten. */
function damaged(text: string): fc.Arbitrary<string> {
  const cut = fc.tuple(
    fc.nat(text.length),
    fc.nat(12),
    fc.constantFrom("drop", "double", "write"),
    fc.string({ maxLength: 6 }),
  );
  return fc.array(cut, { minLength: 1, maxLength: 3 }).map((cuts) => {
    let result = text;
    for (const [at, length, how, other] of cuts) {
      const piece = result.slice(at, at + length);
      const put = how === "drop" ? "" : how === "double" ? piece + piece : other;
      result = result.slice(0, at) + put + result.slice(at + length);
    }
    return result;
  });
}

describe("importers given damaged files", () => {
  it.each(cases)("%s gives a sound topology or a FormatError, nothing else", (_, read, text) => {
    expect(read(text).links.length).toBeGreaterThan(1);
    let refused = 0;
    let accepted = 0;
    const options = fc.constantFrom<ReadOptions>({}, { weightFrom: "weight" }, { weightFrom: "__proto__" });
    fc.assert(
      fc.property(
        fc.oneof({ weight: 9, arbitrary: damaged(text) }, { weight: 1, arbitrary: fc.string({ unit: "binary" }) }),
        options,
        (input, how) => {
          try {
            validateTopology(read(input, how));
            accepted++;
          } catch (error) {
            expect(error).toBeInstanceOf(FormatError);
            refused++;
          }
        },
      ),
      { numRuns: 1000 },
    );
    expect(Math.min(refused, accepted)).toBeGreaterThan(5);
  });
});

describe("readTopology", () => {
  it("goes by extension, else by content, and names the nameless after the file", () => {
    expect(readTopology("x/net.graphml", GRAPHML).name).toBe("g");
    expect(readTopology("C:\\net.JSON", JSON_TEXT).name).toBe("g");
    expect(readTopology("x/links.csv", CSV)).toEqual({ ...readEdgeList(CSV), name: "links" });
    for (const [, read, text] of cases) {
      expect(readTopology("stdin", `\uFEFF \n${text}`.replace(" \n<?xml", "<?xml")).nodes).toEqual(read(text).nodes);
    }
    expect(() => readTopology("net.json", CSV)).toThrow(FormatError);
  });
});
