// Handles of blocks in columns: four fields of 32 bits, exchanged and read like any others (engine rule 17).

import { type FieldsRecord, u32 } from "../batch/index.ts";
import type { BlockHandle } from "./handle.ts";

/** The fields that hold the handle of a block by the name `N`: four columns. */
export type BlockFields<N extends string> = {
  readonly [K in `${N}Slab` | `${N}Offset` | `${N}Length` | `${N}Generation`]: "u32";
};

/** The columns of such fields. */
export type BlockColumns<N extends string> = { readonly [K in keyof BlockFields<N>]: Uint32Array };

/**
 * Fields for the handle of a block in each record. A handle is not the block: copies of a record name the same block, so whoever sends it
 * says to whom the block goes with it, and that worker alone frees it. It may go to workers that share the arena only.
 *
 * @example
 * const states = columns({ bin: u32, ...blockFields("state") });
 */
export function blockFields<const N extends string>(name: N): BlockFields<N> {
  return {
    [`${name}Slab`]: u32,
    [`${name}Offset`]: u32,
    [`${name}Length`]: u32,
    [`${name}Generation`]: u32,
  } as BlockFields<N>;
}

/** What a record has in these fields for a block. */
export function blockRecord<const N extends string>(name: N, handle: BlockHandle): FieldsRecord<BlockFields<N>> {
  return {
    [`${name}Slab`]: handle.slab,
    [`${name}Offset`]: handle.offset,
    [`${name}Length`]: handle.length,
    [`${name}Generation`]: handle.generation,
  } as FieldsRecord<BlockFields<N>>;
}

/** The handle in record `i` of a batch with these fields, for `arena.open`. */
export function blockAt<const N extends string>(columns: BlockColumns<N>, name: N, i: number): BlockHandle {
  const fields = columns as { readonly [field: string]: Uint32Array };
  return {
    slab: fields[`${name}Slab`]?.[i] as number,
    offset: fields[`${name}Offset`]?.[i] as number,
    length: fields[`${name}Length`]?.[i] as number,
    generation: fields[`${name}Generation`]?.[i] as number,
  };
}
