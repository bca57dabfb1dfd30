// Who may use a batch and until when (engine rule 6): counts, copies exactly where they are needed, and loud misuse.

import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Batch,
  type Columns,
  columns,
  inDevelopment,
  type Layout,
  ReleasedBatchError,
  Rows,
  rows,
  setDevelopment,
  u32,
  utf8,
} from "../../src/batch/index.ts";
import { LimmatError } from "../../src/errors.ts";
import { build, cases, recordsOf } from "./arbitraries.ts";

const edges = columns({ src: u32, name: utf8 });
const edge = (src: number): { src: number; name: string } => ({ src, name: `n${src}` });

function owned(): Columns<typeof edges.types> {
  const builder = edges.builder(4);
  for (let i = 0; i < 3; i++) builder.push(edge(i));
  return builder.finish();
}

function borrowed(onReleased?: () => void): { batch: Columns<typeof edges.types>; memory: Uint8Array } {
  const batch = owned();
  const memory = new Uint8Array(edges.byteLength(batch));
  edges.encode(batch, memory, 0);
  return { batch: edges.decode(memory, 0, memory.length, onReleased === undefined ? {} : { onReleased }), memory };
}

beforeEach(() => setDevelopment(true));
afterEach(() => setDevelopment(true));

describe("ownership", () => {
  it("an owned batch is retained as it is and lives until its last reference goes", () => {
    for (const batch of [owned(), new Rows([edge(0), edge(1), edge(2)])]) {
      const kept = batch.retain();
      expect(kept).toBe(batch);
      batch.release();
      expect(recordsOf(kept as Batch)).toEqual([edge(0), edge(1), edge(2)]);
      kept.release();
      expect(() => kept.length).toThrow(ReleasedBatchError);
    }
  });

  it("a borrowed batch is retained by copy, with a count of its own", () => {
    const { batch, memory } = borrowed();
    const kept = batch.retain();
    expect(kept).not.toBe(batch);
    expect(kept.borrowed).toBe(false);
    batch.release();
    memory.fill(1);
    expect(recordsOf(kept as unknown as Batch)).toEqual([edge(0), edge(1), edge(2)]);
    kept.release();
    expect(() => kept.columns).toThrow(ReleasedBatchError);
  });

  it("take gives a sole owned batch itself, and survives the engine's release", () => {
    const batch = owned();
    const mine = batch.take();
    expect(mine).toBe(batch);
    batch.release();
    mine.columns.src[0] = 42;
    expect(mine.get(0).src).toBe(42);
    // Claimed already: a second claim gets a copy.
    expect(mine.take()).toBe(mine);
  });

  it("take copies what somebody else still has: a consumer, a keeper, a claimant, a lender, a whole", () => {
    const shared = owned().share(1);
    expect(shared.take()).not.toBe(shared);
    shared.release();
    expect(shared.take()).toBe(shared);

    const kept = owned();
    kept.retain();
    expect(kept.take()).not.toBe(kept);

    const claimed = owned();
    claimed.take();
    expect(claimed.take()).not.toBe(claimed);

    const { batch } = borrowed();
    expect(batch.take()).not.toBe(batch);

    const whole = owned();
    const part = edges.slice(whole, 1, 3);
    const mine = part.take();
    mine.columns.src[0] = 99;
    expect(whole.get(1).src).toBe(1);
    expect(whole.take()).not.toBe(whole);
    part.release();
    expect(whole.take()).toBe(whole);
  });

  it("changing what was taken never shows elsewhere", () => {
    fc.assert(
      fc.property(cases, fc.nat(2), ({ layout, records }, more) => {
        const batch = build(layout, records);
        const others = Array.from({ length: more }, () => batch.share(1));
        const mine = batch.take();
        if (mine instanceof Rows) (mine.data as unknown[]).fill("changed");
        else
          for (const column of Object.values(mine.columns))
            if (ArrayBuffer.isView(column)) (column as Uint8Array).fill(1);
        if (others.length > 0) expect(recordsOf(batch)).toStrictEqual(records);
      }),
    );
  });

  it("gives lent memory back once, with the last reference", () => {
    let returned = 0;
    const { batch } = borrowed(() => {
      returned += 1;
    });
    batch.share(2);
    batch.release();
    batch.release();
    expect(returned).toBe(0);
    batch.release();
    expect(returned).toBe(1);
    expect(() => batch.release()).toThrow(ReleasedBatchError);
    expect(returned).toBe(1);
  });

  it("a part keeps its whole until it is released", () => {
    let returned = 0;
    const { batch } = borrowed(() => {
      returned += 1;
    });
    const part = edges.slice(batch, 1, 2);
    expect(part.borrowed).toBe(true);
    batch.release();
    expect(returned).toBe(0);
    expect(part.get(0)).toEqual(edge(1));
    part.release();
    expect(returned).toBe(1);
  });

  it("rows that came with a lender tell it too", () => {
    let returned = 0;
    const layout = rows<number>();
    const bytes = new Uint8Array(layout.byteLength(new Rows([1])));
    layout.encode(new Rows([1]), bytes, 0);
    const batch = layout.decode(bytes, 0, bytes.length, {
      onReleased: () => {
        returned += 1;
      },
    });
    expect(batch.borrowed).toBe(false);
    batch.release();
    expect(returned).toBe(1);
  });

  it("decoded memory that was handed over is owned", () => {
    const { memory } = borrowed();
    const batch = edges.decode(memory, 0, memory.length, { own: true });
    expect(batch.borrowed).toBe(false);
    expect(batch.retain()).toBe(batch);
  });

  it("uses released memory of builders again, and only then", () => {
    const builder = edges.builder(4);
    const build2 = (): Columns<typeof edges.types> => {
      builder.push(edge(7));
      builder.push(edge(8));
      return builder.finish();
    };
    const first = build2();
    const memory = first.columns.src.buffer;
    const second = build2();
    expect(second.columns.src.buffer).not.toBe(memory);
    first.release();
    const third = [build2(), build2()];
    expect(third.some((batch) => batch.columns.src.buffer === memory)).toBe(true);
    for (const batch of [second, ...third]) expect(recordsOf(batch as unknown as Batch)).toEqual([edge(7), edge(8)]);
  });
});

