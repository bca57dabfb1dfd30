// Reads a captured stream back from bytes, in pieces of any size; see `format.ts`.

import type { Batch, Layout } from "../batch/index.ts";
import { ByteReader, DecodeError } from "../codec/index.ts";
import { integers, MutableAntichain, type TimeDomain } from "../order/index.ts";
import { CaptureError, type CaptureEvent, type CaptureReader } from "./event.ts";
import { batchFrame, check, frameStart, frontierFrame, headerStart, magic } from "./format.ts";

/** The bytes of one captured stream, read as they come; see `capturedBytes`. */
export class CapturedBytes<T, B extends Batch> implements CaptureReader<T, B> {
  private readonly domain: TimeDomain<T>;
  private readonly layout: Layout<B>;
  private readonly frontier: MutableAntichain<T>;
  private readonly wakes: (() => void)[] = [];
  /** What came and was not read, `start` bytes into the stream. */
  private bytes = new Uint8Array(0);
  private start = 0;
  private at = 0;
  private headed = false;
  private ended = false;

  /** Engine-internal: see `capturedBytes`. @internal */
  constructor(layout: Layout<B>, domain: TimeDomain<T>) {
    this.layout = layout;
    this.domain = domain;
    this.frontier = new MutableAntichain(domain);
    this.frontier.update(domain.minimum, 1);
  }

  /** Adds the next bytes of the stream, which may end anywhere. They are copied. */
  push(bytes: Uint8Array): void {
    const rest = this.bytes.subarray(this.at);
    const joined = new Uint8Array(rest.length + bytes.length);
    joined.set(rest);
    joined.set(bytes, rest.length);
    this.start += this.at;
    this.bytes = joined;
    this.at = 0;
    for (const wake of this.wakes) wake();
  }

  /** Says that no more bytes come. Reading on then throws `CaptureError` unless the stream has ended too. */
  end(): void {
    this.ended = true;
    for (const wake of this.wakes) wake();
  }

  onEvent(wake: () => void): void {
    this.wakes.push(wake);
  }

  /** The next event, if all its bytes have come. Throws `CaptureError` on bytes that no capture wrote, or that end in mid-stream. */
  next(): CaptureEvent<T, B> | undefined {
    if (!this.headed && !this.readHeader()) return this.incomplete();
    const { bytes, at } = this;
    if (this.frontier.isEmpty()) {
      if (at < bytes.length) throw this.corrupt("bytes come behind the end of the stream", at);
      return undefined;
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    if (bytes.length - at < frameStart) return this.incomplete();
    const kind = view.getUint8(at);
    const from = at + frameStart;
    const to = from + view.getUint32(at + 1, true);
    if (kind !== batchFrame && kind !== frontierFrame) throw this.corrupt(`there is no event of kind ${kind}`, at);
    if (to > bytes.length) return this.incomplete();
    if (check(kind, bytes, from, to) !== view.getUint32(at + 5, true)) {
      throw this.corrupt("an event was changed after it was written", at);
    }
    try {
      const event = kind === batchFrame ? this.batch(from, to) : this.changes(from, to);
      this.at = to;
      return event;
    } catch (error) {
      if (error instanceof DecodeError) throw this.corrupt(error.message, from);
      throw error;
    }
  }

  private batch(from: number, to: number): CaptureEvent<T, B> {
    const reader = new ByteReader(this.bytes, from, to);
    const end = reader.varint() + reader.position;
    const time = this.domain.codec.read(reader);
    if (reader.position !== end) throw this.corrupt("a time has another length than it says", from);
    if (!this.frontier.lessEqual(time)) throw this.corrupt("a batch comes behind the frontier", from);
    const payload = this.bytes.slice(end, to);
    return { kind: "batch", time, batch: this.layout.decode(payload, 0, payload.length, { own: true }) };
  }

  private changes(from: number, to: number): CaptureEvent<T, B> {
    const reader = new ByteReader(this.bytes, from, to);
    const changes: [T, number][] = [];
    for (let left = reader.varint(); left > 0; left--) {
      const time = this.domain.codec.read(reader);
      if (!this.frontier.lessEqual(time)) throw this.corrupt("the frontier goes back", from);
      changes.push([time, reader.zigzag()]);
    }
    if (!reader.done) throw this.corrupt("an event is longer than what it says", from);
    for (const [time, diff] of changes) this.frontier.update(time, diff);
    return { kind: "frontier", changes };
  }

  private readHeader(): boolean {
    const { bytes } = this;
    for (let i = 0; i < Math.min(magic.length, bytes.length); i++) {
      if (bytes[i] === magic[i]) continue;
      const version = i === magic.length - 1;
      throw this.corrupt(version ? `version ${bytes[i]} of the format is not known` : "this is no captured stream", i);
    }
    if (bytes.length < headerStart) return false;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const length = view.getUint32(magic.length, true);
    if (length > 2 ** 20) throw this.corrupt("the header is too long", magic.length);
    const end = headerStart + length;
    if (bytes.length < end + 4) return false;
    if (check(0, bytes, headerStart, end) !== view.getUint32(end, true)) {
      throw this.corrupt("the header was changed after it was written", 0);
    }
    const reader = new ByteReader(bytes, headerStart, end);
    const [times, layout] = [reader.utf8(), reader.utf8()];
    if (times !== this.domain.name || layout !== this.layout.fingerprint) {
      throw this.corrupt(
        `this is a stream of ${layout} at times ${times}, but it is to be read as ${this.layout.fingerprint} at times ${this.domain.name}`,
        headerStart,
      );
    }
    this.at = end + 4;
    this.headed = true;
    return true;
  }

  private incomplete(): undefined {
    if (!this.ended) return undefined;
    throw this.corrupt(
      "the stream ends in the middle: what comes after was lost, or not written yet",
      this.bytes.length,
    );
  }

  private corrupt(message: string, at: number): CaptureError {
    return new CaptureError(message, this.start + at);
  }
}

/**
 * Reads what `captureInto` wrote: `push` the bytes in order and `end` it after the last ones; whole files as well as pieces that arrive
 * while they are replayed.
 */
export function capturedBytes<B extends Batch>(layout: Layout<B>): CapturedBytes<number, B>;
export function capturedBytes<T, B extends Batch>(layout: Layout<B>, domain: TimeDomain<T>): CapturedBytes<T, B>;
export function capturedBytes<B extends Batch>(
  layout: Layout<B>,
  domain: TimeDomain<unknown> = integers as TimeDomain<unknown>,
): CapturedBytes<unknown, B> {
  return new CapturedBytes(layout, domain);
}
