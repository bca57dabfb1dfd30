// NEXMark as a load: the generator, and one of the queries, natively or in bins that can move. Times are microseconds.
import { Bins, type ControlRecord, initialMap } from "@limmat/megaphone-migration";
import { input, pipeline, probe, unary, type Worker } from "@limmat/timely-core";
import type { MovingOptions } from "../counting/migratable.ts";
import type { Subject, Surroundings } from "../harness/subject.ts";
import { Generator } from "./events/generator.ts";
import { auctions, bids, people } from "./events/records.ts";
import { migratable, native, type QueryNumber } from "./queries.ts";
import { standardWindows } from "./windows.ts";

/** A query under load. */
export interface NexmarkLoad extends MovingOptions {
  readonly kind: "nexmark";
  readonly query: QueryNumber;
  /** Microseconds from one event to the next: a whole number, and what the rate of the run makes it. */
  readonly interval: number;
  /** Microseconds that a minute of event time takes: a whole number. */
  readonly minute: number;
  /** Auctions that take bids at a time. */
  readonly inFlight: number;
  /** How many bits of the hash name a bin; without it the query is the native one. */
  readonly bins?: number;
}

/** Builds the load on this worker. */
export function nexmark(worker: Worker, load: NexmarkLoad, { emitted, log }: Surroundings): Subject {
  const { kind: _, query, interval, minute, inFlight, ...moving } = load;
  const { bins: bits } = moving;
  const windows = standardWindows(minute);
  const { feeds, control, done } = worker.dataflow((scope) => {
    const feeds = { people: input(scope, people), auctions: input(scope, auctions), bids: input(scope, bids) };
    const events = { people: feeds.people.stream, auctions: feeds.auctions.stream, bids: feeds.bids.stream };
    const control = bits === undefined ? undefined : input<ControlRecord>(scope, "control");
    const answers =
      control === undefined
        ? native[query](events, windows)
        : migratable[query](events, { control: control.stream, ...moving, ...(log && { log }) }, windows);
    const done = answers.pipe(
      unary("emitted", pipeline, answers.layout, () => (port) => {
        port.forEach((right, batch) => emitted(right.time, batch.length));
      }),
      probe(),
    );
    return { feeds, control, done };
  });
  const { index, peers } = worker;
  const all = Object.values(feeds);
  let generator: Generator | undefined;
  return {
    probe: done,
    control,
    map: bits === undefined ? undefined : initialMap(new Bins(bits), peers),
    preload: () => false,
    send(first, count) {
      // The first records are sent at the time when the first of them is due.
      generator ??= new Generator({ seed: 1, start: feeds.bids.time, interval, inFlight });
      const numbers = { first: first * peers + index, count, stride: peers };
      const batches = [generator.people(numbers), generator.auctions(numbers), generator.bids(numbers)] as const;
      if (batches[0].length > 0) feeds.people.sendBatch(batches[0]);
      if (batches[1].length > 0) feeds.auctions.sendBatch(batches[1]);
      if (batches[2].length > 0) feeds.bids.sendBatch(batches[2]);
    },
    get time() {
      return feeds.bids.time;
    },
    advanceTo(time) {
      for (const feed of all) feed.advanceTo(time);
    },
    close() {
      for (const feed of all) feed.close();
    },
  };
}
