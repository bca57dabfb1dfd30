// The loops of scattering as WebAssembly over a small memory of this thread's own: values are copied in, divided, and copied out to
// where they go. On arrays that differ from batch to batch such a loop is three times as fast as JavaScript, which checks the bounds
// of each access and has too few registers for the arrays; the copies, in the first cache, cost little.

import {
  add,
  and,
  assemble,
  type Code,
  constant,
  get,
  instantiate,
  load,
  type Memory,
  mul,
  type Routine,
  set,
  shl,
  shr,
  store,
  sub,
  tee,
  type Width,
  whileBelow,
  xor,
} from "../wasm/assembler.ts";

/** Records that are divided at a time: their values, numbers and results stay in the second cache. */
export const PIECE = 2048;

const page = 65_536;
const columnBytes = PIECE * 8;

/** Where things lie in the memory. The targets of a whole batch are last, since they may need more of it. */
const layout = {
  source: 0,
  /** The results of two peers, each with a value behind; or of any number one behind the other. */
  first: columnBytes,
  second: 2 * columnBytes + 64,
  cursors: 3 * columnBytes + 128,
  targets: page,
} as const;

/** The most peers that can be served. */
const MAX_PEERS = (page - layout.cursors) / 4;

const widths = [1, 2, 4, 8] as const;

/**
 * `pair(source, targets, end, first, second)`: each value is written at both cursors, one of which moves on, so there are no branches;
 * one value too many is written behind each result.
 */
function pair(width: Width): Routine {
  const [source, targets, end, first, second, value, step] = [0, 1, 2, 3, 4, 5, 6] as const;
  const body = whileBelow(
    targets,
    end,
    [...get(source), ...load(width), ...set(value)],
    [...get(first), ...get(value), ...store(width), ...get(second), ...get(value), ...store(width)],
    [...get(targets), ...load(4), ...constant(Math.log2(width)), ...shl, ...set(step)],
    [...get(second), ...get(step), ...add, ...set(second)],
    [...get(first), ...constant(width), ...add, ...get(step), ...sub, ...set(first)],
    advance(source, width),
    advance(targets, 4),
  );
  return { name: `pair${width}`, parameters: 5, result: false, locals: [width === 8 ? "i64" : "i32", "i32"], body };
}

/** `routePair(targets, end)`: each hash becomes the number of one of two workers, its lowest bit; answers how many became 1. */
function routePair(): Routine {
  const [targets, end, target, seconds] = [0, 1, 2, 3] as const;
  const body = whileBelow(
    targets,
    end,
    [...get(targets), ...get(targets), ...load(4), ...constant(1), ...and, ...tee(target), ...store(4)],
    [...get(seconds), ...get(target), ...add, ...set(seconds)],
    advance(targets, 4),
  );
  return { name: "routePair", parameters: 2, result: true, locals: ["i32", "i32"], body: [...body, ...get(seconds)] };
}

/** `mix(source, targets, end, seed)`: the hash of each 32-bit integer, `mix32(integer ^ seed)`, is written as its target. */
function mix(): Routine {
  const [source, targets, end, seed, hash] = [0, 1, 2, 3, 4] as const;
  const fold = (bits: number): Code => [...get(hash), ...get(hash), ...constant(bits), ...shr, ...xor];
  const body = whileBelow(
    targets,
    end,
    [...get(source), ...load(4), ...get(seed), ...xor, ...set(hash)],
    [...fold(16), ...constant(0x85ebca6b), ...mul, ...set(hash)],
    [...fold(13), ...constant(0xc2b2ae35), ...mul, ...set(hash)],
    [...get(targets), ...fold(16), ...store(4)],
    advance(source, 4),
    advance(targets, 4),
  );
  return { name: "mix", parameters: 4, result: false, locals: ["i32"], body };
}

/** `spread(source, targets, end, cursors)`: each value is written at the cursor of its target, which moves on. */
function spread(width: Width): Routine {
  const [source, targets, end, cursors, cursor, at] = [0, 1, 2, 3, 4, 5] as const;
  const body = whileBelow(
    targets,
    end,
    [
      ...get(cursors),
      ...get(targets),
      ...load(4),
      ...constant(2),
      ...shl,
      ...add,
      ...tee(cursor),
      ...load(4),
      ...tee(at),
    ],
    [...get(source), ...load(width), ...store(width)],
    [...get(cursor), ...get(at), ...constant(width), ...add, ...store(4)],
    advance(source, width),
    advance(targets, 4),
  );
  return { name: `spread${width}`, parameters: 4, result: false, locals: ["i32", "i32"], body };
}

function advance(local: number, bytes: number): Code {
  return [...get(local), ...constant(bytes), ...add, ...set(local)];
}

