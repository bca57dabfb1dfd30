// Shapes whose records come from operators that run when they ask to: after a while, or once flow control lets them.

import {
  byWorker,
  concat,
  exchange,
  flowControl,
  map,
  type Probe,
  probe,
  type Rows,
  rows,
  type Stream,
  source,
} from "../../../src/index.ts";
import { drawIntegers, flow, recordsOf, type Shape } from "./shape.ts";
import { watch } from "./watch.ts";

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

export const sourceShapes: readonly Shape[] = [sleepy, bounded];
