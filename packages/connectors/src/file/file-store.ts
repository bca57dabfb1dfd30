// Checkpoints as files in a folder. Each is written under another name, flushed, and given its own name in one step, which is flushed too.

import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { threadId } from "node:worker_threads";
import { CheckpointError, type CheckpointStore } from "@limmat/timely-core";
import { type Holder, heldBy, mayRun, parseHolder, thisProcess } from "../holder.ts";

/** How a folder is used. */
export interface FileStoreOptions {
  /**
   * Whether the store is locked for the run, by a file `.lock` that names the process. Default true; false where something else sees to
   * it that there is one run, such as a lease.
   */
  readonly lock?: boolean;
}

const lockName = ".lock";

/** Keeps checkpoints as files in a folder of their own, which is made if it isn't there. Must be a local disk or one that flushes. */
export function fileStore(folder: string, options: FileStoreOptions = {}): CheckpointStore {
  mkdirSync(folder, { recursive: true });
  const lock = options.lock ?? true;
  return new FileStore(folder, lock);
}

class FileStore implements CheckpointStore {
  private readonly folder: string;
  private readonly locks: boolean;
  private drafts = 0;
  private holds = false;

  constructor(folder: string, locks: boolean) {
    this.folder = folder;
    this.locks = locks;
  }

  write(name: string, bytes: Uint8Array): void {
    renameSync(this.draft(bytes), this.pathOf(name));
    this.flush();
  }

  create(name: string, bytes: Uint8Array): boolean {
    const draft = this.draft(bytes);
    try {
      // Unlike a rename, a link takes nobody's place.
      linkSync(draft, this.pathOf(name));
    } catch (error) {
      if (codeOf(error) === "EEXIST") return false;
      throw error;
    } finally {
      unlinkSync(draft);
    }
    this.flush();
    return true;
  }

  read(name: string): Uint8Array | undefined {
    try {
      return new Uint8Array(readFileSync(this.pathOf(name)));
    } catch (error) {
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  list(): string[] {
    return readdirSync(this.folder).filter((name) => !name.startsWith("."));
  }

  remove(name: string): void {
    try {
      unlinkSync(this.pathOf(name));
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
    }
  }

  lock(): void {
    if (!this.locks) return;
    const draft = this.draft(new TextEncoder().encode(JSON.stringify(thisProcess())));
    try {
      for (;;) {
        try {
          linkSync(draft, this.pathOf(lockName));
          break;
        } catch (error) {
          if (codeOf(error) !== "EEXIST") throw error;
          this.breakLock();
        }
      }
    } finally {
      unlinkSync(draft);
    }
    this.holds = true;
    // Drafts of processes that were cut off; nobody else writes here now.
    for (const name of readdirSync(this.folder)) if (name.startsWith(draftPrefix)) this.remove(name);
    this.flush();
  }

  unlock(): void {
    if (!this.holds) return;
    this.holds = false;
    this.remove(lockName);
  }

  /** Takes away the lock of a process that is gone; throws when it may still run. */
  private breakLock(): void {
    const before = this.read(lockName);
    if (before === undefined) return;
    const holder = this.holderOf(before);
    if (holder !== undefined && mayRun(holder)) throw new CheckpointError(heldBy(`the folder ${this.folder}`, holder));
    // Another process may do the same: what is moved away must be what was looked at.
    const aside = this.pathOf(`${draftPrefix}lock-${process.pid}-${threadId}`);
    try {
      renameSync(this.pathOf(lockName), aside);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return;
      throw error;
    }
    const moved = this.holderOf(readFileSync(aside));
    if (moved !== undefined && mayRun(moved)) linkSync(aside, this.pathOf(lockName));
    unlinkSync(aside);
  }

  private holderOf(bytes: Uint8Array): Holder | undefined {
    return parseHolder(new TextDecoder().decode(bytes));
  }

  /** Writes bytes to a file of another name, and flushes it; returns its path. */
  private draft(bytes: Uint8Array): string {
    const draft = this.pathOf(`${draftPrefix}${process.pid}-${threadId}-${this.drafts++}`);
    const file = openSync(draft, "w");
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, bytes.length - at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    return draft;
  }

  /** Makes names durable. */
  private flush(): void {
    // Where folders can't be opened, as on Windows, they need no flushing.
    if (process.platform === "win32") return;
    const folder = openSync(this.folder, "r");
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }

  private pathOf(name: string): string {
    return path.join(this.folder, name);
  }
}

const draftPrefix = ".draft-";

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
