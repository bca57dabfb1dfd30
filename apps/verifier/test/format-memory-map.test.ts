import { describe, expect, it } from "vitest";
import { formatSize } from "../src/format-memory-map.ts";

describe("sizes", () => {
  it.each([
    [1n, "1 B"],
    [0x18n, "24 B"],
    [1024n, "1 KiB"],
    [1025n, "1025 B"],
    [0xf6_0000n, "15744 KiB"],
    [2n ** 40n, "1 TiB"],
    [2n ** 64n, "16 EiB"],
  ])("%s bytes are %s", (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });
});
