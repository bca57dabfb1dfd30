// Functions on columns give what the plain function gives on records, whether their loops are compiled or not.

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import fc from "fast-check";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Batch,
  type BatchKernel,
  batchFunction,
  bool,
  Columns,
  columns,
  type Fields,
  f64,
  filterKernel,
  i16,
  keyKernel,
  type Layout,
  mapKernel,
  SchemaError,
  u32,
  utf8,
} from "../../src/batch/index.ts";
import { hashTuple, type Key, keys, numberKeys, stringKeys } from "../../src/hash/index.ts";
import { build as buildAny, fieldsArbitrary, recordArbitrary, recordsOf } from "./arbitraries.ts";
import { scenario } from "./kernel-scenario.ts";

const edges = columns({ src: u32, dst: u32, weight: f64, up: bool, name: utf8 });
type EdgeFields = typeof edges.types;
const edge = recordArbitrary(edges.types) as fc.Arbitrary<{
  src: number;
  dst: number;
  weight: number;
  up: boolean;
  name: string;
}>;

function build<F extends Fields>(layout: Layout<Columns<F>>, records: readonly unknown[]): Columns<F> {
  return buildAny(layout as unknown as Layout<Batch>, records) as unknown as Columns<F>;
}

function results(batch: Columns<Fields>): unknown[] {
  return recordsOf(batch as unknown as Batch);
}

for (const codegen of [true, false]) {
  describe(`kernels, ${codegen ? "compiled" : "shared loops"}`, () => {
    it("map gives f of every record", () => {
      const to = columns({ key: utf8, sum: f64, small: i16, flag: bool });
      const f = (e: { src: number; dst: number; weight: number; up: boolean; name: string }) => ({
        key: `${e.name}/${e.src}`,
        sum: e.src + e.dst + (e.up ? e.weight : 0),
        small: (e.src % 1000) - 500,
        flag: !e.up,
      });
      const run = batchFunction(to, mapKernel(edges, to, f, { codegen }));
      fc.assert(
        fc.property(fc.array(edge, { maxLength: 30 }), (records) => {
          const batch = build(edges, records);
          const mapped = run(batch);
          expect(results(mapped)).toStrictEqual(records.map(f));
          expect(results(batch)).toStrictEqual(records);
          mapped.release();
        }),
      );
    });

    it("filter keeps the records for which it holds, whatever their fields", () => {
      fc.assert(
        fc.property(
          fieldsArbitrary.chain((fields) =>
            fc.tuple(fc.constant(fields), fc.array(recordArbitrary(fields), { maxLength: 30 })),
          ),
          fc.func(fc.boolean()),
          ([fields, records], keep) => {
            const layout = columns(fields);
            const run = batchFunction(
              layout,
              filterKernel(layout, (record) => keep(record), { codegen }),
            );
            expect(results(run(build(layout, records)))).toStrictEqual(records.filter((record) => keep(record)));
          },
        ),
      );
    });

    it("see only the fields they say they read, in objects of their own", () => {
      const seen: object[] = [];
      const kernel = filterKernel(
        edges,
        (e) => {
          seen.push(e);
          return e.dst > 1;
        },
        { reads: ["dst", "up"], codegen },
      );
      const batch = build(edges, [
        { src: 1, dst: 1, weight: 0, up: true, name: "a" },
        { src: 2, dst: 2, weight: 0, up: false, name: "b" },
      ]);
      expect(results(batchFunction(edges, kernel)(batch))).toEqual([batch.get(1)]);
      expect(seen).toEqual([
        { dst: 1, up: true },
        { dst: 2, up: false },
      ]);
      expect(() => filterKernel(edges, () => true, { reads: ["none" as "src"], codegen })).toThrow(SchemaError);
    });

    it("hash fields as keys hash their values, several as their tuple", () => {
      fc.assert(
        fc.property(
          fieldsArbitrary.chain((fields) =>
            fc.tuple(fc.constant(fields), fc.array(recordArbitrary(fields), { maxLength: 20 })),
          ),
          fc.nat(),
          ([fields, records], seed) => {
            const layout = columns(fields);
            const names = Object.keys(fields);
            const batch = build(layout, records);
            const hashes = new Uint32Array(records.length + 1).fill(5);
            keyKernel(layout, names, { seed, codegen })(batch, hashes, records.length);
            const expected = records.map((record) =>
              keys.hash(
                names.map((name) => record[name] as Key),
                seed,
              ),
            );
            expect([...hashes]).toEqual([...expected, 5]);
            const name = names[0] as string;
            keyKernel(layout, name, { codegen })(batch, hashes, records.length);
            expect([...hashes].slice(0, -1)).toEqual(records.map((record) => keys.hash(record[name] as Key)));
          },
        ),
      );
    });

    it("hash what a function returns, by the hash that is given", () => {
      fc.assert(
        fc.property(fc.array(edge, { maxLength: 20 }), (records) => {
          const batch = build(edges, records);
          const hashes = new Uint32Array(records.length);
          keyKernel(edges, (e) => [e.name, e.src], { codegen })(batch, hashes, records.length);
          expect([...hashes]).toEqual(records.map((e) => keys.hash([e.name, e.src])));
          const hash = hashTuple<[number, string]>(numberKeys, stringKeys);
          keyKernel(edges, (e): [number, string] => [e.weight, e.name], { hash, seed: 3, codegen })(
            batch,
            hashes,
            records.length,
          );
          expect([...hashes]).toEqual(records.map((e) => hash.hash([e.weight, e.name], 3)));
        }),
      );
      expect(() => keyKernel(edges, "src", { codegen })(edges.empty(), new Uint32Array(0), 1)).toThrow(RangeError);
      expect(() => keyKernel(edges, "none" as "src", { codegen })).toThrow(SchemaError);
    });

    it("take slices and batches larger than a builder's capacity", () => {
      const records = Array.from({ length: 5000 }, (_, src) => ({
        src,
        dst: src * 2,
        weight: src / 2,
        up: src % 3 === 0,
        name: `${src}`,
      }));
      const part = edges.slice(build(edges, records), 7, 4990);
      const kept = batchFunction(
        edges,
        filterKernel(edges, (e) => e.up, { codegen }),
      )(part);
      expect(results(kept)).toEqual(records.slice(7, 4990).filter((e) => e.up));
    });
  });
}

