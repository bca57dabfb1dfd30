// One stream as several, each record in one of them: `partition` into any number by record, `branch` into two by record and time.

import type { Batch, Layout, RecordOf, Rows, Scatter } from "../../batch/index.ts";
import { countTargets } from "../../hash/index.ts";
import type { InputCapability } from "../channels/input-port.ts";
import type { OutputPort, Session } from "../channels/output-port.ts";
import { assign, type Exchange, pipeline } from "../channels/pact.ts";
import { GraphError } from "../errors.ts";
import { OperatorBuilder } from "../operator-builder.ts";
import type { Stream, Through } from "../stream.ts";
import { eachRecord } from "./each-record.ts";

/** Tells a scatter the part that each record of a batch belongs to. */
type Assign<T, B extends Batch> = (batch: B, time: T, scatter: Scatter<B>) => void;

/** The parts of a stream that a condition divides. */
export interface Branches<S> {
  /** The records for which the condition holds. */
  readonly yes: S;
  /** The others. */
  readonly no: S;
}

/**
 * Divides a stream into `parts` streams: each record goes to the one that `route` numbers, from 0. `route` is a function of the record,
 * which for columns is compiled, or what `byKey`, `byColumns` and `byHash` return, which spread records by hash. A number that
 * is no part's is an error.
 */
export function partition<T, B extends Batch>(
  parts: number,
  route: ((record: RecordOf<B>) => number) | Exchange<B>,
): Through<Stream<T, B>, Stream<T, B>[]> {
  if (!(Number.isInteger(parts) && parts > 0)) throw new GraphError(`partition() is asked for ${parts} parts`);
  return (stream) => {
    const number: Assign<T, B> =
      typeof route === "function"
        ? byRecord(stream.layout, parts, route)
        : (batch, _, scatter) => assign(route, batch, scatter);
    return split(stream, "partition", parts, number);
  };
}

/** Divides a stream in two, by a condition on record and time. For columns the condition is compiled. */
export function branch<T, B extends Batch>(
  condition: (record: RecordOf<B>, time: T) => boolean,
): Through<Stream<T, B>, Branches<Stream<T, B>>> {
  return (stream) => {
    let now = stream.scope.domain.minimum;
    const byNow = byRecord<T, B>(stream.layout, 2, (record) => (condition(record, now) ? 1 : 0));
    const [no, yes] = split<T, B>(stream, "branch", 2, (batch, time, scatter) => {
      now = time;
      byNow(batch, time, scatter);
    });
    return { yes, no } as Branches<Stream<T, B>>;
  };
}

/** Divides a stream in two, by a condition on time alone: whole batches, of rows or columns, go one way or the other. */
export function branchWhen<T, B extends Batch>(
  condition: (time: T) => boolean,
): Through<Stream<T, B>, Branches<Stream<T, B>>> {
  return (stream) => {
    const builder = new OperatorBuilder(stream.scope, "branchWhen");
    const input = builder.input(stream, pipeline);
    const [forNo, no] = builder.output(stream.layout);
    const [forYes, yes] = builder.output(stream.layout);
    builder.build(
      (capabilities) => {
        for (const capability of capabilities) capability.release();
        return () =>
          input.forEach((right, batch) => {
            const output = condition(right.time) ? forYes : forNo;
            output.session(right).giveBatch(batch.share(1) as B); // passed on, not kept: no copy
          });
      },
      { notify: false },
    );
    return { yes, no };
  };
}

function split<T, B extends Batch>(
  stream: Stream<T, B>,
  name: string,
  parts: number,
  number: Assign<T, B>,
): Stream<T, B>[] {
  const builder = new OperatorBuilder(stream.scope, name);
  const input = builder.input(stream, pipeline);
  const ends = Array.from({ length: parts }, () => builder.output(stream.layout));
  const outputs = ends.map(([output]) => output);
  builder.build(
    (capabilities) => {
      for (const capability of capabilities) capability.release();
      const scatter = stream.layout.scatter(parts);
      const give = divider(stream.layout, outputs);
      return () =>
        input.forEach((right, batch) => {
          number(batch, right.time, scatter);
          give(right, batch, scatter);
        });
    },
    { notify: false },
  );
  return ends.map(([, part]) => part);
}

/** Sends the records of a batch to the outputs that a scatter was told. */
type Divide<T, B extends Batch> = (right: InputCapability<T>, batch: B, scatter: Scatter<B>) => void;

function divider<T, B extends Batch>(layout: Layout<B>, outputs: readonly OutputPort<T, B>[]): Divide<T, B> {
  return layout.kind === "rows"
    ? (rowsDivider(outputs as unknown as readonly OutputPort<T, Rows<unknown>>[]) as unknown as Divide<T, B>)
    : scatterDivider(outputs);
}

function rowsDivider<T>(outputs: readonly OutputPort<T, Rows<unknown>>[]): Divide<T, Rows<unknown>> {
  return (right, batch, scatter) => {
    const numbers = scatter.targets(batch.length);
    const sessions: (Session<T, Rows<unknown>> | undefined)[] = outputs.map(() => undefined);
    const { data } = batch;
    for (let i = 0; i < data.length; i++) {
      const part = numbers[i] as number;
      let session = sessions[part];
      if (session === undefined) {
        session = (outputs[part] as OutputPort<T, Rows<unknown>>).session(right);
        sessions[part] = session;
      }
      session.give(data[i]);
    }
  };
}

function scatterDivider<T, B extends Batch>(outputs: readonly OutputPort<T, B>[]): Divide<T, B> {
  return (right, batch, scatter) => {
    scatter.plan(batch);
    const parts = scatter.parts();
    for (let part = 0; part < outputs.length; part++) {
      const records = parts[part];
      if (records !== undefined) (outputs[part] as OutputPort<T, B>).session(right).giveBatch(records);
    }
  };
}

/** A function per record that numbers the records of a batch. */
function byRecord<T, B extends Batch>(
  layout: Layout<B>,
  parts: number,
  route: (record: RecordOf<B>) => number,
): Assign<T, B> {
  let numbers: Uint32Array = new Uint32Array(0);
  let at = 0;
  const each = eachRecord(layout, (record) => {
    numbers[at] = checked(route(record), at, parts);
    at += 1;
  });
  return (batch, _, scatter) => {
    numbers = scatter.targets(batch.length);
    at = 0;
    each(batch);
    countTargets(numbers, batch.length, parts, scatter.counts);
  };
}

function checked(part: number, record: number, parts: number): number {
  if (part >>> 0 === part && part < parts) return part;
  throw new RangeError(`record ${record} of a batch is routed to part ${part}: parts are 0 to ${parts - 1}`);
}
