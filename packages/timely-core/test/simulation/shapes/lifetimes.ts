// Shapes whose dataflows begin and end at different moments on different workers.

import {
  concat,
  DroppedError,
  exchange,
  filter,
  input,
  iterate,
  map,
  probe,
  type Rows,
  type Stream,
} from "../../../src/index.ts";
import type { Program, Random } from "../../../src/simulation/index.ts";
import { frontierShapes } from "./frontiers.ts";
import { loopShapes } from "./loops.ts";
import { type Case, drawIntegers, flow, OutputError, recordsOf, type Shape } from "./shape.ts";
import { watch } from "./watch.ts";

type Numbers = Stream<number, Rows<number>>;

function named(shapes: readonly Shape[], name: string): Shape {
  const shape = shapes.find((each) => each.name === name);
  if (shape === undefined) throw new Error(`there is no shape ${name}`);
  return shape;
}

/** Two shapes on the same workers, their programs run as `together` says. */
function both(
  name: string,
  parts: readonly [Shape, Shape],
  together: (programs: readonly Program[]) => Program,
): Shape {
  return {
    name,
    prepare(random, workers): Case {
      const cases = parts.map((part) => part.prepare(random, workers));
      return {
        program: together(cases.map((each) => each.program)),
        check() {
          for (const each of cases) each.check();
        },
      };
    },
  };
}

/** Up to `most` turns in which a program does nothing. */
function* idle(random: Random, most: number): Generator<void, void, void> {
  for (let turns = random.below(most); turns > 0; turns--) yield;
}

const sums = named(frontierShapes, "sums of each time at its end");
const loop = named(loopShapes, "iterate with an exchange inside");
const rootLoop = named(loopShapes, "a loop at the root");

const atOnce = both("two dataflows at once", [sums, loop], (programs) => {
  return function* (worker, random) {
    // All workers must build in the same order; afterwards each takes turns as it likes.
    const running = programs.map((program) => program(worker, random));
    for (const each of running) each.next();
    while (running.length > 0) {
      yield;
      const at = random.below(running.length);
      if (running[at]?.next().done) running.splice(at, 1);
    }
  };
});

const late = both("dataflows built late on some workers", [rootLoop, sums], (programs) => {
  return function* (worker, random) {
    for (const program of programs) {
      yield* idle(random, 60);
      yield* program(worker, random);
    }
  };
});

/** The other shape's dataflow beside one that goes round and round until each worker drops it, at a moment of its own. */
const dropped: Shape = {
  name: "a dataflow dropped in mid-run beside another",
  prepare(random, workers): Case {
    const other = sums.prepare(random, workers);
    return {
      *program(worker, whims) {
        const running = other.program(worker, whims);
        running.next();
        const { number, held, done } = worker.dataflow((scope) => {
          const held = input<number>(scope);
          const done = held.stream.pipe(
            iterate((stream) => {
              const again = stream.pipe(
                exchange((n: number) => n),
                map((n) => n + 1),
              );
              return { again, out: again.pipe(filter((n) => n > 1e9)) };
            }),
            watch(),
            probe(),
          );
          return { number: scope.dataflow, held, done };
        });
        for (let turns = whims.below(40); turns > 0; turns--) {
          if (turns % 8 === 0) held.send(whims.below(1000));
          if (whims.chance(0.2)) held.advanceTo(held.time + 1);
          if (running.next().done) break;
          yield;
        }
        worker.drop(number);
        worker.drop(number);
        for (const use of [() => held.send(1), () => held.advanceTo(99), () => done.frontier]) requireDropped(use);
        held.close();
        yield* running;
      },
      check: () => other.check(),
    };
  },
};

function requireDropped(use: () => unknown): void {
  try {
    use();
  } catch (error) {
    if (error instanceof DroppedError) return;
    throw error;
  }
  throw new OutputError("what was dropped could be used");
}

const closedEarly = flow({
  name: "inputs closed early on one worker",
  plan: (random, workers) => {
    const feeds = [drawIntegers(random, workers), drawIntegers(random, workers)];
    const early = random.below(workers);
    return feeds.map((feed) => feed.map((steps, worker) => (worker === early ? [] : steps)));
  },
  build: ([first, second]) =>
    (first as Numbers).pipe(
      exchange((n: number) => n),
      concat((second as Numbers).pipe(map((n: number) => n + 50))),
      watch(),
    ),
  expect: ([first, second]) => [
    ...recordsOf(first ?? []),
    ...[...recordsOf(second ?? [])].map(([time, n]): [number, number] => [time, n + 50]),
  ],
});

export const lifetimeShapes: readonly Shape[] = [atOnce, late, closedEarly, dropped];
