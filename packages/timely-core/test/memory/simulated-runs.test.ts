// Blocks that wander between the workers of simulated runs, under a ledger of who has what: an oracle that knows nothing of allocators.

import { describe, expect, it } from "vitest";
import {
  type Arena,
  ArenaError,
  type Block,
  type BlockHandle,
  byWorker,
  exchange,
  filter,
  input,
  iterate,
  map,
  type OperatorInfo,
  type Product,
  pipeline,
  type Rows,
  rows,
  StaleBlockError,
  type Stream,
  sink,
  unary,
} from "../../src/index.ts";
import { type Program, Random, simulate } from "../../src/simulation/index.ts";

const slabBytes = 2 ** 16;
const granule = 256;
/** What of a slab blocks can be in. */
const slabRoom = (slabBytes / 64) * 63;

/** A block under way, or a copy of it for who can't open it. */
interface Parcel {
  readonly to: number;
  readonly hops: number;
  readonly stamp: number;
  readonly block?: BlockHandle;
  readonly copy?: number;
}

/** Every block that is somebody's, by slab, and those that were freed. */
class Ledger {
  readonly graves: BlockHandle[] = [];
  allocated = 0;
  reused = 0;
  private readonly live = new Map<number, Map<number, number>>();
  private readonly used = new Set<string>();

  take({ slab, offset, length }: BlockHandle): void {
    const blocks = this.live.get(slab) ?? new Map<number, number>();
    this.live.set(slab, blocks);
    for (const [other, otherLength] of blocks) {
      if (offset < other + Math.max(otherLength, 1) && other < offset + Math.max(length, 1)) {
        throw new Error(`slab ${slab}: the block at ${offset} lies in the one at ${other}`);
      }
    }
    if (offset % granule !== 0 || offset + length > slabBytes) throw new Error(`slab ${slab}: bad place ${offset}`);
    blocks.set(offset, length);
    this.allocated += 1;
    const place = `${slab}/${offset}`;
    if (this.used.has(place)) this.reused += 1;
    this.used.add(place);
  }

  free(handle: BlockHandle): void {
    if (!this.live.get(handle.slab)?.delete(handle.offset)) throw new Error(`slab ${handle.slab}: freed twice`);
    this.graves.push({ ...handle });
  }

  get isEmpty(): boolean {
    return [...this.live.values()].every((blocks) => blocks.size === 0);
  }
}

/** One worker's part of the program: makes blocks, looks at those that come, and sends on, keeps or frees them. */
class Keeper {
  readonly kept: Block[] = [];
  private readonly info: OperatorInfo;
  private readonly random: Random;
  private readonly ledger: Ledger;

  constructor(info: OperatorInfo, random: Random, ledger: Ledger) {
    this.info = info;
    this.random = random;
    this.ledger = ledger;
  }

  get arena(): Arena {
    return this.info.arena as Arena;
  }

  make(stamp: number): Block {
    const block = this.arena.allocate(this.random.below(this.random.chance(0.2) ? 20_000 : 1000));
    this.ledger.take(block);
    block.u8.fill(stamp);
    return block;
  }

  free(block: Block): void {
    this.ledger.free(block);
    this.arena.free(block);
    expect(() => block.u8).toThrow(StaleBlockError);
  }

  /** What becomes of a block, or its copy, with that many hops before it. */
  dispatch(block: Block, hops: number, stamp: number): Parcel {
    const to = this.random.below(this.info.peers);
    if (this.info.sharesArena(to)) return { to, hops, stamp, block: { ...pick(block) } };
    const copy = block.length;
    this.free(block);
    return { to, hops, stamp, copy };
  }

  arrive(parcel: Parcel): Parcel | undefined {
    const { hops, stamp } = parcel;
    let block: Block;
    if (parcel.block !== undefined) {
      block = this.arena.open(parcel.block);
      if (!block.u8.every((byte) => byte === stamp)) throw new Error(`block ${stamp} was overwritten`);
    } else block = this.make(stamp);
    this.disturb();
    if (hops > 0) return this.dispatch(block, hops - 1, stamp);
    if (this.random.chance(0.3)) this.kept.push(block);
    else this.free(block);
    return undefined;
  }

  /** Tries what must not work. */
  private disturb(): void {
    const { graves } = this.ledger;
    if (graves.length === 0) return;
    const grave = this.random.pick(graves);
    const isOurs = this.info.sharesArena(processOf(grave) * this.arena.allocators);
    expect(() => this.arena.open(grave)).toThrow(isOurs ? StaleBlockError : ArenaError);
  }
}

