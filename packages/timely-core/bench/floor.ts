// What this machine can do on the day, without an engine: `floor.js NAME` prints one number, of the bare loop or the bare transport that
// a case cannot beat by much. Two threads do what two workers would.
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { isMainThread, parentPort, Worker as Thread, workerData } from "node:worker_threads";
import { LatencyHistogram } from "../examples/latency/histogram.ts";
import type { Floor } from "./cases.ts";
import { RandomWords } from "./random-words.ts";

/** The memory that the two threads share: a word each to speak to the other, on cache lines of their own, then room for data. */
const shared = { bytes: 2 ** 21, words: [0, 32], data: 256 } as const;

interface Pair {
  readonly memory: SharedArrayBuffer;
  readonly index: 0 | 1;
  readonly name: Floor;
}

/** Waits, spinning or parked, until the other thread has said `turn`. */
function meet(words: Int32Array, index: 0 | 1, turn: number, park: boolean): void {
  const mine = shared.words[index];
  const other = shared.words[1 - index] as number;
  Atomics.store(words, mine, turn);
  if (park) Atomics.notify(words, mine);
  for (let seen = Atomics.load(words, other); seen < turn; seen = Atomics.load(words, other)) {
    if (park) Atomics.wait(words, other, seen);
  }
}

/** Seconds a round of the middle one of three stretches of `rounds`; `round` is given its number. */
function stretches(rounds: number, round: (number: number) => void): number {
  let number = 1;
  for (const end = number + rounds; number < end; ) round(number++);
  const seconds = [0, 0, 0].map(() => {
    const start = performance.now();
    for (const end = number + rounds; number < end; ) round(number++);
    return (performance.now() - start) / 1000 / rounds;
  });
  return seconds.sort((a, b) => a - b)[1] as number;
}

/** Fills two columns and divides them over the own memory and the other's, for the lowest bit of the number or of its hash. */
function exchange({ memory, index }: Pair, batch: number, mixed: boolean): number {
  const words = new Int32Array(memory);
  const piece = Math.min(batch, 2048);
  const [low, high] = [new Uint32Array(piece), new Uint32Array(piece)];
  const own = [new Uint32Array(piece + 1), new Uint32Array(piece + 1)] as const;
  const out = new Uint32Array(memory, shared.data + index * 2 ** 20, 2 ** 18 - shared.data);
  const divide = (n: number, at: number): void => {
    let p = 0;
    let q = at;
    for (let i = 0; i < n; i++) {
      const number = low[i] as number;
      const other = high[i] as number;
      const hash = mixed ? Math.imul(number ^ (number >>> 16), 0x85ebca6b) : number;
      const second = (mixed ? hash ^ (hash >>> 13) : hash) & 1;
      own[0][p] = number;
      own[1][p] = other;
      out[q] = number;
      out[q + piece] = other;
      q = (q + second) | 0;
      p = (p + 1 - second) | 0;
    }
  };
  const rounds = Math.ceil(10_000_000 / batch);
  const seconds = stretches(rounds, (round) => {
    for (let sent = 0, k = 0; sent < batch; sent += piece, k++) {
      const n = Math.min(piece, batch - sent);
      for (let i = 0; i < n; i++) low[i] = sent + i;
      high.fill(0, 0, n);
      divide(n, (k % 48) * (piece * 2 + 8));
    }
    meet(words, index, round, false);
  });
  return (2 * batch) / seconds;
}

/** Microseconds until each of two threads has heard from the other. */
function rendezvous({ memory, index }: Pair, park: boolean): number {
  const words = new Int32Array(memory);
  return stretches(park ? 5000 : 100_000, (round) => meet(words, index, round, park)) * 1e6;
}

