// The client of a launched run: it feeds inputs and reads outputs of workers that run elsewhere (engine rule 14).

import type { Batch, Layout, RecordOf } from "../batch/index.ts";
import type { RestoredCheckpoint } from "../checkpoint/checkpointer.ts";
import { CheckpointError } from "../checkpoint/errors.ts";
import { checkpointNotes } from "../checkpoint/notes.ts";
import { ByteReader, ByteWriter } from "../codec/index.ts";
import { type Fabric, type Message, Parking } from "../communication/index.ts";
import { readBatch, readTime } from "../dataflow/channels/channel.ts";
import {
  aligned,
  emptyFrame,
  type Frame,
  frameHeader,
  frameLength,
  readFrame,
  writeFrame,
} from "../dataflow/channels/frame.ts";
import { CapabilityError, ProtocolError } from "../dataflow/errors.ts";
import type { Snapshot } from "../introspection/snapshot.ts";
import { Antichain, integers } from "../order/index.ts";
import { type ClientCheckpointOptions, ClientCheckpoints } from "./client-checkpoints.ts";
import type { BatchOf, Ports } from "./definition.ts";
import { Questions } from "./questions.ts";
import { noDataflow } from "./worker.ts";

/** Feeds one input port of a launched dataflow. */
export interface ClientInput<B extends Batch> {
  /** The time at which records are sent now. */
  readonly time: number;
  /** Sends records at the current time to one worker, 0 unless said otherwise; all reach the dataflow in order. */
  send(records: readonly RecordOf<B>[], worker?: number): void;
  /** Sends a batch at the current time to one worker. */
  sendBatch(batch: B, worker?: number): void;
  /** Moves to a later time on all workers: nothing more comes before it. */
  advanceTo(time: number): void;
  /**
   * Resolves once what was sent on any input has found room on its way to the workers, which read on no faster than they get rid of what
   * comes of it: await it between batches, and memory stays bounded however slow the dataflow is. Rejects when the run fails.
   */
  ready(): Promise<void>;
  /**
   * The input as a Web Stream: each chunk is sent at its time, once there is room. Closing the stream closes the input; aborting it, too.
   */
  writable(): WritableStream<TimedRecords<RecordOf<B>>>;
  /** Says that nothing more will come. */
  close(): void;
}

/** A chunk of a Web Stream into an input. */
export interface TimedRecords<D> {
  /** The time of the records, at or after that of the chunk before; left out, the same as that. */
  readonly time?: number;
  /** What to send. */
  readonly records: readonly D[];
  /** The worker to send it to, 0 unless said otherwise. */
  readonly worker?: number;
}

/** What one subscriber of an output port is told. */
export interface OutputListener<B extends Batch> {
  /** A batch arrived. It is read-only, and valid until this returns. */
  batch?(batch: B, time: number): void;
  /** Nothing more will come before these times, from any worker; no times mean that nothing more will come. */
  frontier?(times: readonly number[]): void;
}

/** Reads one output port of a launched dataflow. */
export interface ClientOutput<B extends Batch> {
  /** The times before which nothing more will come. */
  readonly frontier: readonly number[];
  /** Tells a listener of everything from now on; returns what ends that. */
  subscribe(listener: OutputListener<B>): () => void;
  /** Resolves once nothing more will come at `time` or before; rejects when the run fails. */
  passed(time: number): Promise<void>;
}

/** One input port: writes messages to every worker. */
class InputEnd<B extends Batch> implements ClientInput<B> {
  time = integers.minimum;
  private closed = false;
  private readonly link: ClientLink;
  private readonly layout: Layout<B>;
  private readonly channel: number;
  private readonly name: string;
  private readonly sequences: Uint32Array;

  constructor(link: ClientLink, layout: Layout<B>, channel: number, name: string) {
    this.link = link;
    this.layout = layout;
    this.channel = channel;
    this.name = name;
    this.sequences = new Uint32Array(link.workers);
  }

  send(records: readonly RecordOf<B>[], worker = 0): void {
    const builder = this.layout.builder();
    for (const record of records) builder.push(record);
    this.sendBatch(builder.finish(), worker);
  }

