import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Batch,
  branch,
  branchWhen,
  byColumns,
  byKey,
  type Columns,
  columns,
  type Exchange,
  f64,
  GraphError,
  type Input,
  input,
  inspect,
  type Layout,
  partition,
  type RecordOf,
  type Rows,
  rows,
  type Stream,
  solo,
  u32,
  utf8,
} from "../../../src/index.ts";
import { partition as partitionOracle } from "../../oracle/partition.ts";

const layout = columns({ n: u32, text: utf8, half: f64 });
type Fields = typeof layout.types;

/** The records that arrive on each of several streams, with their times, when all of `fed` was sent. */
function arrivals<B extends Batch>(
  kind: Layout<B>,
  fed: readonly (readonly [number, readonly RecordOf<B>[]])[],
  divide: (stream: Stream<number, B>) => readonly Stream<number, B>[],
): [number, unknown][][] {
  const worker = solo();
  const found: [number, unknown][][] = [];
  const feed: Input<number, B> = worker.dataflow((scope) => {
    const feed = input(scope, kind);
    for (const part of divide(feed.stream)) {
      const seen: [number, unknown][] = [];
      found.push(seen);
      part.pipe(inspect((record, time) => seen.push([time, record])));
    }
    return feed;
  });
  for (const [time, records] of fed) {
    feed.advanceTo(time);
    feed.send(...records);
    feed.flush();
  }
  feed.close();
  worker.run();
  return found;
}

const someRecords = fc.array(fc.record({ n: fc.nat(), text: fc.string({ maxLength: 4 }), half: fc.nat(9) }), {
  maxLength: 30,
});
const feeds = fc.array(someRecords, { maxLength: 4 }).map((each) => each.map((records, i) => [i, records] as const));

describe("partition", () => {
  it.each([
    ["rows", rows<{ n: number; text: string; half: number }>() as unknown as Layout<Columns<Fields>>],
    ["columns", layout],
  ] as const)("of %s: each record is in the part that the function says, in its order", (_, kind) => {
    fc.assert(
      fc.property(feeds, fc.integer({ min: 1, max: 5 }), (fed, parts) => {
        const found = arrivals(kind, fed, (stream) => stream.pipe(partition(parts, ({ n }) => n % parts)));
        const sent = fed.flatMap(([time, records]) =>
          records.map((record) => [time, record] as [number, typeof record]),
        );
        const targets = sent.map(([, { n }]) => n % parts);
        expect(found).toEqual(partitionOracle(sent, targets, parts));
      }),
      { numRuns: 60 },
    );
  });

  it("spreads by hash, as exchange does", () => {
    const fed = [[0, Array.from({ length: 100 }, (_, n) => ({ n, text: `${n % 7}`, half: n / 2 }))]] as const;
    const byText = arrivals(layout, fed, (stream) => stream.pipe(partition(3, byColumns(layout, "text"))));
    expect(byText.map((part) => part.length).reduce((a, b) => a + b)).toBe(100);
    const homes = byText.map((part) => new Set(part.map(([, record]) => (record as { text: string }).text)));
    for (const text of ["0", "1", "2", "3", "4", "5", "6"]) {
      expect(homes.filter((home) => home.has(text))).toHaveLength(1);
    }
    const asRows = arrivals(rows<{ n: number; text: string; half: number }>(), fed, (stream) =>
      stream.pipe(
        partition(
          3,
          byKey(({ text }) => text),
        ),
      ),
    );
    expect(asRows).toEqual(byText);
  });

  it.each([-1, 3, 0.5, Number.NaN])("refuses part %s", (part) => {
    const sent = [[0, [{ n: 1, text: "", half: part }]]] as const;
    const message = new RegExp(`partition .* record 0 of a batch is routed to part ${part}: parts are 0 to 2`);
    expect(() => arrivals(layout, sent, (stream) => stream.pipe(partition(3, ({ half }) => half)))).toThrow(message);
    expect(() =>
      arrivals(rows<{ half: number }>(), sent, (stream) => stream.pipe(partition(3, ({ half }) => half))),
    ).toThrow(message);
  });

  it("refuses a pact that names a part that is not there", () => {
    const astray: Exchange<Rows<number>> = { kind: "worker", target: (_, __, targets) => void targets.fill(9) };
    expect(() => arrivals(rows<number>(), [[0, [1]]], (stream) => stream.pipe(partition(2, astray)))).toThrow(
      /worker 9/,
    );
  });

  it.each([0, -1, 1.5])("refuses %s parts", (parts) => {
    expect(() => arrivals(rows<number>(), [], (stream) => stream.pipe(partition(parts, () => 0)))).toThrow(GraphError);
  });
});

describe("branch", () => {
  it.each([
    ["rows", rows<{ n: number; text: string; half: number }>() as unknown as Layout<Columns<Fields>>],
    ["columns", layout],
  ] as const)("of %s: divides by record and time", (_, kind) => {
    fc.assert(
      fc.property(feeds, (fed) => {
        const holds = (n: number, time: number) => (n + time) % 2 === 0;
        const [yes, no] = arrivals(kind, fed, (stream) => {
          const { yes, no } = stream.pipe(branch(({ n }, time) => holds(n, time)));
          return [yes, no];
        });
        const sent = fed.flatMap(([time, records]) => records.map((record) => [time, record] as const));
        expect(yes).toEqual(sent.filter(([time, { n }]) => holds(n, time)));
        expect(no).toEqual(sent.filter(([time, { n }]) => !holds(n, time)));
      }),
      { numRuns: 60 },
    );
  });
});

describe("branchWhen", () => {
  it("divides by time", () => {
    const fed = [
      [0, [1, 2]],
      [3, [3]],
      [4, [4]],
    ] as const;
    const divide = <B extends Batch>(stream: Stream<number, B>) => {
      const { yes, no } = stream.pipe(branchWhen((time: number) => time >= 3)) as {
        yes: Stream<number, B>;
        no: Stream<number, B>;
      };
      return [yes, no];
    };
    expect(arrivals<Rows<number>>(rows(), fed, divide)).toEqual([
      [
        [3, 3],
        [4, 4],
      ],
      [
        [0, 1],
        [0, 2],
      ],
    ]);
    const numbers = columns({ n: u32 });
    const asColumns = fed.map(([time, all]) => [time, all.map((n) => ({ n }))] as const);
    expect(arrivals(numbers, asColumns, divide)).toEqual([
      [
        [3, { n: 3 }],
        [4, { n: 4 }],
      ],
      [
        [0, { n: 1 }],
        [0, { n: 2 }],
      ],
    ]);
  });
});