/** What a peer's values go to. */
export interface Taker {
  /** Copies the bytes of the next values of a column. */
  take(column: number, bytes: Uint8Array): void;
}

type Pair = (source: number, targets: number, end: number, first: number, second: number) => void;
type RoutePair = (targets: number, end: number) => number;
type Mix = (source: number, targets: number, end: number, seed: number) => void;
type Spread = (source: number, targets: number, end: number, cursors: number) => void;

/** The loops, and the memory that they work on. One a thread. */
export class ScatterKernels {
  /** Where the targets of a batch are to be written. */
  targets: Uint32Array;
  private readonly memory: Memory;
  private readonly pairs: readonly Pair[];
  private readonly spreads: readonly Spread[];
  private readonly routed: RoutePair;
  private readonly mixed: Mix;
  private bytes: Uint8Array;
  private cursors: Uint32Array;

  constructor() {
    const exports = instantiate(assemble(2, [...widths.map(pair), ...widths.map(spread), routePair(), mix()]));
    this.memory = exports.memory as Memory;
    this.routed = exports.routePair as RoutePair;
    this.mixed = exports.mix as Mix;
    this.pairs = widths.map((width) => exports[`pair${width}`] as Pair);
    this.spreads = widths.map((width) => exports[`spread${width}`] as Spread);
    [this.bytes, this.cursors, this.targets] = this.views();
  }

  /** Makes room for the targets of so many records; what was written there is lost. */
  reserve(records: number): void {
    if (records <= this.targets.length) return;
    this.memory.grow(Math.ceil(((records - this.targets.length) * 4) / page));
    [this.bytes, this.cursors, this.targets] = this.views();
  }

  /** Whether so many peers can be served. */
  serves(peers: number): boolean {
    return peers <= MAX_PEERS;
  }

  /** Writes the hashes of 32-bit integers, given as bytes, in place of their targets. */
  mix(integers: Uint8Array, seed: number): void {
    for (let from = 0; from < integers.length; from += 4 * PIECE) {
      const piece = integers.subarray(from, from + 4 * PIECE);
      this.bytes.set(piece, layout.source);
      this.mixed(layout.source, layout.targets + from, layout.targets + from + piece.length, seed);
    }
  }

  /** Turns the first `records` targets from hashes into numbers of two workers, as `route` does, and counts each worker's. */
  routePair(records: number, counts: Uint32Array): void {
    const seconds = this.routed(layout.targets, layout.targets + 4 * records);
    counts[0] = records - seconds;
    counts[1] = seconds;
  }

  /**
   * Divides a piece of a column, whose values' targets are those from record `from` on, over peers who get `counts[peer]` of them each.
   */
  divide(
    width: Width,
    values: Uint8Array,
    from: number,
    counts: Uint32Array,
    takers: readonly Taker[],
    column: number,
  ): void {
    const { bytes } = this;
    const targets = layout.targets + 4 * from;
    const end = targets + (4 * values.length) / width;
    bytes.set(values, layout.source);
    const kind = Math.log2(width);
    if (counts.length === 2) {
      (this.pairs[kind] as Pair)(layout.source, targets, end, layout.first, layout.second);
      this.hand(layout.first, (counts[0] as number) * width, takers[0] as Taker, column);
      this.hand(layout.second, (counts[1] as number) * width, takers[1] as Taker, column);
      return;
    }
    let at = layout.first;
    for (let peer = 0; peer < counts.length; peer++) {
      this.cursors[peer] = at;
      at += (counts[peer] as number) * width;
    }
    (this.spreads[kind] as Spread)(layout.source, targets, end, layout.cursors);
    at = layout.first;
    for (let peer = 0; peer < counts.length; peer++) {
      const length = (counts[peer] as number) * width;
      this.hand(at, length, takers[peer] as Taker, column);
      at += length;
    }
  }

  private hand(at: number, length: number, taker: Taker, column: number): void {
    if (length > 0) taker.take(column, this.bytes.subarray(at, at + length));
  }

  private views(): [bytes: Uint8Array, cursors: Uint32Array, targets: Uint32Array] {
    const { buffer } = this.memory;
    return [
      new Uint8Array(buffer),
      new Uint32Array(buffer, layout.cursors, MAX_PEERS),
      new Uint32Array(buffer, layout.targets),
    ];
  }
}

let kernels: ScatterKernels | null | undefined;

/** This thread's loops, or null where WebAssembly can't be compiled (a content security policy may forbid it). */
export function scatterKernels(): ScatterKernels | null {
  if (kernels === undefined) {
    try {
      kernels = new ScatterKernels();
    } catch {
      kernels = null;
    }
  }
  return kernels;
}