  sendBatch(batch: B, worker = 0): void {
    this.requireOpen();
    if (batch.length > 0) {
      const { layout } = this;
      const bytes = layout.byteLength(batch);
      this.link.write(worker, this.frame(worker, batch.length, bytes), this.time, (memory, offset) => {
        layout.encode(batch, memory, offset);
      });
    }
    batch.release();
  }

  advanceTo(time: number): void {
    this.requireOpen();
    if (!integers.lessEqual(this.time, time)) {
      throw new CapabilityError(
        { dataflow: "client", operator: this.name, worker: this.link.workers },
        `the input is at time ${this.time} and can't go back to ${time}`,
      );
    }
    if (time === this.time) return;
    this.time = time;
    for (let worker = 0; worker < this.link.workers; worker++) {
      this.link.write(worker, this.frame(worker, 0, 0), time, () => {});
    }
  }

  ready(): Promise<void> {
    return this.link.ready();
  }

  writable(): WritableStream<TimedRecords<RecordOf<B>>> {
    const close = (): void => this.close();
    return new WritableStream({
      write: ({ time = this.time, records, worker }) => {
        this.advanceTo(time);
        this.send(records, worker);
        return this.ready();
      },
      close,
      abort: close,
    });
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    for (let worker = 0; worker < this.link.workers; worker++) {
      this.link.write(worker, this.frame(worker, 0, 0), undefined, () => {});
    }
  }

  private frame(worker: number, records: number, payloadBytes: number): Frame {
    const sequence = this.sequences[worker] as number;
    this.sequences[worker] = sequence + 1;
    return { ...emptyFrame(), channel: this.channel, sequence, records, payloadBytes };
  }

  /** Whether nothing more can be sent. */
  get isClosed(): boolean {
    return this.closed;
  }

  private requireOpen(): void {
    if (!this.closed) return;
    throw new CapabilityError(
      { dataflow: "client", operator: this.name, worker: this.link.workers },
      "this input was closed: nothing can be sent to it any more",
    );
  }
}

/** One output port: reads messages of every worker. */
class OutputEnd<B extends Batch> implements ClientOutput<B> {
  frontier: readonly number[] = [integers.minimum];
  private readonly layout: Layout<B>;
  private readonly ofWorkers: (readonly number[])[];
  private readonly listeners = new Set<OutputListener<B>>();
  private waiting: { time: number; resolve: () => void; reject: (error: unknown) => void }[] = [];
  private failure: { error: unknown } | undefined;

  constructor(layout: Layout<B>, workers: number) {
    this.layout = layout;
    this.ofWorkers = Array.from({ length: workers }, () => [integers.minimum]);
  }

  subscribe(listener: OutputListener<B>): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  passed(time: number): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure.error);
    if (!this.frontier.some((element) => element <= time)) return Promise.resolve();
    return new Promise((resolve, reject) => this.waiting.push({ time, resolve, reject }));
  }

  receive(frame: Readonly<Frame>, message: Message): void {
    if (frame.records > 0) {
      const time = readTime(integers, frame, message);
      const batch = readBatch(this.layout, frame, message);
      for (const listener of this.listeners) listener.batch?.(batch, time);
      batch.release();
      return;
    }
    const start = message.offset + frameHeader + aligned(frame.timeBytes);
    const reader = new ByteReader(message.bytes, start, start + frame.payloadBytes);
    const times = Array.from({ length: reader.varint() }, () => integers.codec.read(reader));
    message.release();
    this.ofWorkers[frame.sender] = times;
    const before = this.frontier;
    this.frontier = new Antichain(integers, this.ofWorkers.flat()).elements;
    if (before.length === this.frontier.length && before.every((time, i) => time === this.frontier[i])) return;
    for (const listener of this.listeners) listener.frontier?.(this.frontier);
    const due = this.waiting.filter(({ time }) => !this.frontier.some((element) => element <= time));
    this.waiting = this.waiting.filter((each) => !due.includes(each));
    for (const { resolve } of due) resolve();
  }

  fail(error: unknown): void {
    this.failure = { error };
    for (const { reject } of this.waiting) reject(error);
    this.waiting = [];
  }
}

/** A client's messages to and from the workers. */
class ClientLink {
  readonly workers: number;
  readonly fabric: Fabric;
  readonly stamp: number;
  private readonly time = new ByteWriter(16);
  private flushing = false;
  private waiting: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = [];
  private failure: { readonly error: unknown } | undefined;

