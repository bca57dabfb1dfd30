// The transfer of one bin, packed bit by bit as budget and credit allow: Prepare, State or Blocks, Pending, Commit.

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
  /** Bytes that were copied so far. */
  bytes = 0;
  /** Whether its memory changed hands. */
  blocks = false;
  private readonly host: AnyHost<T>;
  private readonly step: BinStep<T>;
  private readonly byBlocks: boolean;
  private reader: BinReader | undefined;
  private phase: "prepare" | "state" | "pending" | "done" = "prepare";
  private shares: PendingShare<T, unknown>[] = [];
  private share = 0;
  private record = 0;

  /** Starts on a bin that has absorbed all before the step. `byBlocks` says whether its memory may change hands. */
  constructor(host: AnyHost<T>, bin: number, step: BinStep<T>, byBlocks: boolean) {
    this.host = host;
    this.bin = bin;
    this.step = step;
    this.byBlocks = byBlocks;
  }

  /** Packs until about `limit` bytes stand in `packer`; returns whether the bin has left. */
  pack(packer: StatePacker<T>, limit: number): boolean {
    const { bin, host } = this;
    if (this.phase === "prepare") this.begin(packer);
    if (this.phase === "state") {
      while (packer.length < limit) {
        const piece = (this.reader as BinReader).next(Math.max(1, limit - packer.length));
        if (piece === undefined) {
          this.phase = "pending";
          break;
        }
        packer.state(bin, piece);
        this.bytes += piece.length;
      }
    }
    if (this.phase === "pending" && this.packPending(packer, limit)) {
      packer.commit(bin);
      host.left(bin);
      this.phase = "done";
    }
    return this.phase === "done";
  }

  private begin(packer: StatePacker<T>): void {
    const { bin, host, step } = this;
    packer.prepare(bin, step.sequence);
    this.shares = host.takeShares(bin);
    const handles = this.byBlocks ? host.store.give(bin) : undefined;
    if (handles !== undefined) {
      packer.blocks(bin, handles);
      this.bytes += handles.length * handleBytes;
      this.blocks = true;
      this.phase = "pending";
      return;
    }
    this.reader = host.store.read(bin);
    this.phase = "state";
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
