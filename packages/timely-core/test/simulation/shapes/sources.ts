// Shapes whose records come from operators that run when they ask to: after a while, or once flow control lets them.

import {
  type Batch,
  byColumns,
  byWorker,
  type Columns,
  columns,
  concat,
  type Delivery,
  exchange,
  flowControl,
  type Layout,
  map,
  type Pact,
  type Probe,
  probe,
  type RecordOf,
  type Rows,
  rows,
  type Stream,
  source,
  u32,
  unaryFrontier,
} from "../../../src/index.ts";
import { drawFeed, drawIntegers, flow, recordsOf, type Shape } from "./shape.ts";
import { PromiseError, watch } from "./watch.ts";

type Numbers = Stream<number, Rows<number>>;

const ticks = 6;

/** What every worker's source sends: its number at each time. */
function sent(workers: number): [number, number][] {
  return Array.from({ length: ticks * workers }, (_, i) => [Math.floor(i / workers), 100 + (i % workers)]);
}

const sleepy = flow({
  name: "a source that sleeps between its times",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream], scope) =>
    source(scope, rows<number>(), (capability, info) => (output) => {
      if (!capability.live) return; // activated once too often, which is allowed
      output.session(capability).give(100 + scope.index);
      if (capability.time === ticks - 1) capability.release();
      else capability.downgrade(capability.time + 1);
      info.activateAfter((scope.index + 1) * 70);
    }).pipe(
      exchange((n: number) => n),
      concat(stream as Numbers),
      watch(),
    ),
  expect: ([fed], workers) => [...recordsOf(fed ?? []), ...sent(workers)],
});

const bounded = flow({
  name: "sources that flow control holds back",
  plan: (random, workers) => [drawIntegers(random, workers)],
  build: ([stream], scope) => {
    const flow = flowControl(scope, { probe: (): Probe<number> => done, lag: 2, bytes: 64 });
    const ahead = source(scope, rows<number>(), (capability, info) => {
      let left = 3;
      return (output) => {
        if (!capability.live || !flow.ready(capability.time, info)) return;
        if (done.lessThan(capability.time - 2)) throw new Error("the source ran further ahead than it may");
        output.session(capability).give(100 + scope.index);
        left -= 1;
        if (left === 0) {
          left = 3;
          if (capability.time === ticks - 1) capability.release();
          else capability.downgrade(capability.time + 1);
        }
        info.activate();
      };
    });
    const out = ahead.pipe(
      exchange(byWorker((n: number) => n - 100)),
      map((n) => n),
      exchange(byWorker((n: number) => n - 99)),
      watch(),
    );
    const done = out.pipe(probe());
    return out.pipe(concat(stream as Numbers), watch());
  },
  expect: ([fed], workers) => [
    ...recordsOf(fed ?? []),
    ...sent(workers).flatMap((one): [number, number][] => [one, one, one]),
  ],
});

/** Works off its input with little fuel an activation, keeping the batch that it is in the middle of. */
const fueled = <B extends Batch>(pact: Pact<B>, layout: Layout<B>) =>
  unaryFrontier<number, B, B>("fueled", pact, layout, (initial, info) => {
    initial.release();
    let work: Delivery<number, B> | undefined;
    let at = 0;
    return (input, output) => {
      for (let fuel = 2; fuel > 0; fuel--) {
        work ??= input.next();
        if (work === undefined) return;
        if (!input.frontier.lessEqual(work.time)) throw new PromiseError("the frontier passed a batch in mid-work");
        output.session(work).give(work.batch.get(at++) as RecordOf<B>);
        if (at < work.batch.length) continue;
        work.release();
        [work, at] = [undefined, 0];
      }
      info.activate();
    };
  });

const halfway = flow({
  name: "batches worked off over several activations",
  plan: (random, workers) => [drawIntegers(random, workers, 20, { times: 4, records: 12 })],
  build: ([stream]) =>
    (stream as Numbers).pipe(
      fueled(
        byWorker((n: number) => n),
        rows<number>(),
      ),
      watch(),
    ),
  expect: ([fed]) => [...recordsOf(fed ?? [])],
});

const keyed = columns({ key: u32 });

const halfwayColumns = flow<number, Columns<typeof keyed.types>, Columns<typeof keyed.types>>({
  name: "columns worked off over several activations",
  layout: keyed,
  plan: (random, workers) => [
    drawFeed(random, workers, (from) => ({ key: from.below(50) }), { times: 4, records: 40 }),
  ],
  build: ([stream]) =>
    (stream as Stream<number, Columns<typeof keyed.types>>).pipe(fueled(byColumns(keyed, "key"), keyed), watch()),
  expect: ([fed]) => [...recordsOf(fed ?? [])],
});

export const sourceShapes: readonly Shape[] = [sleepy, bounded, halfway, halfwayColumns];
