// capture-recv: replays what `capture-send` captured, on any number of workers, whatever the number of those that captured it. Prints the
// records as they come, with their times. After the Rust implementation's example `capture_recv`.
import { readFileSync } from "node:fs";
import path from "node:path";
import { capturedBytes, execute, inspect, replay, rows } from "@limmat/timely-core";
import { commandLine } from "./command-line.ts";

const { sources, folder, config } = await commandLine(
  "capture-recv",
  "Replays the files in FOLDER that SOURCES workers of capture-send wrote.",
  { sources: 1, folder: "captured" },
);

const replayed = await execute(import.meta.url, config, (worker) => {
  const lines: string[] = [];
  worker.dataflow((scope) => {
    const readers = [];
    // Each captured stream is read by one worker.
    for (let source = worker.index; source < sources; source += worker.peers) {
      const reader = capturedBytes(rows<number>());
      reader.push(readFileSync(path.join(folder, `${source}.captured`)));
      reader.end();
      readers.push(reader);
    }
    replay(scope, rows<number>(), readers).pipe(inspect((n, time) => lines.push(`replayed ${n} at ${time}`)));
  });
  worker.run();
  return lines;
});
console.log(replayed.flat().join("\n"));