describe("a released batch, in development", () => {
  it("throws whatever is done with it, and what was kept of it is overwritten", () => {
    for (const make of [owned, () => borrowed().batch]) {
      const batch = make();
      const { src, name } = batch.columns;
      batch.release();
      const uses: (() => unknown)[] = [
        () => batch.length,
        () => batch.columns,
        () => batch.get(0),
        () => batch.retain(),
        () => batch.take(),
        () => batch.share(1),
        () => batch.release(),
        () => edges.byteLength(batch),
        () => edges.slice(batch, 0, 0),
        () => edges.builder().pushFrom(batch, 0),
      ];
      for (const use of uses) {
        const caught = ((): unknown => {
          try {
            return use();
          } catch (error) {
            return error;
          }
        })();
        expect(caught).toBeInstanceOf(ReleasedBatchError);
        expect(caught).toBeInstanceOf(LimmatError);
        expect((caught as ReleasedBatchError).code).toBe("RELEASED_BATCH");
      }
      expect(src[0]).toBe(0xdbdbdbdb);
      expect(() => name.at(1)).toThrow();
    }
  });

  it("leaves no rows behind in the array either", () => {
    const batch = new Rows([{ a: 1 }, { a: 2 }]);
    const { data } = batch;
    batch.release();
    expect(() => batch.data).toThrow(ReleasedBatchError);
    expect(() => batch.length).toThrow(ReleasedBatchError);
    expect(() => data[0]?.a).toThrow(ReleasedBatchError);
    expect(() => `${(data as unknown[])[1]}`).toThrow(ReleasedBatchError);
  });

  it("leaves an array alone that is frozen, and records that were kept by themselves", () => {
    const record = { a: 1 };
    const data = Object.freeze([record]);
    const batch = new Rows(data);
    batch.release();
    expect(data[0]).toBe(record);
    const other = new Rows([record]);
    const kept = other.get(0);
    other.release();
    expect(kept.a).toBe(1);
  });

  it("does not overwrite a whole when a part goes", () => {
    fc.assert(
      fc.property(cases, ({ layout, records }) => {
        const whole = build(layout, records);
        layout.slice(whole, 0, whole.length).release();
        expect(recordsOf(whole)).toStrictEqual(records);
      }),
    );
  });
});

describe("a released batch, in production", () => {
  it("keeps its content, for nothing was paid to take it away; its count is still kept", () => {
    setDevelopment(false);
    expect(inDevelopment()).toBe(false);
    const layouts: [Layout<Batch>, Batch][] = [
      [edges as unknown as Layout<Batch>, owned() as unknown as Batch],
      [rows<unknown>() as unknown as Layout<Batch>, new Rows<unknown>([1, 2, 3])],
    ];
    for (const [layout, batch] of layouts) {
      batch.release();
      expect(batch.length).toBe(3);
      expect(recordsOf(batch).length).toBe(3);
      expect(layout.byteLength(batch)).toBeGreaterThan(0);
      expect(() => batch.retain()).toThrow(ReleasedBatchError);
      expect(() => batch.release()).toThrow(ReleasedBatchError);
    }
  });
});