  constructor(fabric: Fabric, stamp: number) {
    this.fabric = fabric;
    this.workers = fabric.workers;
    this.stamp = stamp;
  }

  /** Writes a message; several of one turn of the event loop are sent off together. */
  write(
    worker: number,
    frame: Frame,
    time: number | undefined,
    encode: (bytes: Uint8Array, offset: number) => void,
  ): void {
    this.time.reset();
    if (time !== undefined) integers.codec.write(time, this.time);
    const timeBytes = this.time.finish();
    frame.stamp = this.stamp;
    frame.sender = this.fabric.index;
    frame.timeBytes = timeBytes.length;
    const sender = this.fabric.sendData(worker);
    const space = sender.begin(frameLength(timeBytes.length, frame.payloadBytes));
    writeFrame(frame, space.bytes, space.offset);
    space.bytes.set(timeBytes, space.offset + frameHeader);
    encode(space.bytes, space.offset + frameHeader + aligned(timeBytes.length));
    sender.end();
    if (this.flushing) return;
    this.flushing = true;
    queueMicrotask(() => {
      this.flushing = false;
      this.flush();
    });
  }

  /** Sends off what it can, and tells those that wait when nothing is left over. */
  flush(): void {
    if (this.fabric.flush()) this.letGo();
  }

  /** Tells those that wait that there is nothing to wait for. */
  letGo(): void {
    for (const { resolve } of this.waiting) resolve();
    this.waiting = [];
  }

  /** Resolves once nothing waits beside a full ring. */
  ready(): Promise<void> {
    if (this.failure !== undefined) return Promise.reject(this.failure.error);
    // What was just written is sent off first: a message larger than a ring always waits beside it for a moment.
    this.flush();
    for (let worker = 0; worker < this.workers; worker++) {
      if (this.fabric.sendData(worker).overflowBytes > 0) {
        return new Promise((resolve, reject) => this.waiting.push({ resolve, reject }));
      }
    }
    return Promise.resolve();
  }

  /** Tells those that wait, and will wait, that the run has failed. */
  fail(error: unknown): void {
    this.failure = { error };
    for (const { reject } of this.waiting) reject(error);
    this.waiting = [];
  }
}

/** The client's end of a launched run. */
export class Client<I extends Ports, O extends Ports> {
  /** The input ports by name. */
  readonly inputs: { readonly [K in keyof I]: ClientInput<BatchOf<I[K]> & Batch> };
  /** The output ports by name. */
  readonly outputs: { readonly [K in keyof O]: ClientOutput<BatchOf<O[K]> & Batch> };
  /** Resolves when all workers have ended, as they do once all inputs are closed; rejects with the error of the run. */
  readonly ended: Promise<void>;
  private readonly link: ClientLink;
  private readonly questions: Questions;
  private readonly outputEnds: OutputEnd<Batch>[] = [];
  private readonly inputCount: number;
  private readonly stop: () => Promise<void> | void;
  private readonly checkpoints: ClientCheckpoints;
  private over = false;

  /** The checkpoint that the run started from, if it did: what it covers is not to be sent again. */
  readonly restored: RestoredCheckpoint | undefined;

  /** Engine-internal: see `launch`. @internal */
  constructor(
    inputs: I,
    outputs: O,
    fabric: Fabric,
    stamp: number,
    workersEnded: Promise<unknown>,
    abort: () => Promise<void> | void,
    restored: RestoredCheckpoint | undefined,
  ) {
    this.stop = abort;
    this.restored = restored;
    this.link = new ClientLink(fabric, stamp);
    this.questions = new Questions(fabric.workers, (worker, frame) =>
      this.link.write(worker, frame, undefined, () => {}),
    );
    const names = Object.keys(inputs);
    this.inputCount = names.length;
    // Ports use the channels of the dataflow in order of declaration, inputs first.
    this.inputs = Object.fromEntries(
      names.map((name, channel) => [name, new InputEnd(this.link, inputs[name] as Layout<Batch>, channel, name)]),
    ) as unknown as typeof this.inputs;
    this.outputs = Object.fromEntries(
      Object.keys(outputs).map((name) => {
        const end = new OutputEnd(outputs[name] as Layout<Batch>, fabric.workers);
        this.outputEnds.push(end);
        return [name, end];
      }),
    ) as unknown as typeof this.outputs;
    this.checkpoints = new ClientCheckpoints(
      {
        workers: fabric.workers,
        send: (worker, note) => this.sendNote(worker, note),
        openInputs: () => this.openInputs(),
        passed: async (time) => {
          for (const output of this.outputEnds) await output.passed(time);
        },
      },
      restored?.time ?? -1,
    );
    // A client that can't read its workers has lost them.
    const read = this.read().catch((error: unknown) => {
      void abort();
      throw error;
    });
    this.ended = Promise.race([workersEnded, read.then(() => workersEnded)]).then(
      () => this.end(),
      (error: unknown) => {
        this.over = true;
        fabric.doorbell.ring();
        for (const output of this.outputEnds) output.fail(error);
        this.link.fail(error);
        this.checkpoints.fail(error);
        this.questions.end(error);
        throw error;
      },
    );
    // Whoever waits for the end sees the error; nobody has to.
    this.ended.catch(() => {});
    read.catch(() => {});
  }

