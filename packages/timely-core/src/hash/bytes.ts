// Hashes of byte sequences and of strings by their UTF-8 bytes: MurmurHash3_x86_32 (Austin Appleby, public domain).

import { mix32 } from "./mix.ts";

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

function block(h: number, k: number): number {
  let m = Math.imul(k, C1);
  m = Math.imul((m << 15) | (m >>> 17), C2);
  const x = h ^ m;
  return (Math.imul((x << 13) | (x >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(h: number, rest: number, length: number): number {
  let m = Math.imul(rest, C1);
  m = Math.imul((m << 15) | (m >>> 17), C2);
  return mix32(h ^ m ^ length);
}

/**
 * The u32 hash of `bytes[from, to)`: MurmurHash3_x86_32 with this seed.
 *
 * Vectors: empty is 0 (seed 0) and 0x514e28b7 (seed 1); "abc" is 0xb3dd93fa (seed 0); "Hello, world!" is 0x24884cba
 * (seed 0x9747b28c).
 */
export function hashBytes(bytes: Uint8Array, seed = 0, from = 0, to = bytes.length): number {
  let h = seed | 0;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    h = block(
      h,
      (bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24),
    );
  }
  let rest = 0;
  for (let shift = 0; i < to; i++, shift += 8) rest |= (bytes[i] as number) << shift;
  return finish(h, rest, to - from);
}

/**
 * The u32 hash of a string: {@link hashBytes} of its UTF-8 bytes, a lone surrogate as U+FFFD. O(length), allocates
 * nothing.
 *
 * Vectors: "é" is 0x10110787 (seed 0), "日本語" 0xa5a47297 (seed 0), "😀" 0xbeb42efa (seed 0).
 */
export function hashString(text: string, seed = 0): number {
  const units = text.length;
  let h = seed | 0;
  let i = 0;
  for (; i + 4 <= units; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    if ((a | b | c | d) >= 0x80) return hashMixedText(text, i, h);
    h = block(h, a | (b << 8) | (c << 16) | (d << 24));
  }
  let rest = 0;
  for (let j = i, shift = 0; j < units; j++, shift += 8) {
    const unit = text.charCodeAt(j);
    if (unit >= 0x80) return hashMixedText(text, i, h);
    rest |= unit << shift;
  }
  return finish(h, rest, units);
}

/** Goes on from code unit `start`, before which all was ASCII and came to `state`. */
function hashMixedText(text: string, start: number, state: number): number {
  const units = text.length;
  let h = state;
  let length = start;
  // Up to three bytes wait in `rest` for a block of four; a character brings at most four more, packed in `bytes`.
  let rest = 0;
  for (let i = start; i < units; i++) {
    const unit = text.charCodeAt(i);
    let bytes: number;
    let count: number;
    if (unit < 0x80) {
      bytes = unit;
      count = 1;
    } else if (unit < 0x800) {
      bytes = 0xc0 | (unit >>> 6) | ((0x80 | (unit & 0x3f)) << 8);
      count = 2;
    } else {
      const next = (unit & 0xfc00) === 0xd800 && i + 1 < units ? text.charCodeAt(i + 1) : 0;
      if ((next & 0xfc00) === 0xdc00) {
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (next & 0x3ff);
        bytes =
          0xf0 |
          (point >>> 18) |
          ((0x80 | ((point >>> 12) & 0x3f)) << 8) |
          ((0x80 | ((point >>> 6) & 0x3f)) << 16) |
          ((0x80 | (point & 0x3f)) << 24);
        count = 4;
        i++;
      } else {
        const point = (unit & 0xf800) === 0xd800 ? 0xfffd : unit;
        bytes = 0xe0 | (point >>> 12) | ((0x80 | ((point >>> 6) & 0x3f)) << 8) | ((0x80 | (point & 0x3f)) << 16);
        count = 3;
      }
    }
    const shift = (length & 3) << 3;
    rest |= bytes << shift;
    if ((length & 3) + count >= 4) {
      h = block(h, rest);
      rest = shift === 0 ? 0 : bytes >>> (32 - shift);
    }
    length += count;
  }
  return finish(h, rest, length);
}
