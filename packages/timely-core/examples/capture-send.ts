// capture-send: every worker captures a stream of its own into a file: what passes, and how the frontier moves. `capture-recv` replays
// them. After the Rust implementation's example `capture_send`, which sends them over sockets.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { captureInto, execute, input, rows } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { folder, rounds, config } = await commandLine(
  "capture-send",
  "Each worker captures ten numbers in each of ROUNDS rounds into a file in FOLDER, for capture-recv to replay.",
  { folder: "captured", rounds: 3 },
);
mkdirSync(folder, { recursive: true });

const written = await execute(import.meta.url, config, (worker) => {
  const file = openSync(path.join(folder, `${worker.index}.captured`), "w");
  let bytes = 0;
  const numbers = worker.dataflow((scope) => {
    const numbers = input(scope, rows<number>());
    numbers.stream.pipe(
      captureInto((piece) => {
        bytes += piece.length;
        writeSync(file, piece);
      }),
    );
    return numbers;
  });
  for (let round = 0; round < rounds; round++) {
    for (let n = 0; n < 10; n++) numbers.send(100 * round + 10 * worker.index + n);
    numbers.advanceTo(round + 1);
  }
  numbers.close();
  worker.run();
  closeSync(file);
  return bytes;
});
written.forEach((bytes, worker) => {
  console.log(`worker ${worker} captured ${10 * rounds} records in ${bytes} bytes`);
});
