// Random times and summaries of every domain under test.

import fc from "fast-check";
import { integers, type Product, pair, product, type TimeDomain, unit } from "../../src/index.ts";
import { corners, diamond, versions } from "./domains.ts";

/** A domain with ways to draw its times and summaries. */
export interface DomainUnderTest {
  readonly domain: TimeDomain<unknown>;
  readonly times: fc.Arbitrary<unknown>;
  readonly summaries: fc.Arbitrary<unknown>;
}

function underTest<T, S>(
  domain: TimeDomain<T, S>,
  times: fc.Arbitrary<T>,
  summaries: fc.Arbitrary<S>,
): DomainUnderTest {
  return { domain: domain as TimeDomain<unknown>, times, summaries };
}

function pairs<A, B>(outer: fc.Arbitrary<A>, inner: fc.Arbitrary<B>): fc.Arbitrary<Product<A, B>> {
  return fc.tuple(outer, inner).map(([a, b]) => pair(a, b));
}

// Mostly small, so that times collide; sometimes near the ends of what is packed into keys and of safe integers.
const numbers = fc.oneof(
  { arbitrary: fc.nat(4), weight: 8 },
  fc.nat(0x8000000),
  fc.constantFrom(0x3ffffff, 0x4000000, 2 ** 40, Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER),
);
const corner = fc.constantFrom(...corners);
const small = fc.nat(3);

const square = product(integers, integers);

/** Every domain of the package, products of them, and two that users might define. */
export const domains: readonly DomainUnderTest[] = [
  underTest(integers, numbers, numbers),
  underTest(unit, fc.constant(null), fc.constant(null)),
  underTest(square, pairs(numbers, numbers), pairs(numbers, numbers)),
  underTest(
    product(square, integers),
    pairs(pairs(numbers, numbers), numbers),
    pairs(pairs(numbers, numbers), numbers),
  ),
  underTest(product(diamond, square), pairs(corner, pairs(numbers, numbers)), pairs(corner, pairs(numbers, numbers))),
  underTest(
    product(unit, versions),
    pairs(fc.constant(null), pairs(small, small)),
    pairs(fc.constant(null), pairs(small, small)),
  ),
  underTest(diamond, corner, corner),
  underTest(versions, pairs(small, small), pairs(small, small)),
];

/** Domains with times that are close to each other, for sets and multisets of times. */
export const smallDomains: readonly DomainUnderTest[] = [
  underTest(integers, fc.nat(6), small),
  underTest(square, pairs(small, small), pairs(fc.nat(2), fc.nat(2))),
  underTest(
    product(square, integers),
    pairs(pairs(fc.nat(2), fc.nat(2)), fc.nat(2)),
    pairs(pairs(fc.nat(1), fc.nat(1)), fc.nat(1)),
  ),
  underTest(diamond, corner, corner),
  underTest(versions, pairs(small, small), pairs(fc.nat(1), fc.nat(2))),
];
