import { expect, it } from "vitest";
import {
  type Arena,
  type BlockHandle,
  blockAt,
  blockFields,
  blockRecord,
  byColumns,
  columns,
  exchange,
  input,
  pipeline,
  sink,
  u32,
} from "../../src/index.ts";
import { simulate } from "../../src/simulation/index.ts";

const layout = columns({ bin: u32, ...blockFields("state") });

it("holds a handle in four columns of 32 bits, whatever its words are", () => {
  expect(layout.fields.map(({ name, type }) => `${name}:${type}`)).toEqual([
    "bin:u32",
    "stateSlab:u32",
    "stateOffset:u32",
    "stateLength:u32",
    "stateGeneration:u32",
  ]);
  const handle: BlockHandle = { slab: 0xfff00001, offset: 2 ** 30 - 256, length: 2 ** 30 - 1, generation: 0xffffffff };
  const builder = layout.builder();
  builder.push({ bin: 7, ...blockRecord("state", handle) });
  expect(blockAt(builder.finish().columns, "state", 0)).toEqual(handle);
});

it("carries blocks between simulated workers, to one owner each", () => {
  for (let seed = 0; seed < 50; seed++) {
    const arenas: Arena[] = [];
    const got: number[] = [];
    simulate({ seed, workers: 3, arena: { slabBytes: 2 ** 16, slabsPerWorker: 1 } }, function* (worker, random) {
      const arena = worker.arena as Arena;
      arenas.push(arena);
      const feed = worker.dataflow((scope) => {
        const feed = input(scope, layout);
        feed.stream.pipe(
          exchange(byColumns(layout, "bin")),
          sink("open", pipeline, () => (port) => {
            port.forEach((_, batch) => {
              for (let i = 0; i < batch.length; i++) {
                const block = arena.open(blockAt(batch.columns, "state", i));
                expect(block.u32[0]).toBe(batch.columns.bin[i]);
                got.push(block.u32[0] as number);
                arena.free(block);
              }
            });
          }),
        );
        return feed;
      });
      for (let round = 0; round < 5; round++) {
        for (let i = 0; i < 4; i++) {
          const bin = worker.index * 100 + round * 10 + i;
          const block = arena.allocate(4 + random.below(2000));
          block.u32[0] = bin;
          feed.send({ bin, ...blockRecord("state", block) });
        }
        feed.advanceTo(round + 1);
        yield;
      }
      feed.close();
    });
    expect(new Set(got).size).toBe(60);
    expect(got).toHaveLength(60);
    for (const arena of arenas) expect(arena.largestFreeBytes).toBe((2 ** 16 / 64) * 63);
  }
});
