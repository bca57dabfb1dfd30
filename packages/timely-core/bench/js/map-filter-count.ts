// js-map-filter-count: numbers are doubled, every third is kept, and what is left is counted: two functions of the user's, operator by
// operator. Each library gets the numbers in the form it takes, made beforehand, in portions where it takes portions.
import * as electric from "@electric-sql/d2ts";
import {
  Columns,
  columns,
  filter,
  filterColumns,
  input,
  inspectBatch,
  map,
  mapColumns,
  probe,
  Rows,
  u32,
  type Worker,
} from "@limmat/timely-core";
import * as tanstack from "@tanstack/db-ivm";
import * as rxjs from "rxjs";
import type { Contestant } from "./contest.ts";

const portion = 10_000;
const numbers = columns({ n: u32 });

const double = (n: number) => 2 * n + 1;
const third = (n: number) => n % 3 === 0;
type NumberFields = typeof numbers.types;
// Kept, so that every run's dataflow has the same loops, as later dataflows of a program have.
const doubleField = ({ n }: { n: number }) => ({ n: 2 * n + 1 });
const thirdField = ({ n }: { n: number }) => n % 3 === 0;

/** All contestants, with the numbers below `records`. */
export function mapFilterCount(worker: Worker, records: number): Contestant[] {
  const data = Array.from({ length: records }, (_, n) => n);
  const portions = Array.from({ length: records / portion }, (_, i) => data.slice(i * portion, (i + 1) * portion));
  return [
    ofColumns(worker, portions),
    ofRows(worker, portions),
    ofRxjs(data),
    ofTanstack(portions),
    ofElectric(portions),
  ];
}

function ofColumns(worker: Worker, portions: readonly number[][]): Contestant {
  const batches = portions.map((portion) => Uint32Array.from(portion));
  return {
    name: "columns",
    run() {
      let counted = 0;
      const { feed, done } = worker.dataflow((scope) => {
        const feed = input(scope, numbers);
        const done = feed.stream.pipe(
          mapColumns<number, NumberFields, NumberFields>(numbers, doubleField),
          filterColumns<number, NumberFields>(thirdField),
          inspectBatch((batch) => {
            counted += batch.length;
          }),
          probe(),
        );
        return { feed, done };
      });
      for (const n of batches) {
        feed.sendBatch(new Columns(numbers, n.length, { n }));
        worker.step();
      }
      feed.close();
      worker.stepWhile(() => !done.done);
      return counted;
    },
  };
}

function ofRows(worker: Worker, portions: readonly number[][]): Contestant {
  return {
    name: "rows",
    run() {
      let counted = 0;
      const { feed, done } = worker.dataflow((scope) => {
        const feed = input<number>(scope);
        const done = feed.stream.pipe(
          map(double),
          filter(third),
          inspectBatch((batch) => {
            counted += batch.length;
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
      return counted;
    },
  };
}

function ofRxjs(data: readonly number[]): Contestant {
  return {
    name: "rxjs",
    run() {
      let counted = 0;
      const count = rxjs.from(data).pipe(rxjs.map(double), rxjs.filter(third), rxjs.count());
      count.subscribe((sum) => {
        counted = sum;
      });
      return counted;
    },
  };
}

function ofTanstack(portions: readonly number[][]): Contestant {
  const sets = portions.map((portion) => new tanstack.MultiSet(portion.map((n) => [n, 1])));
  return {
    name: "@tanstack/db-ivm",
    run() {
      let counted = 0;
      const graph = new tanstack.D2();
      const feed = graph.newInput<number>();
      feed.pipe(
        tanstack.map(double),
        tanstack.filter(third),
        tanstack.output((kept) => {
          counted += kept.getInner().length;
        }),
      );
      graph.finalize();
      for (const set of sets) {
        feed.sendData(set);
        graph.run();
      }
      return counted;
    },
  };
}

function ofElectric(portions: readonly number[][]): Contestant {
  const sets = portions.map((portion) => new electric.MultiSet<number>(portion.map((n) => [n, 1])));
  return {
    name: "@electric-sql/d2ts",
    run() {
      let counted = 0;
      const graph = new electric.D2({ initialFrontier: 0 });
      const feed = graph.newInput<number>();
      feed.pipe(
        electric.map(double),
        electric.filter(third),
        electric.output((message) => {
          if (message.type === electric.MessageType.DATA) counted += message.data.collection.getInner().length;
        }),
      );
      graph.finalize();
      for (const set of sets) {
        feed.sendData(0, set);
        graph.run();
      }
      feed.sendFrontier(1);
      graph.run();
      return counted;
    },
  };
}
