// Moving records between workers.

import {
  type Batch,
  type Columns,
  type Fields,
  keyKernel,
  type Reads,
  type Rows,
  type Schema,
} from "../../batch/index.ts";
import { type Key, keys } from "../../hash/index.ts";
import { broadcasting, type Exchange, type HashExchange, type Pact, type WorkerExchange } from "../channels/pact.ts";
import type { Stream, Through } from "../stream.ts";
import { unary } from "./unary.ts";

/**
 * The pact that sends each row to the worker of its key: equal keys meet on one worker, whichever it is. Keys are hashed to u32 by `keys`
 * unless another hash is given.
 */
export function byKey<D, K extends Key = Key>(key: (record: D) => K, hash?: (key: K) => number): HashExchange<Rows<D>> {
  if (hash === undefined) {
    return {
      kind: "hash",
      hash({ data }, hashes) {
        for (let i = 0; i < data.length; i++) hashes[i] = keys.hash(key(data[i] as D));
      },
    };
  }
  return {
    kind: "hash",
    hash({ data }, hashes) {
      for (let i = 0; i < data.length; i++) hashes[i] = hash(key(data[i] as D));
    },
  };
}

/** The pact that sends each record to the worker of its hash, which `hash` writes for `n` records of a batch of columns. */
export function byHash<F extends Fields>(
  hash: (batch: Columns<F>, hashes: Uint32Array, n: number) => void,
): HashExchange<Columns<F>> {
  return { kind: "hash", hash: (batch, hashes) => hash(batch, hashes, batch.length) };
}

/**
 * The pact that sends each record to the worker of its key: a field, several fields, or a function of the record. Rows with equal keys go
 * to the same worker by `byKey`.
 */
export function byColumns<F extends Fields>(
  schema: Schema<F>,
  key: (keyof F & string) | readonly (keyof F & string)[] | ((record: Reads<F, keyof F>) => Key),
): HashExchange<Columns<F>> {
  const pact = byHash(keyKernel(schema, key));
  const [name, ...others] = typeof key === "function" ? [] : [key].flat();
  if (name === undefined || others.length > 0 || schema.types[name] !== "u32") return pact;
  return { ...pact, column: { name, seed: 0 } };
}

/** The pact that sends each row to the worker that `worker` names, modulo the number of workers. */
export function byWorker<D>(worker: (record: D) => number): WorkerExchange<Rows<D>> {
  return {
    kind: "worker",
    target({ data }, peers, targets) {
      for (let i = 0; i < data.length; i++) targets[i] = worker(data[i] as D) % peers;
    },
  };
}

function pass<T, B extends Batch>(name: string, pact: Pact<B>): Through<Stream<T, B>, Stream<T, B>> {
  return (stream) =>
    unary<T, B, B>(name, pact, stream.layout, () => (input, output) => {
      input.forEach((capability, batch) => {
        output.session(capability).giveBatch(batch.share(1) as B); // passed on, not kept: no copy
      });
    })(stream);
}

/** Moves each record to the worker that a pact, or a key of the row, names. */
export function exchange<T, D>(key: (record: D) => Key): Through<Stream<T, Rows<D>>, Stream<T, Rows<D>>>;
export function exchange<T, B extends Batch>(pact: Exchange<B>): Through<Stream<T, B>, Stream<T, B>>;
export function exchange(how: unknown): unknown {
  const pact = typeof how === "function" ? byKey(how as (record: unknown) => Key) : how;
  return pass("exchange", pact as Exchange<Batch>);
}

/** Sends every record to every worker. */
export function broadcast<T, B extends Batch>(): Through<Stream<T, B>, Stream<T, B>> {
  return pass<T, B>("broadcast", broadcasting);
}
