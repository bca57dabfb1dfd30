// Eight dataflows unlike those of the cases, run before them on every worker: afterwards the engine's loops have seen several
// functions, layouts and shapes of records, as they have in any real program (engine rule 13).
import {
  batchFunction,
  byHash,
  byKey,
  byWorker,
  columns,
  concat,
  exchange,
  f64,
  filter,
  flatMap,
  i32,
  input,
  inspectBatch,
  iterate,
  keyKernel,
  map,
  mapKernel,
  pipeline,
  probe,
  rows,
  u16,
  u32,
  unary,
  unaryFrontier,
  utf8,
  type Worker,
} from "@limmat/timely-core";

const rounds = 20;
const records = 500;

/** Runs all eight to their ends. */
export function warmUp(worker: Worker): void {
  const feeds = [
    worker.dataflow((scope) => {
      const feed = input<number>(scope);
      feed.stream.pipe(
        map((n) => n * 3),
        filter((n) => n % 2 === 0),
        probe(),
      );
      return { next: (n: number) => feed.send(n), feed };
    }),
    worker.dataflow((scope) => {
      const feed = input<{ id: number; name: string }>(scope);
      feed.stream.pipe(
        exchange(({ name }) => name),
        map(({ id }) => id),
        probe(),
      );
      return { next: (n: number) => feed.send({ id: n, name: `n${n % 10}` }), feed };
    }),
    worker.dataflow((scope) => {
      const feed = input<string>(scope);
      feed.stream.pipe(
        flatMap((text) => text.split(",")),
        exchange(byKey((text: string) => text.length)),
        probe(),
      );
      return { next: (n: number) => feed.send(`${n},${n + 1},x`), feed };
    }),
    worker.dataflow((scope) => {
      const feed = input<number>(scope);
      feed.stream.pipe(
        iterate((stream) => {
          const next = stream.pipe(
            exchange(byWorker((n: number) => n)),
            map((n) => n >> 1),
          );
          return { again: next.pipe(filter((n) => n > 0)), out: next.pipe(filter((n) => n === 0)) };
        }),
        probe(),
      );
      return { next: (n: number) => feed.send(n), feed };
    }),
    worker.dataflow((scope) => {
      const points = columns({ key: u32, x: f64, y: f64 });
      const scaled = mapKernel(points, points, ({ key, x, y }) => ({ key, x: x * 2, y: y - 1 }));
      const scale = batchFunction(points, scaled);
      const feed = input(scope, points);
      feed.stream.pipe(
        exchange(byHash(keyKernel(points, "key"))),
        unary("scale", pipeline, points, () => (port, output) => {
          port.forEach((capability, batch) => output.session(capability).giveBatch(scale(batch)));
        }),
        probe(),
      );
      return { next: (n: number) => feed.send({ key: n, x: n, y: -n }), feed };
    }),
    worker.dataflow((scope) => {
      const named = columns({ name: utf8, count: i32, kind: u16 });
      const feed = input(scope, named);
      feed.stream.pipe(exchange(byHash(keyKernel(named, ["name", "kind"]))), probe());
      return { next: (n: number) => feed.send({ name: `name ${n}`, count: -n, kind: n & 7 }), feed };
    }),
    worker.dataflow((scope) => {
      const feed = input<readonly [number, string]>(scope);
      const doubled = feed.stream.pipe(map(([n, text]): readonly [number, string] => [2 * n, text]));
      feed.stream.pipe(
        concat(doubled),
        inspectBatch((batch) => {
          if (batch.length === 0) throw new Error("a batch without records was sent");
        }),
        probe(),
      );
      return { next: (n: number) => feed.send([n, "t"]), feed };
    }),
    worker.dataflow((scope) => {
      const feed = input<number>(scope);
      feed.stream.pipe(
        unaryFrontier(
          "last",
          byKey<number>((n) => n % 100),
          rows<number>(),
          (capability) => {
            let last = 0;
            return (port, output) => {
              port.forEach((_, batch) => {
                last = batch.data[batch.length - 1] ?? last;
              });
              const [least] = port.frontier.elements;
              if (least === undefined) capability.release();
              else if (capability.live && least > capability.time) {
                output.session(capability).give(last);
                capability.downgrade(least);
              }
            };
          },
        ),
        probe(),
      );
      return { next: (n: number) => feed.send(n), feed };
    }),
  ];
  for (let round = 0; round < rounds; round++) {
    for (const { next, feed } of feeds) {
      for (let n = 0; n < records; n++) next(round * records + n);
      feed.advanceTo(round + 1);
    }
    worker.step();
  }
  for (const { feed } of feeds) feed.close();
  worker.stepWhile(() => worker.hasDataflows);
}
