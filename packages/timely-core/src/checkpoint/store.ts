// Where checkpoints are kept: a small synchronous interface, since a worker thread has no event loop to wait in.

/**
 * Keeps blobs by name, durably. Names are up to 64 characters of `a-z`, `0-9`, `-` and `.`; blobs may be large.
 *
 * What is written is durable when the method returns, or it throws; what is removed may come back after a crash. All workers of a run use the same contents, each by an
 * object of its own.
 */
export interface CheckpointStore {
  /** Writes a blob, or replaces the one of that name: whoever reads, at any later time, finds the old one or the new one, whole. */
  write(name: string, bytes: Uint8Array): void;
  /** Writes a blob only if there is none of that name, in one step; returns whether it did. */
  create(name: string, bytes: Uint8Array): boolean;
  /** The blob of that name; undefined when there is none. The caller may keep it. */
  read(name: string): Uint8Array | undefined;
  /** The names of all blobs, in any order. */
  list(): string[];
  /** Removes a blob; harmless when there is none. */
  remove(name: string): void;
  /**
   * Keeps every other process from using the contents until `unlock`, or until this process ends, however it does; throws
   * `CheckpointError` when another one has them. Worker 0 calls it for the whole run. A store that nobody else can reach leaves it out.
   */
  lock?(): void;
  /** Ends the lock; harmless without one. */
  unlock?(): void;
}