/** The 99th percentile, in microseconds, until a thread that sleeps has woken up, when woken at random moments. */
function wake({ memory, index }: Pair): number {
  const words = new Int32Array(memory);
  const clock = new Float64Array(memory, 64, 1);
  const now = () => performance.timeOrigin + performance.now();
  const latencies = new LatencyHistogram();
  for (let turn = 1; turn <= 1000; turn++) {
    if (index === 0) {
      const due = now() + 1 + ((turn * 7919) % 1000) / 500;
      while (now() < due);
      clock[0] = now();
      Atomics.store(words, shared.words[0], turn);
      Atomics.notify(words, shared.words[0]);
      while (Atomics.load(words, shared.words[1]) < turn);
      continue;
    }
    for (let seen = turn - 1; seen < turn; seen = Atomics.load(words, shared.words[0])) {
      Atomics.wait(words, shared.words[0], seen);
    }
    latencies.add(Math.max(0, now() - (clock[0] as number)) * 1e6);
    Atomics.store(words, shared.words[1], turn);
  }
  return latencies.percentile(0.99) / 1000;
}

/** Words a second that one thread makes, splits and counts in a map. */
function wordCount(words: number): number {
  const places = new Map<string, number>();
  const counts: number[] = [];
  const source = new RandomWords(0, words);
  const batch = 10_000;
  const seconds = stretches(100, () => {
    for (let i = 0; i < batch; i++) {
      for (const word of `w${source.next()}`.split(" ")) {
        let place = places.get(word);
        if (place === undefined) {
          place = counts.push(0) - 1;
          places.set(word, place);
        }
        counts[place] = (counts[place] as number) + 1;
      }
    }
  });
  return batch / seconds;
}

/** The 99th percentile, in microseconds, of how late a loop that does nothing else finds what is due at a million a second. */
function lateness(): number {
  const late = new LatencyHistogram();
  const start = performance.now();
  let due = 0;
  for (let now = 0; now < 2e9; now = (performance.now() - start) * 1e6) {
    for (; due < now; due += 1000) late.add(now - due);
  }
  return late.percentile(0.99) / 1000;
}

/** Microseconds of an echo of 64 bytes over TCP between two threads that sleep in between. */
async function echo(): Promise<number> {
  const socket = connect(workerData.port as number, "127.0.0.1");
  socket.setNoDelay(true);
  await once(socket, "connect");
  const message = Buffer.alloc(64);
  let took = 0;
  for (const rounds of [2000, 5000]) {
    const start = performance.now();
    for (let i = 0; i < rounds; i++) {
      socket.write(message);
      await once(socket, "data");
    }
    took = (performance.now() - start) / rounds;
  }
  socket.destroy();
  return took * 1000;
}

function ofPair(pair: Pair): number {
  const [kind, size, mixed] = pair.name.split(" ");
  if (kind === "exchange") return exchange(pair, Number(size), mixed !== undefined);
  if (kind === "wake") return wake(pair);
  return rendezvous(pair, kind === "park");
}

async function floor(name: Floor): Promise<number> {
  const [kind, size] = name.split(" ");
  if (kind === "wordcount") return wordCount(Number(size));
  if (kind === "lateness") return lateness();
  if (kind === "echo") {
    const server = createServer((socket: Socket) => {
      socket.setNoDelay(true);
      socket.on("data", (bytes) => socket.write(bytes));
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const thread = new Thread(new URL(import.meta.url), {
      workerData: { port: (server.address() as { port: number }).port },
    });
    const [value] = (await once(thread, "message")) as [number];
    server.close();
    return value;
  }
  const memory = new SharedArrayBuffer(shared.bytes + 2 ** 20);
  const threads = [0, 1].map((index) => new Thread(new URL(import.meta.url), { workerData: { memory, index, name } }));
  // The second one measures, where only one does.
  const [, [value]] = (await Promise.all(threads.map((thread) => once(thread, "message")))) as [[number], [number]];
  return value;
}

if (isMainThread) console.log(await floor(process.argv[2] as Floor));
else parentPort?.postMessage("port" in workerData ? await echo() : ofPair(workerData as Pair));
