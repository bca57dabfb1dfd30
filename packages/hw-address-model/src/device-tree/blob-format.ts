// The flattened device tree's constants and bounds, shared by reader and writer (Devicetree Specification 5).

export const MAGIC = 0xd00d_feed;
/** The version that is written; 16 differs only in a header without the structure block's size. */
export const VERSION = 17;
export const LAST_COMPATIBLE_VERSION = 16;
export const HEADER_BYTES = 40;
export const HEADER_BYTES_16 = 36;

export const BEGIN_NODE = 1;
export const END_NODE = 2;
export const PROPERTY = 3;
export const NOP = 4;
export const END = 9;

/** The deepest nesting that is read, the root being 1; real trees stay below 12. */
export const MAX_DEPTH = 64;
/** The longest node or property name in bytes; the specification allows 31, and label tables use more. */
export const MAX_NAME = 255;

/** The longest path in bytes; the longest in Linux's trees have some 300. It bounds what a map of a small blob can grow to. */
export const MAX_PATH = 1024;

/** Whether a byte may stand in a name: visible ASCII, so that a name can be printed and a path compared. */
export function isNameByte(byte: number): boolean {
  return byte > 0x20 && byte < 0x7f;
}
