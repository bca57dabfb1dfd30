// A block: the labels and next-hop sets of 32 destinations, node-major in one piece of memory that its owner provides.
// Blocks are the unit in which routing state is stored, screened, rebuilt and moved (engine rule 26, routing rules 7 to 9).

/** Destinations of a block; slot s of block b is the node of index 32 b + s. */
export const BLOCK_SLOTS = 32;

/** Distances in units; the width's `unreachable` where there is no path. */
export type Labels = Uint16Array | Int32Array | Float64Array;

/** Ids of next-hop sets, local to their node and table; 0 is the empty set. */
export type SetIds = Uint16Array | Uint32Array;

/** Bytes of a label: how wide the network's distances are. */
export type LabelBytes = 2 | 4 | 8;

/** A piece of memory; `byteOffset` is a multiple of 8. */
export interface BlockMemory {
  /** What the piece is of. */
  readonly buffer: ArrayBufferLike;
  /** Where it starts. */
  readonly byteOffset: number;
}

/** Where the memory of blocks comes from, such as an arena that workers share. */
export interface BlockAllocator {
  /** A piece of at least so many bytes, of any content. */
  allocate(bytes: number): BlockMemory;
  /** Takes back a piece that `allocate` gave. */
  release?(memory: BlockMemory): void;
}

/** How blocks are laid out: `capacity` rows (nodes) of 32 labels, then as many rows of 32 set ids. */
export interface BlockLayout {
  /** Rows: node indexes are below this. */
  readonly capacity: number;
  /** Bytes of a label. */
  readonly labelBytes: LabelBytes;
  /** Bytes of a set id. */
  readonly setBytes: 2 | 4;
}

/** The narrowest label whose values below its `unreachable` hold every distance up to `bound`. */
export function labelBytesFor(bound: number): LabelBytes {
  return bound < 0xffff ? 2 : bound < 0x7fffffff ? 4 : 8;
}

/** The label that means no path. */
export function unreachableLabel(labelBytes: LabelBytes): number {
  return labelBytes === 2 ? 0xffff : labelBytes === 4 ? 0x7fffffff : Number.POSITIVE_INFINITY;
}

/** Bytes of one block. */
export function blockBytes({ capacity, labelBytes, setBytes }: BlockLayout): number {
  return capacity * BLOCK_SLOTS * (labelBytes + setBytes);
}

/** One block's views of its memory. */
export interface Block {
  /** Its destinations are the nodes of index 32 times this and on. */
  readonly index: number;
  /** What the views are of. */
  readonly memory: BlockMemory;
  /** Distances by row and slot. */
  readonly labels: Labels;
  /** Next-hop sets by row and slot. */
  readonly sets: SetIds;
}

/** Views of a block over memory of `blockBytes(layout)`; its content stays as it is. */
export function viewBlock(index: number, layout: BlockLayout, memory: BlockMemory): Block {
  const cells = layout.capacity * BLOCK_SLOTS;
  const { buffer, byteOffset } = memory;
  const setOffset = byteOffset + cells * layout.labelBytes;
  const labels =
    layout.labelBytes === 2
      ? new Uint16Array(buffer, byteOffset, cells)
      : layout.labelBytes === 4
        ? new Int32Array(buffer, byteOffset, cells)
        : new Float64Array(buffer, byteOffset, cells);
  const sets =
    layout.setBytes === 2 ? new Uint16Array(buffer, setOffset, cells) : new Uint32Array(buffer, setOffset, cells);
  return { index, memory, labels, sets };
}

/** Makes every destination of a block unreachable from everywhere. */
export function clearBlock(block: Block, layout: BlockLayout): void {
  block.labels.fill(unreachableLabel(layout.labelBytes));
  block.sets.fill(0);
}

/** Copies rows from a block of one layout to a block of another; labels are multiplied by `factor`. */
export function convertBlock(
  from: Block,
  fromLayout: BlockLayout,
  to: Block,
  toLayout: BlockLayout,
  factor: number,
): void {
  clearBlock(to, toLayout);
  to.sets.set(from.sets);
  if (factor === 1 && fromLayout.labelBytes === toLayout.labelBytes) {
    to.labels.set(from.labels);
    return;
  }
  const unreachable = unreachableLabel(fromLayout.labelBytes);
  for (let cell = 0; cell < from.labels.length; cell++) {
    const label = from.labels[cell] as number;
    if (label !== unreachable) to.labels[cell] = label * factor;
  }
}
