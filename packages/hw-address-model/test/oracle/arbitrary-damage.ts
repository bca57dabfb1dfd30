// Random damage to a blob's bytes, spread evenly over it (fast-check's own bias would always hit the magic).
import fc from "fast-check";

const change = fc.record({
  at: fc.noBias(fc.nat(0xffff)),
  // Any byte, or one of those that mean something: tokens, ends of texts, signs, large lengths.
  value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff)),
});

/** A function that damages a blob in place at up to six bytes. */
export const arbitraryDamage: fc.Arbitrary<(blob: Uint8Array) => void> = fc
  .array(change, { minLength: 1, maxLength: 6 })
  .map((changes) => (blob) => {
    for (const { at, value } of changes) blob[Math.floor((at * blob.length) / 0x1_0000)] = value;
  });