function pick({ slab, offset, length, generation }: BlockHandle): BlockHandle {
  return { slab, offset, length, generation };
}

function processOf({ slab }: BlockHandle): number {
  return Math.floor(slab / 2 ** 20);
}

interface Outcome {
  readonly ledger: Ledger;
  readonly keepers: Keeper[];
  readonly frees: number;
}

function run(seed: number): Outcome {
  const ledger = new Ledger();
  const keepers: Keeper[] = [];
  const dice = new Random(seed);
  const processes = 1 + dice.below(2);
  const workers = processes * (1 + dice.below(3));
  const program: Program = function* (worker, random) {
    const orders = worker.dataflow((scope) => {
      const orders = input(scope, rows<number>());
      let keeper: Keeper;
      const parcels: Stream<number, Rows<Parcel>> = orders.stream.pipe(
        unary("make", pipeline, rows<Parcel>(), (info) => {
          keeper = new Keeper(info, random, ledger);
          keepers[info.index] = keeper;
          return (port, output) => {
            port.forEach((right, batch) => {
              const session = output.session(right);
              for (const stamp of batch.data) session.give(keeper.dispatch(keeper.make(stamp), random.below(4), stamp));
            });
          };
        }),
      );
      parcels.pipe(
        iterate<number, Rows<Parcel>, Rows<Parcel>>((stream) => {
          const again = stream.pipe(
            exchange(byWorker<Parcel>(({ to }) => to)),
            unary<Product<number, number>, Rows<Parcel>, Rows<Parcel>>("arrive", pipeline, rows<Parcel>(), () => {
              return (port, output) => {
                port.forEach((right, batch) => {
                  const session = output.session(right);
                  for (const parcel of batch.data) {
                    const next = keeper.arrive(parcel);
                    if (next !== undefined) session.give(next);
                  }
                });
              };
            }),
          );
          return { again, out: again.pipe(filter(() => false)) };
        }),
        map((parcel) => parcel),
      );
      return orders;
    });
    for (let time = 0; time < 6; time++) {
      orders.advanceTo(time);
      for (let i = random.below(6); i > 0; i--) orders.send(random.below(256));
      yield;
    }
    orders.close();
  };
  simulate({ seed, workers, arena: { slabBytes, slabsPerWorker: 1, processes } }, program);
  return { ledger, keepers, frees: ledger.graves.length };
}

describe("The arena of a simulated run", () => {
  it("hands no block out twice, catches use after free, and gets everything back", () => {
    let reused = 0;
    let grown = 0;
    for (let seed = 0; seed < 400; seed++) {
      const { ledger, keepers } = run(seed);
      reused += ledger.reused;
      // What was kept comes back although all workers have ended, from whoever has it.
      for (const keeper of keepers) for (const block of keeper.kept) keeper.free(block);
      expect(ledger.isEmpty).toBe(true);
      expect(ledger.graves).toHaveLength(ledger.allocated);
      for (const { arena } of keepers) {
        expect(arena.largestFreeBytes).toBe(slabRoom);
        expect(arena.freeBytes % slabRoom).toBe(0);
        if (arena.freeBytes > slabRoom) grown += 1;
      }
    }
    expect(reused).toBeGreaterThan(1000);
    expect(grown).toBeGreaterThan(10);
  });

  it("is of one process each, as operators are told", () => {
    const told = (options: { processes?: number } | undefined): boolean[][] => {
      const shares: boolean[][] = [];
      const program: Program = function* (worker) {
        worker.dataflow((scope) => {
          const numbers = input(scope);
          numbers.stream.pipe(
            sink("ask", pipeline, (info) => {
              expect(info.arena).toBe(worker.arena);
              shares[info.index] = Array.from({ length: info.peers }, (_, peer) => info.sharesArena(peer));
              return () => {};
            }),
          );
          numbers.close();
        });
        yield;
      };
      const arena = options && { slabBytes, slabsPerWorker: 1, ...options };
      simulate({ seed: 1, workers: 4, ...(arena && { arena }) }, program);
      return shares;
    };
    const rowsOf = (...texts: string[]) => texts.map((text) => [...text].map((letter) => letter === "x"));
    expect(told(undefined)).toEqual(rowsOf("----", "----", "----", "----"));
    expect(told({})).toEqual(rowsOf("xxxx", "xxxx", "xxxx", "xxxx"));
    expect(told({ processes: 2 })).toEqual(rowsOf("xx--", "xx--", "--xx", "--xx"));
    expect(told({ processes: 4 })).toEqual(rowsOf("x---", "-x--", "--x-", "---x"));
    expect(() => told({ processes: 3 })).toThrow(ArenaError);
  });
});
