import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Arena,
  ArenaError,
  type Block,
  type BlockHandle,
  HANDLE_WORDS,
  OutOfMemoryError,
  readHandle,
  type Slab,
  StaleBlockError,
  writeHandle,
} from "../../src/memory/index.ts";

const KiB = 1024;

function single(slabs = 1): Arena {
  return new Arena(Arena.create({ allocators: 1, slabBytes: 64 * KiB, slabs }), { allocator: 0 });
}

describe("Arena", () => {
  it("hands out aligned blocks with views of their length", () => {
    const arena = single();
    for (const bytes of [0, 1, 7, 8, 255, 256, 257, 5000]) {
      const block = arena.allocate(bytes);
      expect(block.offset % 64).toBe(0);
      expect(block.length).toBe(bytes);
      expect(block.u8.length).toBe(bytes);
      expect(block.u16.length).toBe(Math.floor(bytes / 2));
      expect(block.u32.length).toBe(Math.floor(bytes / 4));
      expect(block.f64.length).toBe(Math.floor(bytes / 8));
      expect(block.f64.byteOffset).toBe(block.offset);
      expect(block.u32).toBe(block.u32);
      expect(block.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  it("catches use after free, double free, and a handle to memory that was handed out again", () => {
    const arena = single();
    const block = arena.allocate(100);
    const words = new Uint32Array(HANDLE_WORDS + 1);
    writeHandle(block, words, 1);
    const handle = readHandle(words, 1);
    expect(arena.open(handle).u8.byteOffset).toBe(block.offset);
    arena.free(block);
    for (const use of [() => block.u8, () => block.f64, () => block.buffer, () => arena.free(block)]) {
      expect(use).toThrow(StaleBlockError);
    }
    const again = arena.allocate(100);
    expect(again.offset).toBe(block.offset);
    expect(() => block.u32).toThrow(StaleBlockError);
    expect(() => arena.open(handle)).toThrow(StaleBlockError);
    expect(again.u32.length).toBe(25);
  });

  it("says what was asked and what is free when it runs out, and gives a whole slab as one block", () => {
    const arena = single();
    const largest = arena.largestFreeBytes;
    expect(largest).toBe(63 * KiB);
    const block = arena.allocate(largest);
    expect(() => arena.allocate(1)).toThrow(OutOfMemoryError);
    arena.free(block);
    try {
      arena.allocate(largest + 1);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "OUT_OF_MEMORY", bytes: largest + 1, freeBytes: largest });
    }
  });

  it("grows where it may, by slabs that others take in", () => {
    const posted: Slab[] = [];
    const descriptor = Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 2 });
    const arena = new Arena(descriptor, { allocator: 1, onSlab: (slab) => posted.push(slab) });
    const returned: BlockHandle[] = [];
    const other = new Arena(descriptor, { allocator: 0, returnTo: (_, handle) => returned.push(handle) });
    const blocks = Array.from({ length: 5 }, () => arena.allocate(40 * KiB));
    expect(posted.map((slab) => slab.id)).toEqual([3, 5, 7, 9]);
    const last = blocks[4] as Block;
    expect(() => other.open(last)).toThrow(ArenaError);
    for (const slab of posted) other.addSlab(slab);
    last.u8[7] = 42;
    const seen = other.open(last);
    expect(seen.u8[7]).toBe(42);
    other.free(seen);
    arena.reclaim(returned[0] as BlockHandle);
    expect(() => arena.allocate(64 * KiB)).toThrow(OutOfMemoryError);
    expect(posted.length).toBe(4);
  });

  it("rejects misuse with a typed error", () => {
    expect(() => Arena.create({ allocators: 1, slabBytes: 1000, slabs: 1 })).toThrow(ArenaError);
    expect(() => Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 1 })).toThrow(ArenaError);
    const descriptor = Arena.create({ allocators: 1, slabBytes: 64 * KiB, slabs: 1, shared: false, touch: true });
    const arena = new Arena(descriptor, { allocator: 0 });
    const reader = new Arena(descriptor);
    expect(() => reader.allocate(8)).toThrow(ArenaError);
    const block = arena.allocate(8);
    expect(block.buffer).toBeInstanceOf(ArrayBuffer);
    expect(() => reader.free(reader.open(block))).toThrow(ArenaError);
    expect(() => arena.reclaim(block)).toThrow(ArenaError);
    arena.free(block);
    expect(() => reader.reclaim(block)).toThrow(ArenaError);
  });

  it("keeps every block's bytes, and all memory returns, under random allocation and frees by either thread", () => {
    const action = fc.tuple(fc.nat(5), fc.nat(), fc.integer({ min: 0, max: 30_000 }));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200, size: "max" }), (actions) => {
        const descriptor = Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 5 });
        const inFlight: { allocator: number; handle: BlockHandle }[] = [];
        const returnTo = (allocator: number, handle: BlockHandle): void => {
          inFlight.push({ allocator, handle });
        };
        const arenas = [0, 1].map((allocator) => new Arena(descriptor, { allocator, returnTo }));
        const initial = arenas.map((arena) => [arena.freeBytes, arena.largestFreeBytes]);
        const live: { block: Block; stamp: number }[] = [];
        let stamp = 0;
        const free = (pick: number): void => {
          const [entry] = live.splice(pick % Math.max(live.length, 1), 1);
          if (entry === undefined) return;
          const arena = arenas[pick % 2] as Arena;
          const { block } = entry;
          if (!block.u8.every((byte) => byte === entry.stamp)) throw new Error(`block ${entry.stamp} was overwritten`);
          arena.free(arena.open(block));
          expect(() => block.check()).toThrow(StaleBlockError);
        };
        const deliver = (): void => {
          const entry = inFlight.shift();
          if (entry !== undefined) arenas[entry.allocator]?.reclaim(entry.handle);
        };
        for (const [kind, pick, bytes] of actions) {
          if (kind < 3) {
            const arena = arenas[pick % 2] as Arena;
            if (arena.largestFreeBytes < bytes || arena.largestFreeBytes === 0) {
              expect(() => arena.allocate(bytes)).toThrow(OutOfMemoryError);
              continue;
            }
            const block = arena.allocate(bytes);
            stamp = (stamp + 1) & 0xff;
            block.u8.fill(stamp);
            live.push({ block, stamp });
          } else if (kind < 5) free(pick);
          else deliver();
        }
        while (live.length > 0) free(stamp + live.length);
        while (inFlight.length > 0) deliver();
        expect(arenas.map((arena) => [arena.freeBytes, arena.largestFreeBytes])).toEqual(initial);
      }),
      { numRuns: 100 },
    );
  });
});
