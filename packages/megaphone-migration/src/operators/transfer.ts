// The transfer of one bin, packed bit by bit as budget and credit allow: Prepare, then State or Blocks, then Pending, then Commit.
//
// It may begin ahead of its step, while the bin is still in use here (engine rule 24): then its state is read as it is, what changes is
// noted, and once the step's time has come only those changes follow.

import type { BinReader } from "../stores/index.ts";
import type { AnyHost, BinStep } from "./host.ts";
import type { PendingShare } from "./pending-work.ts";
import { handleBytes, type StatePacker } from "./state-message.ts";

/** How many post-dated records are packed before room is looked at again. */
const pendingRun = 64;

/** One bin on its way out. */
export class Transfer<T> {
  /** The bin. */
  readonly bin: number;
  /** The step that takes it away. */
  readonly step: BinStep<T>;
  /** The worker that it goes to. */
  readonly to: number;
  /** Bytes that were copied so far. */
  bytes = 0;
  /** Of these, ahead of the step. */
  bytesAhead = 0;
  /** Whether its memory changed hands. */
  blocks = false;
  private readonly host: AnyHost<T>;
  private ahead = false;
  private reader: BinReader | undefined;
  private phase: "prepare" | "copied" | "state" | "changes" | "pending" | "done" = "prepare";
  private shares: readonly PendingShare<T, unknown>[] = [];
  private share = 0;
  private record = 0;

  /** A transfer that has not begun. */
  constructor(host: AnyHost<T>, bin: number, step: BinStep<T>, to: number) {
    this.host = host;
    this.bin = bin;
    this.step = step;
    this.to = to;
  }

  /** Whether anything of it was packed. */
  get hasBegun(): boolean {
    return this.phase !== "prepare";
  }

  /** Packs, ahead of the step, until about `limit` bytes stand in `packer`; returns whether all that can be copied ahead was. */
  packAhead(packer: StatePacker<T>, limit: number): boolean {
    const { bin, host, step } = this;
    if (this.phase === "prepare") {
      packer.prepare(bin, step.sequence);
      host.store.track(bin);
      this.reader = host.store.read(bin);
      this.ahead = true;
      this.phase = "state";
    }
    if (this.phase === "state" && this.packPieces(packer, limit)) this.phase = "copied";
    this.bytesAhead = this.bytes;
    return this.phase === "copied";
  }

  /**
   * Packs until about `limit` bytes stand in `packer`; returns whether the bin has left. It must have absorbed all before the step.
   * `byBlocks` says whether its memory may change hands.
   */
  pack(packer: StatePacker<T>, limit: number, byBlocks: boolean): boolean {
    const { bin, host } = this;
    if (this.phase === "prepare") this.begin(packer, byBlocks);
    if (this.phase === "copied") this.readChanges();
    while (this.phase === "state" || this.phase === "changes") {
      if (!this.packPieces(packer, limit)) return false;
      if (this.phase === "state" && this.ahead) this.readChanges();
      else this.phase = "pending";
    }
    if (this.phase === "pending") {
      // Only now: all that the bin post-dates before the step has been.
      this.shares = host.takeShares(bin);
      if (!this.packPending(packer, limit)) return false;
      packer.commit(bin);
      host.left(bin);
      this.phase = "done";
    }
    return true;
  }

  /** Takes back what was copied ahead: the bin stays here, or goes elsewhere. */
  abort(packer: StatePacker<T>): void {
    packer.abort(this.bin);
    this.host.store.changes(this.bin); // ends the tracking
  }

  private begin(packer: StatePacker<T>, byBlocks: boolean): void {
    const { bin, host, step } = this;
    packer.prepare(bin, step.sequence);
    if (!(byBlocks && host.store.hasBlocks(bin))) {
      this.reader = host.store.read(bin);
      this.phase = "state";
      return;
    }
    const handles = host.store.give(bin);
    packer.blocks(bin, handles);
    this.bytes += handles.length * handleBytes;
    this.blocks = true;
    this.phase = "pending";
  }

  private readChanges(): void {
    this.reader = this.host.store.changes(this.bin);
    this.phase = "changes";
  }

  /** Returns whether the reader is done. */
  private packPieces(packer: StatePacker<T>, limit: number): boolean {
    while (packer.length < limit) {
      const piece = (this.reader as BinReader).next(limit - packer.length);
      if (piece === undefined) return true;
      packer.state(this.bin, piece);
      this.bytes += piece.length;
    }
    return false;
  }

  private packPending(packer: StatePacker<T>, limit: number): boolean {
    const { bin, shares } = this;
    while (this.share < shares.length) {
      const { time, records } = shares[this.share] as PendingShare<T, unknown>;
      while (this.record < records.length) {
        if (packer.length >= limit) return false;
        const end = Math.min(records.length, this.record + pendingRun);
        const before = packer.length;
        packer.pending(bin, time, records, this.record, end);
        this.bytes += packer.length - before;
        this.record = end;
      }
      this.share += 1;
      this.record = 0;
    }
    return true;
  }
}
