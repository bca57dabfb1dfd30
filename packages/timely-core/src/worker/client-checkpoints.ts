// The client's side of checkpoints: it asks for them, and says when what came out is safe.

import { CheckpointError } from "../checkpoint/errors.ts";
import { type Note, readNote, writeNote } from "../checkpoint/notes.ts";
import { ByteWriter } from "../codec/index.ts";
import { integers } from "../order/index.ts";

/** What goes into a checkpoint beside the workers' state. */
export interface ClientCheckpointOptions {
  /** Plain data that a restored run finds, such as how far its input had come. */
  readonly metadata?: unknown;
  /**
   * Called when everything up to the time has come out at all output ports, and nothing of it can be lost by the workers any more: the
   * place to make what came out safe. The checkpoint is made when this has ended, and is not made when it throws.
   */
  readonly before?: () => void | Promise<void>;
}

/** What the client's checkpoints need of its run. */
export interface ClientRun {
  readonly workers: number;
  /** Sends a note to a worker, behind all that was sent to it. */
  send(worker: number, note: Uint8Array): void;
  /** Where the inputs that are not closed are. */
  openInputs(): readonly { readonly name: string; readonly time: number }[];
  /** Resolves when nothing more comes out at a time or before. */
  passed(time: number): Promise<void>;
}

/** A step of one checkpoint that workers report. */
type Step = "ready" | "durable";

interface Waiting {
  readonly number: number;
  readonly step: Step;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The checkpoints of one client. */
export class ClientCheckpoints {
  private readonly run: ClientRun;
  private asked = 0;
  private last: number;
  private waiting: Waiting[] = [];
  private failure: { readonly error: unknown } | undefined;

  /** `restored` is the time that the run started from, or -1. */
  constructor(run: ClientRun, restored: number) {
    this.run = run;
    this.last = restored;
  }

  /** See `Client.checkpoint`. */
  async take(time: number, { metadata, before }: ClientCheckpointOptions): Promise<void> {
    if (time <= this.last) {
      throw new CheckpointError(`a checkpoint at ${time} can't follow that at ${this.last}: times must ascend`);
    }
    const inputs = this.run.openInputs();
    const ahead = inputs.find((input) => input.time > time);
    if (inputs.length === 0 || ahead !== undefined) {
      const why = ahead === undefined ? "all inputs are closed" : `input ${ahead.name} is at ${ahead.time}`;
      throw new CheckpointError(
        `the checkpoint at ${time} was asked for too late: ${why}. Ask before an input goes beyond it`,
      );
    }
    this.last = time;
    const number = this.asked++;
    const writer = new ByteWriter(8);
    integers.codec.write(time, writer);
    const ask = writeNote({ kind: "ask", number, time: writer.finish(), dataflows: 1, held: true });
    for (let worker = 0; worker < this.run.workers; worker++) this.run.send(worker, ask);
    await this.step(number, "ready");
    await this.run.passed(time);
    try {
      await before?.();
    } catch (error) {
      this.commit(number, undefined, true);
      throw error;
    }
    const durable = this.step(number, "durable");
    this.commit(number, metadata, false);
    await durable;
  }

  /** Takes a worker's note. */
  receive(bytes: Uint8Array): void {
    const note = readNote(bytes);
    if (note.kind !== "ready" && note.kind !== "durable") return;
    const due = this.waiting.filter(({ number, step }) => number === note.number && step === note.kind);
    this.waiting = this.waiting.filter((each) => !due.includes(each));
    for (const { resolve } of due) resolve();
  }

  /** The run has ended: nothing that is waited for comes any more. */
  fail(error: unknown): void {
    this.failure = { error };
    for (const { reject } of this.waiting) reject(error);
    this.waiting = [];
  }

  private commit(number: number, metadata: unknown, forget: boolean): void {
    this.run.send(0, writeNote({ kind: "commit", number, metadata, forget } satisfies Note));
  }

  private step(number: number, step: Step): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure.error);
    return new Promise((resolve, reject) => this.waiting.push({ number, step, resolve, reject }));
  }
}
