import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  Arena,
  ArenaError,
  type Block,
  HANDLE_WORDS,
  OutOfMemoryError,
  readHandle,
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

  it("goes on from its reserve when its slabs are full, in slabs that every thread knows", () => {
    const descriptor = Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 2, reserve: 4 });
    const arena = new Arena(descriptor, { allocator: 1, touch: true });
    const other = new Arena(descriptor, { allocator: 0 });
    const blocks = Array.from({ length: 3 }, () => arena.allocate(40 * KiB));
    expect(blocks.map(({ slab }) => slab)).toEqual([1, 3, 5]);
    expect(() => arena.allocate(40 * KiB)).toThrow(/mostSlabsPerWorker/);
    const last = blocks[2] as Block;
    last.u8[7] = 42;
    const seen = other.open(last);
    expect(seen.u8[7]).toBe(42);
    other.free(seen);
    expect(arena.allocate(40 * KiB)).toMatchObject({ slab: 5, offset: last.offset });
    expect(() => arena.allocate(64 * KiB)).toThrow(/slabBytes/);
  });

  it("makes slabs without end where no other thread opens it", () => {
    const descriptor = Arena.create({ allocators: 1, slabBytes: 64 * KiB, slabs: 1, shared: false });
    const arena = new Arena(descriptor, { allocator: 0, grows: true });
    const blocks = Array.from({ length: 5 }, () => arena.allocate(40 * KiB));
    expect(blocks.map(({ slab }) => slab)).toEqual([0, 1, 2, 3, 4]);
    expect(() => arena.allocate(64 * KiB)).toThrow(OutOfMemoryError);
    const shared = Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 2 });
    expect(() => new Arena(shared, { allocator: 0, grows: true })).toThrow(ArenaError);
  });

  it("knows a handle of another process", () => {
    const [here, there] = [0, 3].map(
      (process) => new Arena(Arena.create({ allocators: 1, slabBytes: 64 * KiB, slabs: 1, process }), { allocator: 0 }),
    ) as [Arena, Arena];
    const block = there.allocate(8);
    expect(() => here.open(block)).toThrow(/of process 3, and can't be opened in process 0/);
    expect(() => here.free(block)).toThrow(ArenaError);
    expect(() => here.open({ ...here.allocate(8), slab: 1 })).toThrow(/no slab 1/);
  });

  it("rejects misuse with a typed error", () => {
    expect(() => Arena.create({ allocators: 1, slabBytes: 1000, slabs: 1 })).toThrow(ArenaError);
    expect(() => Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 1 })).toThrow(ArenaError);
    expect(() => Arena.create({ allocators: 1, slabBytes: 2 ** 30, slabs: 1, reserve: 512 })).toThrow(/can number/);
    const descriptor = Arena.create({ allocators: 1, slabBytes: 64 * KiB, slabs: 1, shared: false });
    expect(() => new Arena(descriptor, { allocator: 1 })).toThrow(ArenaError);
    const arena = new Arena(descriptor, { allocator: 0, touch: true });
    const reader = new Arena(descriptor);
    expect(() => reader.allocate(8)).toThrow(ArenaError);
    const block = arena.allocate(8);
    expect(block.buffer).toBeInstanceOf(ArrayBuffer);
    const before = arena.freeBytes;
    reader.free(reader.open(block));
    expect(() => arena.free(block)).toThrow(StaleBlockError);
    expect(arena.freeBytes).toBe(before + 256);
  });

  it("finds out when a freed block was written to while it lay on the list", () => {
    for (const word of [0, 1, 2]) {
      const descriptor = Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 2 });
      const [arena, other] = [0, 1].map((allocator) => new Arena(descriptor, { allocator })) as [Arena, Arena];
      const block = arena.allocate(100);
      const kept = block.u32;
      other.free(other.open(block));
      kept[word] = 0xfffffff0;
      expect(() => arena.allocate(8)).toThrow(/written to after it was freed/);
    }
  });

  it("keeps every block's bytes, and all memory returns, under random allocation and frees by either thread", () => {
    const action = fc.tuple(fc.nat(4), fc.nat(), fc.integer({ min: 0, max: 30_000 }));
    fc.assert(
      fc.property(fc.array(action, { maxLength: 200, size: "max" }), (actions) => {
        const descriptor = Arena.create({ allocators: 2, slabBytes: 64 * KiB, slabs: 5 });
        const arenas = [0, 1].map((allocator) => new Arena(descriptor, { allocator }));
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
        for (const [kind, pick, bytes] of actions) {
          if (kind < 3) {
            const arena = arenas[pick % 2] as Arena;
            // Half the time before it has looked for what came back.
            if (bytes % 2 === 0 && (arena.largestFreeBytes < bytes || arena.largestFreeBytes === 0)) {
              expect(() => arena.allocate(bytes)).toThrow(OutOfMemoryError);
              continue;
            }
            let block: Block;
            try {
              block = arena.allocate(bytes);
            } catch (error) {
              if (error instanceof OutOfMemoryError && error.largestFreeBytes < Math.max(bytes, 1)) continue;
              throw error;
            }
            stamp = (stamp + 1) & 0xff;
            block.u8.fill(stamp);
            live.push({ block, stamp });
          } else free(pick);
        }
        while (live.length > 0) free(stamp + live.length);
        expect(arenas.map((arena) => [arena.freeBytes, arena.largestFreeBytes])).toEqual(initial);
      }),
      { numRuns: 100 },
    );
  });
});
