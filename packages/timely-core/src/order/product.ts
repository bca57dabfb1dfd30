// Pairs of times under the product order: a nested scope's times, and data with several clocks (Naiad, SOSP 2013, section 2.1).

import type { Codec } from "../codec/index.ts";
import type { TimeDomain, TimeKey } from "./time-domain.ts";

/** A pair of times, or of summaries. `(a, b) <= (c, d)` when `a <= c` and `b <= d`. */
export interface Product<Outer, Inner> {
  /** The time, or summary, of the scope around. */
  readonly outer: Outer;
  /** The time, or summary, inside. */
  readonly inner: Inner;
}

/** The pair of an outer and an inner time, or of an outer and an inner summary. */
export function pair<Outer, Inner>(outer: Outer, inner: Inner): Product<Outer, Inner> {
  return { outer, inner };
}

function pairKey(outer: TimeKey, inner: TimeKey): TimeKey {
  // Small integers pack into one safe integer; anything else gets a self-delimiting string, so that no two pairs share a key.
  if (
    typeof outer === "number" &&
    typeof inner === "number" &&
    outer >= 0 &&
    inner >= 0 &&
    outer < 0x4000000 &&
    inner < 0x4000000
  ) {
    return outer * 0x4000000 + inner;
  }
  const left = `${typeof outer === "number" ? "n" : "s"}${outer}`;
  return `${left.length}:${left}${typeof inner === "number" ? "n" : "s"}${inner}`;
}

function pairCodec<A, B>(outer: Codec<A>, inner: Codec<B>): Codec<Product<A, B>> {
  return {
    name: `(${outer.name}, ${inner.name})`,
    write(value, to) {
      outer.write(value.outer, to);
      inner.write(value.inner, to);
    },
    read(from) {
      const left = outer.read(from);
      return pair(left, inner.read(from));
    },
  };
}

/** The product of two time domains; total only when one of them has a single time, which nobody relies on, so never called total. */
export function product<A, SA, B, SB>(
  outer: TimeDomain<A, SA>,
  inner: TimeDomain<B, SB>,
): TimeDomain<Product<A, B>, Product<SA, SB>> {
  return {
    name: `(${outer.name}, ${inner.name})`,
    total: false,
    minimum: pair(outer.minimum, inner.minimum),
    lessEqual: (a, b) => outer.lessEqual(a.outer, b.outer) && inner.lessEqual(a.inner, b.inner),
    // Lexicographic order extends the product order.
    compare: (a, b) => outer.compare(a.outer, b.outer) || inner.compare(a.inner, b.inner),
    join: (a, b) => pair(outer.join(a.outer, b.outer), inner.join(a.inner, b.inner)),
    meet: (a, b) => pair(outer.meet(a.outer, b.outer), inner.meet(a.inner, b.inner)),
    key: (time) => pairKey(outer.key(time.outer), inner.key(time.inner)),
    codec: pairCodec(outer.codec, inner.codec),
    summaries: {
      identity: pair(outer.summaries.identity, inner.summaries.identity),
      resultsIn(summary, time) {
        const left = outer.summaries.resultsIn(summary.outer, time.outer);
        if (left === undefined) return undefined;
        const right = inner.summaries.resultsIn(summary.inner, time.inner);
        return right === undefined ? undefined : pair(left, right);
      },
      compose(first, then) {
        const left = outer.summaries.compose(first.outer, then.outer);
        if (left === undefined) return undefined;
        const right = inner.summaries.compose(first.inner, then.inner);
        return right === undefined ? undefined : pair(left, right);
      },
      lessEqual: (a, b) => outer.summaries.lessEqual(a.outer, b.outer) && inner.summaries.lessEqual(a.inner, b.inner),
      codec: pairCodec(outer.summaries.codec, inner.summaries.codec),
    },
  };
}
