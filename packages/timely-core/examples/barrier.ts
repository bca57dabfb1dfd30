// barrier: no data at all. A capability goes round a cycle, one time further whenever no worker can send at its time any more.
// Prints the time of an iteration: the pure cost of progress. After the Rust implementation's example of that name.
import { connectLoop, execute, feedback, pipeline, probe, rows, unaryFrontier } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { iterations, config } = await commandLine("barrier", "All workers wait for each other, ITERATIONS times.", {
  iterations: 100_000,
});

const results = await execute(import.meta.url, config, (worker) => {
  const { done } = worker.dataflow((scope) => {
    const loop = feedback(scope, rows<never>(), 1);
    const stepped = loop.stream.pipe(
      unaryFrontier("barrier", pipeline, rows<never>(), (capability) => (port) => {
        port.forEach(() => {});
        while (capability.live && !port.frontier.lessEqual(capability.time)) {
          if (capability.time < iterations) capability.downgrade(capability.time + 1);
          else capability.release();
        }
      }),
    );
    stepped.pipe(connectLoop(loop));
    return { done: stepped.pipe(probe()) };
  });
  let waits = 0;
  const start = performance.now();
  worker.stepWhile(() => {
    waits += 1;
    return !done.done;
  });
  return { steps: waits - 1, microseconds: (performance.now() - start) * 1000 };
});

results.forEach(({ steps, microseconds }, worker) => {
  const each = (microseconds / iterations).toFixed(2);
  console.log(`worker ${worker}: ${iterations} iterations in ${steps} steps, ${each} us an iteration`);
});
