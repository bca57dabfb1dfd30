// Checkpoints in an LMDB database: each change is a transaction of its own that is flushed when it returns.

import { CheckpointError, type CheckpointStore } from "@limmat/timely-core";
import { open, type RootDatabase } from "lmdb";
import { heldBy, mayRun, parseHolder, thisProcess } from "../holder.ts";

/** How a database is used. */
export interface LmdbStoreOptions {
  /**
   * Whether the store is locked for the run, by an entry that names the process. Default true; false where something else sees to it that
   * there is one run, such as a lease.
   */
  readonly lock?: boolean;
}

/** Locks have a name that no blob has. */
const lockName = ".lock";

/** Keeps checkpoints in the LMDB database at a path, which is made if it isn't there. All threads of a process share one mapping of it. */
export function lmdbStore(path: string, options: LmdbStoreOptions = {}): CheckpointStore {
  const database = open<Uint8Array, string>({
    path,
    encoding: "binary",
    // A commit returns when it is on the disk.
    overlappingSync: false,
    noSubdir: false,
  });
  return new LmdbStore(path, database, options.lock ?? true);
}

class LmdbStore implements CheckpointStore {
  private readonly path: string;
  private readonly database: RootDatabase<Uint8Array, string>;
  private readonly locks: boolean;
  private holds = false;

  constructor(path: string, database: RootDatabase<Uint8Array, string>, locks: boolean) {
    this.path = path;
    this.database = database;
    this.locks = locks;
  }

  write(name: string, bytes: Uint8Array): void {
    this.database.transactionSync(() => this.database.putSync(name, bytes));
  }

  create(name: string, bytes: Uint8Array): boolean {
    return this.database.transactionSync(() => {
      if (this.database.doesExist(name)) return false;
      this.database.putSync(name, bytes);
      return true;
    });
  }

  read(name: string): Uint8Array | undefined {
    const bytes = this.database.getBinary(name);
    return bytes === undefined ? undefined : new Uint8Array(bytes);
  }

  list(): string[] {
    return [...this.database.getKeys()].filter((name) => name !== lockName);
  }

  remove(name: string): void {
    this.database.transactionSync(() => this.database.removeSync(name));
  }

  lock(): void {
    if (!this.locks) return;
    this.database.transactionSync(() => {
      const bytes = this.database.getBinary(lockName);
      const holder = bytes === undefined ? undefined : parseHolder(new TextDecoder().decode(bytes));
      if (holder !== undefined && mayRun(holder)) {
        throw new CheckpointError(heldBy(`the database ${this.path}`, holder));
      }
      this.database.putSync(lockName, new TextEncoder().encode(JSON.stringify(thisProcess())));
    });
    this.holds = true;
  }

  unlock(): void {
    if (!this.holds) return;
    this.holds = false;
    this.remove(lockName);
  }
}
