// A sequencer: every worker puts values in, and all get all of them out in one order. After timely dataflow's `synchronization::Sequencer`,
// with Lamport clocks (CACM 21(7), 1978) in place of wall clocks: nobody has to tick while nothing is put in.

import { type Rows, rows } from "../batch/index.ts";
import { ByteReader, ByteWriter, type Codec } from "../codec/index.ts";
import {
  broadcasting,
  type Capability,
  CapabilityError,
  OperatorBuilder,
  type OperatorInfo,
  type Place,
} from "../dataflow/index.ts";
import { source } from "../dataflow/operators/source.ts";
import type { Worker } from "../worker/worker.ts";

/** A value under way: who put it in, and as which of the values of one time. */
interface Numbered {
  readonly worker: number;
  readonly number: number;
  readonly value: unknown;
}

/** Brings the values that any worker puts in into one total order, the same on every worker; see `sequencer`. */
export class Sequencer<V> {
  private readonly place: Place;
  private readonly codec: Codec<V> | undefined;
  private readonly writer = new ByteWriter();
  private put: unknown[] = [];
  private readonly out: unknown[] = [];
  private read = 0;
  private info: OperatorInfo | undefined;
  private clock: Capability<number> | undefined;
  private closing = false;
  // The greatest time of a value that came: everybody's clock goes past it, so that the frontier can.
  private seen = -1;

  /** Engine-internal: see `sequencer`. @internal */
  constructor(place: Place, codec: Codec<V> | undefined) {
    this.place = place;
    this.codec = codec;
  }

  /** Puts values in. Those of one worker stay in their order. Throws `CapabilityError` once closed. */
  push(...values: V[]): void {
    if (this.closing)
      throw new CapabilityError(this.place, "this sequencer was closed: nothing can be put in any more");
    this.clock?.downgrade(this.clock.time); // throws when the dataflow was dropped
    for (const value of values) this.put.push(this.encode(value));
    this.info?.activate();
  }

  /** The next value of the order, or undefined when none is known yet: more come as the worker steps. */
  next(): V | undefined {
    if (this.read === this.out.length) return undefined;
    const value = this.out[this.read];
    this.out[this.read] = undefined;
    this.read += 1;
    if (this.read === this.out.length) {
      this.read = 0;
      this.out.length = 0;
    }
    return this.decode(value);
  }

  /** How many values `next` has ready. */
  get length(): number {
    return this.out.length - this.read;
  }

  /** Puts nothing in any more; what others put in still comes out. The dataflow ends when all workers have closed it. */
  close(): void {
    this.closing = true;
    this.info?.activate();
  }

  /** Closes it: for `using`. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Engine-internal: the source's turn. @internal */
  send(give: (clock: Capability<number>, values: readonly unknown[]) => void): void {
    const { clock, put } = this;
    if (clock === undefined || !clock.live) return;
    if (this.seen >= clock.time) clock.downgrade(this.seen + 1);
    if (put.length > 0) {
      this.put = [];
      give(clock, put);
      clock.downgrade(clock.time + 1);
    }
    if (this.closing) clock.release();
  }

  /** Engine-internal: the source is there. @internal */
  start(clock: Capability<number>, info: OperatorInfo): void {
    this.clock = clock;
    this.info = info;
  }

  /** Engine-internal: a value came that was put in at `time`. @internal */
  observe(time: number): void {
    if (time <= this.seen) return;
    this.seen = time;
    this.info?.activate();
  }

  /** Engine-internal: the next value of the order. @internal */
  deliver(value: unknown): void {
    this.out.push(value);
  }

  private encode(value: V): unknown {
    if (this.codec === undefined) return value;
    this.writer.reset();
    this.codec.write(value, this.writer);
    return this.writer.finish().slice();
  }

  private decode(value: unknown): V {
    return this.codec === undefined ? (value as V) : this.codec.read(new ByteReader(value as Uint8Array));
  }
}

/**
 * Builds a sequencer, which is a dataflow: every worker must build it at the same place among its dataflows. Values are plain data that
 * cross by the rows codec, or whatever `codec` writes. A value is known on all workers after about one round trip between them; while
 * none is put in, nothing happens.
 */
export function sequencer<V>(worker: Worker, codec?: Codec<V>): Sequencer<V> {
  return worker.dataflow(function sequencer(scope) {
    scope.context.states?.leaveOut();
    const result = new Sequencer<V>(scope.place("sequencer"), codec);
    const values = source<number, Rows<Numbered>>(
      scope,
      rows<Numbered>(),
      (clock, info) => {
        result.start(clock.named("open for values"), info);
        return (output) =>
          result.send((at, put) => {
            const session = output.session(at);
            put.forEach((value, number) => session.give({ worker: scope.index, number, value }));
          });
      },
      "sequencer source",
    );
    const builder = new OperatorBuilder(scope, "sequencer");
    const input = builder.input(values, broadcasting);
    const open = new Map<number, Numbered[]>();
    builder.build(() => () => {
      input.forEach(({ time }, { data }) => {
        const known = open.get(time);
        if (known === undefined) open.set(time, [...data]);
        else for (const each of data) known.push(each);
        result.observe(time);
      });
      const due = [...open.keys()].filter((time) => !input.frontier.lessEqual(time)).sort((a, b) => a - b);
      for (const time of due) {
        const group = open.get(time) as Numbered[];
        open.delete(time);
        group.sort((a, b) => a.worker - b.worker || a.number - b.number);
        for (const { value } of group) result.deliver(value);
      }
    });
    return result;
  });
}
