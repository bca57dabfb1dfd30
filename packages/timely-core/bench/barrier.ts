// barrier: a capability goes round a cycle, moving on each time the frontier says that all workers have: the pure cost of progress.
import { connectLoop, feedback, pipeline, probe, rows, unaryFrontier, type Worker } from "@limmat/timely-core";
import { type Sample, timed } from "./samples.ts";

/** Counts `iterations` of all workers in step; `spin` steps without ever parking. */
export function barrier(worker: Worker, warm: number, iterations: number, spin = false): Sample {
  let limit = 0;
  let ended = false;
  const { done, activate } = worker.dataflow((scope) => {
    const loop = feedback(scope, rows<never>(), 1);
    let activate = () => {};
    const stepped = loop.stream.pipe(
      unaryFrontier("barrier", pipeline, rows<never>(), (capability, info) => {
        activate = info.activate;
        return (port) => {
          port.forEach(() => {});
          // All are past its time once none can send anything at it again.
          while (capability.live && !port.frontier.lessEqual(capability.time)) {
            if (ended) capability.release();
            else if (capability.time < limit) capability.downgrade(capability.time + 1);
            else break;
          }
        };
      }),
    );
    stepped.pipe(connectLoop(loop));
    return { done: stepped.pipe(probe()), activate };
  });
  const runTo = (time: number) => {
    limit = time;
    activate();
    if (spin) while (done.lessThan(time)) worker.step();
    else worker.stepWhile(() => done.lessThan(time));
  };
  let reached = 0;
  const sample = timed(1, 1, iterations, (number) => {
    reached += number === 0 ? warm : iterations;
    runTo(reached);
  });
  ended = true;
  activate();
  return sample;
}
