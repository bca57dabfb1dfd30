// The suite `hw`: point lookups in interval sets, and device tree blobs read and mapped. See README.md beside this file.
import { benchReport } from "@limmat/bench";
import { encodeDeviceTree, type Interval, IntervalSet, memoryMap, parseDeviceTree } from "@limmat/hw-address-model";
import { boardOf } from "./board.ts";

const report = benchReport("hw", process.argv.slice(2), console.log);

// A small generator of u32s (xorshift), so that every run looks up the same addresses.
let state = 0x9e37_79b9;
const random = (): number => {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  return state >>> 0;
};

/** Seconds of one call, the best of several after a warm-up: the other runs were disturbed. */
function best(runs: number, call: () => void): number {
  call();
  let seconds = Number.POSITIVE_INFINITY;
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    call();
    seconds = Math.min(seconds, (performance.now() - start) / 1000);
  }
  return seconds;
}

/** `count` device-like intervals of 4 KiB to 64 KiB with holes, most below 2^32 and some far above. */
function deviceIntervals(count: number): Interval[] {
  let at = 0n;
  return Array.from({ length: count }, (_, i) => {
    if (i === Math.floor(count * 0.9)) at = 0x80_0000_0000n;
    const first = at + BigInt(random() % 16) * 4096n;
    const last = first + BigInt(1 + (random() % 16)) * 4096n - 1n;
    at = last + 4097n;
    return { first, last };
  });
}

const LOOKUPS = 1 << 20;
for (const count of [16, 800]) {
  const intervals = deviceIntervals(count);
  const set = IntervalSet.from(intervals);
  const high = new Uint32Array(LOOKUPS);
  const low = new Uint32Array(LOOKUPS);
  const addresses = new BigUint64Array(LOOKUPS);
  for (let i = 0; i < LOOKUPS; i++) {
    const interval = intervals[random() % count]!;
    // Three of four lookups hit.
    const address = interval.first + (BigInt(random()) % ((interval.last - interval.first + 1n) * 4n)) / 3n;
    addresses[i] = address;
    high[i] = Number(address >> 32n);
    low[i] = Number(address & 0xffff_ffffn);
  }
  const asBigints = Array.from(addresses);
  let hits = 0;
  const packed = best(9, () => {
    hits = 0;
    for (let i = 0; i < LOOKUPS; i++) if (set.indexOfWords(high[i]!, low[i]!) >= 0) hits++;
  });
  const packedHits = hits;
  const bigint = best(9, () => {
    hits = 0;
    for (let i = 0; i < LOOKUPS; i++) if (set.indexOf(asBigints[i]!) >= 0) hits++;
  });
  if (hits !== packedHits) throw new Error(`bigint lookups hit ${hits} times, packed ones ${packedHits} times`);
  // Reference: plain code on the same machine kind (address rule 8), measured for 800 intervals.
  const known = count === 800;
  const name = `lookup-${count}-intervals`;
  const rate = (seconds: number): number => LOOKUPS / seconds;
  report.add({
    case: name,
    metric: "packed",
    value: rate(packed),
    unit: "lookups/s",
    ...(known && { reference: 22e6 }),
  });
  report.add({
    case: name,
    metric: "bigint",
    value: rate(bigint),
    unit: "lookups/s",
    ...(known && { reference: 11e6 }),
  });
}

for (const devices of [300, 3000]) {
  const blob = encodeDeviceTree(boardOf(devices));
  const megabytes = blob.length / 1e6;
  const repeat = Math.ceil(4 / megabytes);
  const name = `blob-${Math.round(blob.length / 1000)}-kB`;
  const parse = best(9, () => {
    for (let i = 0; i < repeat; i++) parseDeviceTree(blob);
  });
  report.add({ case: name, metric: "parse", value: (megabytes * repeat) / parse, unit: "MB/s" });
  const whole = best(9, () => {
    for (let i = 0; i < repeat; i++) memoryMap(parseDeviceTree(blob));
  });
  // Reference: 162 MB of Linux's device trees in 0.56 s of plain code, which keeps no hops and no names (address rule 8).
  report.add({
    case: name,
    metric: "parse and map",
    value: (megabytes * repeat) / whole,
    unit: "MB/s",
    reference: 162 / 0.56,
  });
  report.add({ case: name, metric: "one board", value: (whole / repeat) * 1000, unit: "ms" });
}

report.end();
