// The laws that a TimeDomain must obey (engine rule 1), on every domain of the package and on some that users might define.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ByteReader, ByteWriter, type Codec, DecodeError, integers, pair, product } from "../../src/index.ts";
import { domains } from "./arbitraries.ts";
import { diamond } from "./domains.ts";

function roundTrip<V>(codec: Codec<V>, value: V): V {
  const writer = new ByteWriter();
  codec.write(value, writer);
  const reader = new ByteReader(writer.finish().slice());
  const result = codec.read(reader);
  expect(reader.done).toBe(true);
  return result;
}

describe.each(domains.map((each) => [each.domain.name, each] as const))("time-domain-laws of %s", (_, each) => {
  const { domain, times, summaries } = each;
  const { lessEqual, compare, join, meet } = domain;
  const paths = domain.summaries;
  const law = (name: string, ...body: Parameters<typeof fc.property<[unknown, unknown, unknown]>>) => {
    it(name, () => {
      fc.assert(fc.property(...body), { numRuns: 300 });
    });
  };

  law("the order is reflexive, antisymmetric and transitive", times, times, times, (a, b, c) => {
    expect(lessEqual(a, a)).toBe(true);
    if (lessEqual(a, b) && lessEqual(b, a)) expect(compare(a, b)).toBe(0);
    if (lessEqual(a, b) && lessEqual(b, c)) expect(lessEqual(a, c)).toBe(true);
  });

  law("the minimum is before everything", times, times, times, (a) => {
    expect(lessEqual(domain.minimum, a)).toBe(true);
  });

  law("compare is a total order that extends the partial one", times, times, times, (a, b, c) => {
    expect(Math.sign(compare(a, b)) + Math.sign(compare(b, a))).toBe(0);
    if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
    if (lessEqual(a, b)) expect(compare(a, b)).toBeLessThanOrEqual(0);
    if (compare(a, b) === 0) expect(lessEqual(a, b)).toBe(true);
  });

  law("only a domain without incomparable times calls itself total", times, times, times, (a, b) => {
    if (domain.total) expect(lessEqual(a, b) || lessEqual(b, a)).toBe(true);
  });

  law("join is the least upper bound", times, times, times, (a, b, c) => {
    const least = join(a, b);
    expect(lessEqual(a, least) && lessEqual(b, least)).toBe(true);
    expect(lessEqual(a, c) && lessEqual(b, c)).toBe(lessEqual(least, c));
  });

  law("meet is the greatest lower bound", times, times, times, (a, b, c) => {
    const greatest = meet(a, b);
    expect(lessEqual(greatest, a) && lessEqual(greatest, b)).toBe(true);
    expect(lessEqual(c, a) && lessEqual(c, b)).toBe(lessEqual(c, greatest));
  });

  law("keys are canonical: the same exactly for equal times", times, times, times, (a, b) => {
    expect(domain.key(a) === domain.key(b)).toBe(compare(a, b) === 0);
    expect(domain.key(roundTrip(domain.codec, a))).toBe(domain.key(a));
  });

  law("codecs return what was written", times, summaries, summaries, (time, summary) => {
    expect(roundTrip(domain.codec, time)).toEqual(time);
    expect(roundTrip(paths.codec, summary)).toEqual(summary);
  });

  law("the identity leaves times as they are, and nothing goes back", times, summaries, summaries, (time, summary) => {
    expect(paths.resultsIn(paths.identity, time)).toEqual(time);
    const later = paths.resultsIn(summary, time);
    if (later !== undefined) expect(lessEqual(time, later)).toBe(true);
  });

  law("summaries are monotone", times, times, summaries, (a, b, summary) => {
    fc.pre(lessEqual(a, b));
    const ofA = paths.resultsIn(summary, a);
    const ofB = paths.resultsIn(summary, b);
    // Where the earlier time already leads nowhere, the later one can't lead anywhere either.
    if (ofB !== undefined) expect(ofA !== undefined && lessEqual(ofA, ofB)).toBe(true);
  });

  law("composition is one path after the other", times, summaries, summaries, (time, first, then) => {
    const composed = paths.compose(first, then);
    const between = paths.resultsIn(first, time);
    const end = between === undefined ? undefined : paths.resultsIn(then, between);
    expect(composed === undefined ? undefined : paths.resultsIn(composed, time)).toEqual(end);
    expect(paths.compose(paths.identity, first)).toEqual(first);
    expect(paths.compose(first, paths.identity)).toEqual(first);
  });

  law("composition is associative", summaries, summaries, summaries, (a, b, c) => {
    const ab = paths.compose(a, b);
    const bc = paths.compose(b, c);
    expect(ab === undefined ? undefined : paths.compose(ab, c)).toEqual(
      bc === undefined ? undefined : paths.compose(a, bc),
    );
  });

  law("a lesser summary causes no later times", times, summaries, summaries, (time, a, b) => {
    fc.pre(paths.lessEqual(a, b));
    const ofA = paths.resultsIn(a, time);
    const ofB = paths.resultsIn(b, time);
    if (ofB !== undefined) expect(ofA !== undefined && lessEqual(ofA, ofB)).toBe(true);
  });
});

describe("integers", () => {
  it("drop what would pass the last safe integer", () => {
    const last = Number.MAX_SAFE_INTEGER;
    expect(integers.summaries.resultsIn(1, last - 1)).toBe(last);
    expect(integers.summaries.resultsIn(1, last)).toBe(undefined);
    expect(integers.summaries.compose(last, 1)).toBe(undefined);
  });

  it("refuse bytes that are no safe integer", () => {
    const writer = new ByteWriter();
    writer.u8(0xff);
    expect(() => integers.codec.read(new ByteReader(writer.finish()))).toThrow(DecodeError);
  });
});

describe("product", () => {
  it("leaves the parts of a time incomparable where they are", () => {
    const square = product(integers, integers);
    expect(square.lessEqual(pair(0, 1), pair(1, 0))).toBe(false);
    expect(square.lessEqual(pair(1, 0), pair(0, 1))).toBe(false);
    expect(square.total).toBe(false);
  });

  it("tells strings of its parts' keys apart", () => {
    const texts = product({ ...diamond, key: (time) => `${time}:n1` }, { ...integers, key: (time) => `${time}` });
    const keys = new Set(
      ["bottom", "left", "top"].flatMap((c) => [1, 11, 111].map((n) => texts.key(pair(c as "left", n)))),
    );
    expect(keys.size).toBe(9);
  });
});
