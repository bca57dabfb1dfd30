// Random boards whose addresses crowd around 0, 2^32 and 2^64, so that windows meet regions and ends meet boundaries.
import fc from "fast-check";
import type { NodeSpec, RegionSpec, Space, WindowSpec } from "./board.ts";

interface Shape {
  pci: boolean;
  addressCells: number;
  sizeCells: number;
}

const plainShape: fc.Arbitrary<Shape> = fc.record({
  pci: fc.constant(false),
  addressCells: fc.constantFrom(1, 2),
  sizeCells: fc.constantFrom(1, 2),
});
const anyShape: fc.Arbitrary<Shape> = fc.oneof(
  { weight: 3, arbitrary: plainShape },
  { weight: 1, arbitrary: fc.constant({ pci: true, addressCells: 3, sizeCells: 2 }) },
);

const spaceOn = (bus: Shape): fc.Arbitrary<Space> =>
  bus.pci ? fc.constantFrom<Space>("memory", "memory", "io", "config") : fc.constant("memory");

// The end of the space that addresses crowd at; one a board, so that most windows have something to match.
const addressOn = (bus: Shape, high: boolean): fc.Arbitrary<bigint> => {
  const base = !high ? 0n : bus.addressCells === 1 ? 2n ** 32n - 64n : 2n ** 64n - 64n;
  const middle = bus.addressCells === 1 ? base : 2n ** 32n - 32n;
  return fc.tuple(fc.constantFrom(base, base, base, middle), fc.nat(63)).map(([from, at]) => from + BigInt(at));
};
const size = fc.integer({ min: 1, max: 40 }).map(BigInt);

const regionOn = (bus: Shape, high: boolean): fc.Arbitrary<RegionSpec> =>
  fc.record({ space: spaceOn(bus), address: addressOn(bus, high), size });

const windowFrom = (bus: Shape, parent: Shape, high: boolean): fc.Arbitrary<WindowSpec> =>
  fc.record({
    space: spaceOn(bus),
    child: addressOn(bus, high),
    parentSpace: spaceOn(parent),
    parent: addressOn(parent, high),
    size,
  });

const nodeOn = (parent: Shape, high: boolean, depth: number): fc.Arbitrary<NodeSpec> =>
  anyShape.chain((shape) =>
    fc.record({
      pci: fc.constant(shape.pci),
      addressCells: fc.constant(shape.addressCells),
      sizeCells: fc.constant(shape.sizeCells),
      ranges: fc.oneof(
        { weight: 1, arbitrary: fc.constant("missing" as const) },
        { weight: 2, arbitrary: fc.constant("empty" as const) },
        { weight: 6, arbitrary: fc.array(windowFrom(shape, parent, high), { minLength: 1, maxLength: 5 }) },
      ),
      regions: fc.array(regionOn(parent, high), { maxLength: 3 }),
      children: depth === 0 ? fc.constant([]) : fc.array(nodeOn(shape, high, depth - 1), { maxLength: 3 }),
    }),
  );

/** A board of up to four levels of buses. */
export const arbitraryBoard: fc.Arbitrary<NodeSpec> = fc.tuple(plainShape, fc.boolean()).chain(([shape, high]) =>
  fc.record({
    pci: fc.constant(false),
    addressCells: fc.constant(shape.addressCells),
    sizeCells: fc.constant(shape.sizeCells),
    ranges: fc.constant("missing" as const),
    regions: fc.constant([]),
    children: fc.array(nodeOn(shape, high, 3), { minLength: 1, maxLength: 3 }),
  }),
);
