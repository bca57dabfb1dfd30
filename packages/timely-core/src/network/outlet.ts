// Sends what one process has for another, over one connection: runs of messages straight out of the rings' memory, whose room is freed
// when the socket has taken them. One write is under way at a time, so all that comes meanwhile goes together in the next.

import type { Socket } from "node:net";
import { RingRuns } from "../communication/ring-runs.ts";
import { linkNumber, segmentHeader } from "./segment.ts";

/** The most bytes of one link in one write: room comes back while more is being sent, and what is copied is still in the cache. */
const mostRun = 2 ** 16;
/** Runs up to this many bytes are copied together with their header: cheaper than a second piece. */
const mostCopied = 2048;

/** One link of an outlet. */
interface Line {
  readonly link: number;
  readonly runs: RingRuns;
}

/** The sending end of the data or progress from this process to another. */
export class Outlet {
  private readonly socket: Socket;
  private readonly lines: Line[] = [];
  private readonly sent: (error?: Error | null) => void;
  private writing = false;
  /** The ends of the runs that are under way, by line, where there are any. */
  private readonly underWay: (number | undefined)[] = [];
  /** What the next write consists of, between its gathering and its sending. */
  private readonly pieces: Uint8Array[] = [];
  private readonly header = new Uint8Array(segmentHeader);
  private readonly words = new Uint32Array(this.header.buffer);
  private drained: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.sent = (error) => {
      // The socket's own error says what happened; nothing can be sent any more.
      if (error) return;
      for (let i = 0; i < this.lines.length; i++) {
        const end = this.underWay[i];
        if (end !== undefined) (this.lines[i] as Line).runs.free(end);
        this.underWay[i] = undefined;
      }
      this.writing = false;
      this.pump();
    };
  }

  /** Adds a link; `onRoom` rings the bell of its sender. */
  add(from: number, to: number, ring: ArrayBufferLike, onRoom: () => void): void {
    this.lines.push({ link: linkNumber(from, to), runs: new RingRuns(ring, onRoom) });
    this.underWay.push(undefined);
  }

  /** Whether `pump` would send something. */
  get hasPending(): boolean {
    return !this.writing && this.lines.some(({ runs }) => runs.hasPending);
  }

  /** Sends what the rings hold, unless a write is under way: then it goes when that is through. */
  pump(): void {
    if (this.writing) return;
    const { socket, lines, pieces } = this;
    for (let i = 0; i < lines.length; i++) {
      const { link, runs } = lines[i] as Line;
      if (!runs.hasPending || !runs.next(mostRun)) continue;
      const { offset, length, end } = runs;
      const copied = length <= mostCopied;
      const head = Buffer.allocUnsafe(copied ? segmentHeader + length : segmentHeader);
      this.words[0] = link;
      this.words[1] = length;
      head.set(this.header);
      pieces.push(head);
      const run = runs.bytes.subarray(offset, offset + length);
      if (copied) {
        head.set(run, segmentHeader);
        runs.free(end);
      } else {
        pieces.push(run);
        this.underWay[i] = end;
      }
    }
    if (pieces.length === 0) {
      this.drained?.();
      return;
    }
    this.writing = true;
    const last = pieces.length - 1;
    if (last > 0) socket.cork();
    for (let i = 0; i < last; i++) socket.write(pieces[i] as Uint8Array);
    socket.write(pieces[last] as Uint8Array, this.sent);
    if (last > 0) socket.uncork();
    pieces.length = 0;
  }

  /** Sends all that is left, then closes the sending side; resolves when the socket has taken everything. */
  async end(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.drained = resolve;
      this.pump();
    });
    this.drained = undefined;
    await new Promise<void>((resolve) => this.socket.end(() => resolve()));
  }
}