  /** How many workers there are. */
  get workers(): number {
    return this.link.workers;
  }

  /**
   * Takes a checkpoint at `time`: ask before an input goes beyond it, then let all inputs go on. Resolves when it is durable, which it
   * becomes only after everything up to the time has come out. The definition says where checkpoints are kept.
   *
   * @throws CheckpointError when it is asked for too late, or can't be made; and what `before` throws.
   */
  async checkpoint(time: number, options: ClientCheckpointOptions = {}): Promise<void> {
    await this.checkpoints.take(time, options);
  }

  private openInputs(): { name: string; time: number }[] {
    return Object.entries(this.inputs as Record<string, InputEnd<Batch>>)
      .filter(([, input]) => !input.isClosed)
      .map(([name, { time }]) => ({ name, time }));
  }

  private sendNote(worker: number, note: Uint8Array): void {
    const frame = { ...emptyFrame(), dataflow: checkpointNotes, payloadBytes: note.length };
    this.link.write(worker, frame, undefined, (bytes, offset) => bytes.set(note, offset));
  }

  /**
   * The run as it stands, of all workers: each tells between two of its steps, so at slightly different moments. The first snapshot has
   * operators counted and timed from there on. See `@limmat/timely-core/introspection` for what to do with it.
   */
  snapshot(): Promise<Snapshot> {
    return this.questions.snapshot();
  }

  /** Closes every input and resolves when the workers have ended. */
  async close(): Promise<void> {
    for (const name of Object.keys(this.inputs)) (this.inputs[name] as ClientInput<Batch>).close();
    await this.ended;
  }

  /** Ends the workers at once, whatever they do; what is under way is lost. */
  async abort(): Promise<void> {
    await this.stop();
    await this.ended.catch(() => {});
  }

  /** Closes it: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private end(): void {
    this.receive();
    this.link.letGo();
    this.checkpoints.fail(new CheckpointError("the run ended before the checkpoint was made"));
    this.over = true;
    this.questions.end();
    this.link.fabric.doorbell.ring();
  }

  private async read(): Promise<void> {
    const { fabric } = this.link;
    const parking = new Parking(fabric.doorbell, { spins: 0 });
    while (!this.over) {
      this.receive();
      this.link.flush();
      await parking.wait(() => this.over || fabric.pending(), Number.POSITIVE_INFINITY);
    }
  }

  private receive(): void {
    const frame = emptyFrame();
    for (let worker = 0; worker < this.link.workers; worker++) {
      const receiver = this.link.fabric.receiveData(worker);
      for (let message = receiver.receive(); message !== undefined; message = receiver.receive()) {
        readFrame(frame, message.bytes, message.offset, message.length);
        if (frame.dataflow === checkpointNotes) {
          const start = message.offset + frameHeader;
          this.checkpoints.receive(message.bytes.slice(start, start + frame.payloadBytes));
          message.release();
          continue;
        }
        if (frame.dataflow === noDataflow) {
          const start = message.offset + frameHeader;
          this.questions.receive(frame.channel, new ByteReader(message.bytes, start, start + frame.payloadBytes));
          message.release();
          continue;
        }
        const output = this.outputEnds[frame.channel - this.inputCount];
        if (output === undefined)
          throw new ProtocolError(`worker ${worker} sent to port ${frame.channel}, which is none`);
        output.receive(frame, message);
      }
    }
  }
}
