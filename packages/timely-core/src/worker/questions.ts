// How a client asks all workers of a run how they are: a question to each, and one answer of all theirs. It travels as messages of a
// dataflow that is none, so that a worker which is busy or parked answers between two steps.

import { type ByteReader, ByteWriter, values } from "../codec/index.ts";
import { emptyFrame, type Frame } from "../dataflow/channels/frame.ts";
import { mergeSnapshots } from "../introspection/merge.ts";
import type { Snapshot } from "../introspection/snapshot.ts";
import { snapshot } from "../introspection/take.ts";
import { LaunchError } from "./errors.ts";
import { noDataflow, type Worker } from "./worker.ts";

/** Has a worker answer its client's questions. */
export function answerQuestions(worker: Worker): void {
  const writer = new ByteWriter(1024);
  worker.answer = () => {
    writer.reset();
    values.write(snapshot(worker), writer);
    return writer.finish();
  };
}

/** A question that was not answered by all workers yet. */
interface Open {
  readonly answers: Snapshot[];
  readonly resolve: (snapshot: Snapshot) => void;
  readonly reject: (error: unknown) => void;
}

/** A client's questions. */
export class Questions {
  private readonly workers: number;
  private readonly ask: (worker: number, frame: Frame) => void;
  private readonly open = new Map<number, Open>();
  private next = 0;
  private over: unknown;

  /** `ask` sends a message without a payload. */
  constructor(workers: number, ask: (worker: number, frame: Frame) => void) {
    this.workers = workers;
    this.ask = ask;
  }

  /** Asks every worker for its snapshot; resolves with all of them merged. Rejects once the run has ended. */
  snapshot(): Promise<Snapshot> {
    if (this.over !== undefined) return Promise.reject(this.over);
    this.next = (this.next + 1) >>> 0;
    const number = this.next;
    const answer = new Promise<Snapshot>((resolve, reject) => {
      this.open.set(number, { answers: [], resolve, reject });
    });
    for (let worker = 0; worker < this.workers; worker++) {
      this.ask(worker, { ...emptyFrame(), dataflow: noDataflow, channel: number });
    }
    return answer;
  }

  /** Takes one worker's answer in. */
  receive(number: number, payload: ByteReader): void {
    const question = this.open.get(number);
    if (question === undefined) return;
    question.answers.push(values.read(payload) as Snapshot);
    if (question.answers.length < this.workers) return;
    this.open.delete(number);
    question.resolve(mergeSnapshots(question.answers));
  }

  /** Ends all questions, with the error of the run if it has failed. */
  end(error: unknown = new LaunchError("the run has ended: there is nothing left to take a snapshot of")): void {
    this.over ??= error;
    for (const { reject } of this.open.values()) reject(this.over);
    this.open.clear();
  }
}
