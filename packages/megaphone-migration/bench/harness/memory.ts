// The memory of a process over time, looked at from its main thread, which has nothing else to do.
import { readFileSync } from "node:fs";
import type { SharedClock } from "./shared-clock.ts";

const pageBytes = 4096;

/** Looks ten times a second; `end` returns seconds after `start`, which is a moment in microseconds, and bytes. */
export function watchMemory(clock: SharedClock): { end(start: number): [seconds: number, bytes: number][] } {
  const seen: [number, number][] = [];
  const look = () => {
    const pages = Number(readFileSync("/proc/self/statm", "utf8").split(" ")[1]);
    seen.push([clock.now(), pages * pageBytes]);
  };
  const timer = setInterval(look, 100);
  return {
    end(start) {
      clearInterval(timer);
      return seen.map(([time, bytes]) => [(time - start) / 1e6, bytes]);
    },
  };
}
