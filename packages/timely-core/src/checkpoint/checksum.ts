// The checksum of parts and manifests.

import { hashBytes } from "../hash/index.ts";

/** 64 bits over bytes, as 16 hexadecimal digits: two hashes of one family. */
export function checksum(bytes: Uint8Array, from = 0, to = bytes.length): string {
  const digits = (seed: number): string => hashBytes(bytes, seed, from, to).toString(16).padStart(8, "0");
  return digits(0x6c696d6d) + digits(0x61742e63);
}
