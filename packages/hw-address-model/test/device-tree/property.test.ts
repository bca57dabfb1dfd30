import { describe, expect, it } from "vitest";
import { DeviceTreeProperty, PropertyError } from "../../src/device-tree/index.ts";

const ofBytes = (...bytes: number[]) => new DeviceTreeProperty("p", Uint8Array.from(bytes));

describe("device tree properties", () => {
  it("are big-endian cells", () => {
    const property = ofBytes(0xff, 0, 0, 1, 0, 0, 0, 2);
    expect(property.cells()).toEqual([0xff00_0001, 2]);
    expect(property.cell(1)).toBe(2);
    expect(property.u64()).toBe(0xff00_0001_0000_0002n);
    expect(DeviceTreeProperty.cells("p", 0xffff_ffff).u32()).toBe(0xffff_ffff);
  });

  it("are texts", () => {
    expect(DeviceTreeProperty.strings("p", "arm,pl011", "größer", "").strings()).toEqual(["arm,pl011", "größer", ""]);
    expect(DeviceTreeProperty.strings("p", "one").string()).toBe("one");
    expect(ofBytes().strings()).toEqual([]);
  });

  it("are compared with one text without decoding", () => {
    const property = DeviceTreeProperty.strings("status", "okay");
    expect(["okay", "oka", "okays", "ok", ""].map((text) => property.isString(text))).toEqual([
      true,
      false,
      false,
      false,
      false,
    ]);
    expect(ofBytes(0x6f, 0x6b).isString("o")).toBe(false);
    expect(DeviceTreeProperty.strings("p", "a", "b").isString("a")).toBe(false);
  });

  it("are a view, not a copy, of the bytes they were read from", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const property = new DeviceTreeProperty("p", bytes, 2, 3);
    expect([...property.value]).toEqual([3, 4, 5]);
    expect(property.value.buffer).toBe(bytes.buffer);
    expect(() => property.cell(0)).toThrow(PropertyError);
  });

  it.each<[string, () => unknown]>([
    ["property-length", () => ofBytes(1, 2, 3, 4, 5).cells()],
    ["property-length", () => ofBytes(1, 2, 3, 4).cell(1)],
    ["property-length", () => ofBytes(1, 2, 3, 4).cell(-1)],
    ["property-length", () => ofBytes(1, 2, 3, 4).cell(Number.NaN)],
    ["property-length", () => ofBytes(1, 2, 3, 4, 5, 6, 7, 8).u32()],
    ["property-length", () => ofBytes(1, 2, 3, 4).u64()],
    ["property-text", () => ofBytes(97).strings()],
    ["property-text", () => ofBytes(0xff, 0).strings()],
    ["property-text", () => ofBytes(97, 0, 98, 0).string()],
    ["property-text", () => ofBytes().string()],
  ])("say %s when read as what they are not", (code, read) => {
    expect(read).toThrow(PropertyError);
    expect(read).toThrow(expect.objectContaining({ code, property: "p" }));
  });
});
