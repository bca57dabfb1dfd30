// Writes a captured stream as bytes; see `format.ts`.

import type { Batch, Layout } from "../batch/index.ts";
import { ByteWriter } from "../codec/index.ts";
import type { TimeDomain } from "../order/index.ts";
import type { CaptureEvent, CaptureSink } from "./event.ts";
import { batchFrame, check, frameStart, frontierFrame, headerStart, magic } from "./format.ts";

/** A sink that writes bytes; see `captureInto`. */
export class CaptureEncoder<T, B extends Batch> implements CaptureSink<T, B> {
  private readonly domain: TimeDomain<T>;
  private readonly layout: Layout<B>;
  private readonly write: (bytes: Uint8Array) => void;
  private readonly head = new ByteWriter(64);
  private started = false;

  constructor(domain: TimeDomain<T>, layout: Layout<B>, write: (bytes: Uint8Array) => void) {
    this.domain = domain;
    this.layout = layout;
    this.write = write;
  }

  push(event: CaptureEvent<T, B>): void {
    if (!this.started) {
      this.started = true;
      this.write(this.header());
    }
    const { head, domain, layout } = this;
    head.reset();
    if (event.kind === "frontier") {
      head.varint(event.changes.length);
      for (const [time, diff] of event.changes) {
        domain.codec.write(time, head);
        head.zigzag(diff);
      }
      this.frame(frontierFrame, head.finish(), 0, () => {});
      return;
    }
    domain.codec.write(event.time, head);
    const time = head.finish().slice();
    head.reset();
    head.varint(time.length);
    head.raw(time);
    const { batch } = event;
    // Columns are encoded at a multiple of 8 and then moved: a file has no alignment.
    const payload = new Uint8Array(layout.byteLength(batch));
    layout.encode(batch, payload, 0);
    this.frame(batchFrame, head.finish(), payload.length, (bytes, offset) => bytes.set(payload, offset));
  }

  private frame(kind: number, head: Uint8Array, rest: number, fill: (bytes: Uint8Array, offset: number) => void): void {
    const bytes = new Uint8Array(frameStart + head.length + rest);
    bytes.set(head, frameStart);
    fill(bytes, frameStart + head.length);
    const view = new DataView(bytes.buffer);
    view.setUint8(0, kind);
    view.setUint32(1, head.length + rest, true);
    view.setUint32(5, check(kind, bytes, frameStart, bytes.length), true);
    this.write(bytes);
  }

  private header(): Uint8Array {
    const { head } = this;
    head.reset();
    head.utf8(this.domain.name);
    head.utf8(this.layout.fingerprint);
    const names = head.finish();
    const bytes = new Uint8Array(headerStart + names.length + 4);
    bytes.set(magic);
    bytes.set(names, headerStart);
    const view = new DataView(bytes.buffer);
    view.setUint32(magic.length, names.length, true);
    view.setUint32(headerStart + names.length, check(0, bytes, headerStart, headerStart + names.length), true);
    return bytes;
  }
}
