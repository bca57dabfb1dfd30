// js-keyed-count: how many records each of a thousand keys has, once all are there. Each library gets the records in the form it takes,
// made beforehand, in portions where it takes portions; those that keep versions get all in one.
import * as electric from "@electric-sql/d2ts";
import {
  aggregate,
  byColumns,
  Columns,
  columns,
  input,
  inspect,
  inspectBatch,
  probe,
  Rows,
  u32,
  unaryFrontier,
  type Worker,
} from "@limmat/timely-core";
import * as tanstack from "@tanstack/db-ivm";
import * as rxjs from "rxjs";
import { RandomNumbers } from "../../examples/dataflows/random-numbers.ts";
import type { Contestant } from "./contest.ts";
import { KeyCounts } from "./key-counts.ts";

const portion = 10_000;
const groups = 1000;
const records = columns({ key: u32, value: u32 });
const totals = columns({ key: u32, count: u32 });
const byItsKey = byColumns(records, "key");

/** A row: its key and its value. */
type Row = [key: number, value: number];

/** All contestants, with `count` random records. */
export function keyedCount(worker: Worker, count: number): Contestant[] {
  const numbers = new RandomNumbers(0, 1);
  const data = Array.from({ length: count }, (_, value): Row => [numbers.below(groups), value]);
  const portions = Array.from({ length: count / portion }, (_, i) => data.slice(i * portion, (i + 1) * portion));
  return [
    ofColumns(worker, portions),
    ofRows(worker, portions),
    ofRxjs(data),
    ofTanstack(portions),
    ofElectric(portions),
  ];
}

/** What all come to: a sum that changes with any count. */
const term = (key: number, count: number) => (key + 1) * count;

function ofColumns(worker: Worker, portions: readonly Row[][]): Contestant {
  const batches = portions.map((portion) => ({
    key: Uint32Array.from(portion, ([key]) => key),
    value: Uint32Array.from(portion, ([, value]) => value),
  }));
  return {
    name: "columns",
    run() {
      let sum = 0;
      const { feed, done } = worker.dataflow((scope) => {
        const feed = input(scope, records);
        const done = feed.stream.pipe(
          unaryFrontier("count", byItsKey, totals, (capability) => {
            const counts = new KeyCounts();
            return (port, output) => {
              port.forEach((_, { columns: { key }, length }) => counts.add(key, length));
              if (!capability.live || port.frontier.lessEqual(capability.time)) return;
              const session = output.session(capability);
              session.giveBatch(new Columns(totals, counts.size, counts.entries()));
              capability.release();
            };
          }),
          inspectBatch(({ columns: { key, count }, length }) => {
            for (let i = 0; i < length; i++) sum += term(key[i] as number, count[i] as number);
          }),
          probe(),
        );
        return { feed, done };
      });
      for (const columns of batches) {
        feed.sendBatch(new Columns(records, columns.key.length, columns));
        worker.step();
      }
      feed.close();
      worker.stepWhile(() => !done.done);
      return sum;
    },
  };
}

function ofRows(worker: Worker, portions: readonly Row[][]): Contestant {
  return {
    name: "rows",
    run() {
      let sum = 0;
      const { feed, done } = worker.dataflow((scope) => {
        const feed = input<Row>(scope);
        const done = feed.stream.pipe(
          aggregate({
            key: ([key]: Row) => key,
            initial: () => 0,
            fold: (count: number) => count + 1,
            emit: (key, count) => [key, count] as const,
          }),
          inspect(([key, count]) => {
            sum += term(key, count);
          }),
          probe(),
        );
        return { feed, done };
      });
      for (const portion of portions) {
        feed.sendBatch(new Rows(portion));
        worker.step();
      }
      feed.close();
      worker.stepWhile(() => !done.done);
      return sum;
    },
  };
}

function ofRxjs(data: readonly Row[]): Contestant {
  return {
    name: "rxjs",
    run() {
      let sum = 0;
      // Six times as fast as groupBy with a count of each group.
      const counts = rxjs
        .from(data)
        .pipe(rxjs.reduce((counts, [key]) => counts.set(key, (counts.get(key) ?? 0) + 1), new Map<number, number>()));
      counts.subscribe((each) => {
        each.forEach((count, key) => {
          sum += term(key, count);
        });
      });
      return sum;
    },
  };
}

function ofTanstack(portions: readonly Row[][]): Contestant {
  const sets = portions.map((portion) => new tanstack.MultiSet<Row>(portion.map((row) => [row, 1])));
  return {
    name: "@tanstack/db-ivm",
    run() {
      let sum = 0;
      const graph = new tanstack.D2();
      const feed = graph.newInput<Row>();
      feed.pipe(
        // Twice as fast as groupBy with its count.
        tanstack.reduce<number, number, number, Row>((values) => [[multiplicities(values), 1]]),
        tanstack.output((changes) => {
          for (const [[key, count], diff] of changes.getInner()) sum += diff * term(key, count);
        }),
      );
      graph.finalize();
      for (const set of sets) feed.sendData(set);
      graph.run();
      return sum;
    },
  };
}

function ofElectric(portions: readonly Row[][]): Contestant {
  const sets = portions.map((portion) => new electric.MultiSet<Row>(portion.map((row) => [row, 1])));
  return {
    name: "@electric-sql/d2ts",
    run() {
      let sum = 0;
      const graph = new electric.D2({ initialFrontier: 0 });
      const feed = graph.newInput<Row>();
      feed.pipe(
        electric.count(),
        electric.output((message) => {
          if (message.type !== electric.MessageType.DATA) return;
          for (const [[key, count], diff] of message.data.collection.getInner()) sum += diff * term(key, count);
        }),
      );
      graph.finalize();
      for (const set of sets) feed.sendData(0, set);
      feed.sendFrontier(1);
      graph.run();
      return sum;
    },
  };
}

function multiplicities(values: readonly (readonly [unknown, number])[]): number {
  let sum = 0;
  for (const [, multiplicity] of values) sum += multiplicity;
  return sum;
}
