// Schemas keep their order, are frozen, and refuse what can't be a column.

import { describe, expect, expectTypeOf, it } from "vitest";
import {
  type Batch,
  bool,
  Columns,
  type ColumnType,
  columns,
  type Fields,
  f64,
  type Layout,
  type RecordOf,
  type Rows,
  rows,
  SchemaError,
  u8,
  u32,
  utf8,
} from "../../src/batch/index.ts";
import { BYTE_ORDER } from "../../src/codec/bytes.ts";

describe("columns()", () => {
  const edges = columns({ src: u32, dst: u32, weight: f64, up: bool, name: utf8 });

  it("describes fields in declaration order", () => {
    expect(edges.fields.map(({ name }) => name)).toEqual(["src", "dst", "weight", "up", "name"]);
    expect(edges.fingerprint).toBe(`columns-${BYTE_ORDER}(src:u32,dst:u32,weight:f64,up:bool,name:utf8)`);
    expect(edges.recordBytes).toBe(4 + 4 + 8 + 1 + 4);
    expect(edges.types).toEqual({ src: "u32", dst: "u32", weight: "f64", up: "bool", name: "utf8" });
  });

  it("is frozen, fields and all", () => {
    for (const part of [edges, edges.fields, edges.fields[0], edges.types]) expect(Object.isFrozen(part)).toBe(true);
  });

  it("is not changed by changing what it was made from", () => {
    const types: { a: ColumnType } = { a: u8 };
    const schema = columns(types);
    types.a = f64;
    expect(schema.types.a).toBe(u8);
  });

  it.each<[string, Fields, string | undefined]>([
    ["no field", {}, undefined],
    ["an integer-like name", { "0": u8 }, "0"],
    ["a name that is no identifier", { "a b": u8 }, "a b"],
    ["code for a name", { "a;process.exit()": u8 }, "a;process.exit()"],
    ["an unknown type", { a: "u64" as ColumnType }, "a"],
    ["an inherited name for a type", { a: "toString" as ColumnType }, "a"],
  ])("refuses %s", (_name, types, field) => {
    const caught = ((): unknown => {
      try {
        return columns(types);
      } catch (error) {
        return error;
      }
    })();
    expect(caught).toBeInstanceOf(SchemaError);
    expect(caught).toMatchObject({ code: "SCHEMA", field });
  });

  it("refuses __proto__ as a name", () => {
    expect(() => columns(JSON.parse('{"__proto__":"u8"}') as Record<string, ColumnType>)).toThrow(SchemaError);
  });

  it("gives types of columns and records", () => {
    const batch = edges.empty();
    expectTypeOf(batch).toEqualTypeOf<
      Columns<{
        readonly src: "u32";
        readonly dst: "u32";
        readonly weight: "f64";
        readonly up: "bool";
        readonly name: "utf8";
      }>
    >();
    expectTypeOf(batch.columns.src).toEqualTypeOf<Uint32Array>();
    expectTypeOf<RecordOf<typeof batch>>().toEqualTypeOf<{
      src: number;
      dst: number;
      weight: number;
      up: boolean;
      name: string;
    }>();
    expectTypeOf<RecordOf<Rows<{ a: 1 }>>>().toEqualTypeOf<{ a: 1 }>();
    expectTypeOf(batch).toExtend<Batch>();
    expectTypeOf<Rows<number>>().toExtend<Batch>();
    expectTypeOf<Rows<number>>().not.toExtend<Columns<{ a: "u8" }>>();
    expectTypeOf(rows<string>()).toExtend<Layout<Rows<string>>>();
    expectTypeOf(edges).toExtend<Layout<typeof batch>>();
    // @ts-expect-error: a record lacks a field
    expect(() => edges.builder().push({ src: 1, dst: 2, weight: 1, up: true })).toThrow();
    // @ts-expect-error: a column is of another type
    expect(new Columns(columns({ a: u32 }), 0, { a: new Float64Array(0) }).length).toBe(0);
  });
});