describe("batch kernels", () => {
  const halve: BatchKernel<EdgeFields, { a: "u32"; t: "utf8" }> = (input, output, n) => {
    let k = 0;
    for (let i = 0; i < n; i += 2) {
      output.a[k] = input.src[i] as number;
      output.t.appendFrom(k, input.name, i);
      k++;
    }
    return k;
  };

  it("written by hand run as the compiled ones do", () => {
    const to = columns({ a: u32, t: utf8 });
    const run = batchFunction(to, halve);
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 30 }), (records) => {
        const expected = records.filter((_, i) => i % 2 === 0).map((e) => ({ a: e.src, t: e.name }));
        expect(results(run(build(edges, records)))).toStrictEqual(expected);
      }),
    );
  });

  it("use the memory of released results again", () => {
    const to = columns({ a: u32, t: utf8 });
    const run = batchFunction(to, halve);
    const batch = build(edges, [{ src: 9, dst: 0, weight: 0, up: true, name: "nine" }]);
    const first = run(batch);
    const memory = first.columns.a.buffer;
    first.release();
    const later = [run(batch), run(batch)];
    expect(later.map((result) => result.columns.a.buffer)).toContain(memory);
    for (const result of later) expect(results(result)).toEqual([{ a: 9, t: "nine" }]);
  });

  it("that miscount are refused", () => {
    const batch = new Columns(columns({ a: u32 }), 1, { a: new Uint32Array(1) });
    for (const count of [2, -1, NaN, 0.5]) {
      expect(() => batchFunction(columns({ a: u32 }), () => count)(batch)).toThrow(RangeError);
    }
  });
});

// The same scenario in a process that makes no code from strings: rule 12's other leg. Sources are transpiled aside, since
// such a process can't use a loader that needs them.
describe("where code generation from strings is disallowed", () => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  let folder = "";

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "limmat-kernels-"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    const sources = ["src/batch", "src/hash", "src/codec", "src/wasm"].flatMap((directory) =>
      readdirSync(join(root, directory)).map((name) => join(root, directory, name)),
    );
    for (const file of [...sources, join(root, "src/errors.ts"), join(root, "test/batch/kernel-scenario.ts")]) {
      const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ES2022,
          verbatimModuleSyntax: true,
          rewriteRelativeImportExtensions: true,
        },
      });
      const target = join(folder, relative(root, file)).replace(/\.ts$/, ".js");
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, outputText);
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const run = (flags: readonly string[]): unknown => {
    const url = pathToFileURL(join(folder, "test/batch/kernel-scenario.js")).href;
    const script = `import { scenario } from ${JSON.stringify(url)}; console.log(JSON.stringify(scenario()));`;
    const child = spawnSync(process.execPath, [...flags, "--input-type=module", "--eval", script], {
      encoding: "utf8",
    });
    expect(child.stderr).toBe("");
    return JSON.parse(child.stdout);
  };

  it("all results are the same", () => {
    const here = JSON.parse(JSON.stringify(scenario())) as { codegen: boolean };
    expect(here.codegen).toBe(true);
    expect(run([])).toEqual(here);
    expect(run(["--disallow-code-generation-from-strings"])).toEqual({ ...here, codegen: false });
  });
});
