// The generator makes the events of the benchmark: deterministic, in their proportions, whoever makes them.
import type { Columns, Fields } from "@limmat/timely-core";
import { assert, integer, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Generation, Generator } from "../../bench/nexmark/events/generator.ts";

const generation: Generation = { seed: 7, start: 1000, interval: 2.5, inFlight: 300 };

function recordsOf<F extends Fields>(batch: Columns<F>) {
  return Array.from({ length: batch.length }, (_, i) => batch.get(i));
}

function events(generator: Generator, first: number, count: number, stride = 1) {
  const numbers = { first, count, stride };
  return {
    people: recordsOf(generator.people(numbers)),
    auctions: recordsOf(generator.auctions(numbers)),
    bids: recordsOf(generator.bids(numbers)),
  };
}

describe("Generator", () => {
  it("makes one person, three auctions and forty-six bids of fifty events", () => {
    const { people, auctions, bids } = events(new Generator(generation), 0, 5000);
    expect([people.length, auctions.length, bids.length]).toEqual([100, 300, 4600]);
    expect(people.map(({ id }) => id)).toEqual(people.map((_, i) => 1000 + i));
    expect(auctions.map(({ id }) => id)).toEqual(auctions.map((_, i) => 1000 + i));
  });

  it("makes the same events however they are divided", () => {
    const byTime = <E extends { readonly at: number }>(list: E[]) => list.sort((a, b) => a.at - b.at);
    const whole = events(new Generator({ ...generation, interval: 1 }), 0, 600);
    assert(
      property(integer({ min: 1, max: 5 }), integer({ min: 1, max: 100 }), (stride, piece) => {
        const parts: (typeof whole)[] = [];
        for (let index = 0; index < stride; index++) {
          const generator = new Generator({ ...generation, interval: 1 });
          for (let first = index; first < 600; first += piece * stride) {
            parts.push(events(generator, first, Math.min(piece, Math.ceil((600 - first) / stride)), stride));
          }
        }
        expect(byTime(parts.flatMap(({ people }) => people))).toEqual(whole.people);
        expect(byTime(parts.flatMap(({ auctions }) => auctions))).toEqual(whole.auctions);
        expect(byTime(parts.flatMap(({ bids }) => bids))).toEqual(whole.bids);
      }),
      { numRuns: 30 },
    );
    expect(events(new Generator({ ...generation, seed: 8, interval: 1 }), 0, 600)).not.toEqual(whole);
  });

  it("spaces events by the interval", () => {
    const { bids } = events(new Generator(generation), 100, 50);
    expect(bids[0]?.at).toBe(1000 + Math.floor(104 * 2.5));
    expect(bids.at(-1)?.at).toBe(1000 + Math.floor(149 * 2.5));
  });

  it("keeps about as many auctions open as asked", () => {
    const { auctions } = events(new Generator(generation), 0, 100_000);
    const at = 1000 + 90_000 * 2.5;
    const open = auctions.filter((auction) => auction.at <= at && auction.expires > at);
    expect(open.length).toBeGreaterThan(240);
    expect(open.length).toBeLessThan(360);
    for (const { at, expires, reserve } of auctions) {
      expect(expires).toBeGreaterThan(at);
      expect(reserve).toBeGreaterThanOrEqual(200);
      expect(reserve).toBeLessThanOrEqual(2e8);
    }
  });

  it("makes some auctions, sellers and bidders hot", () => {
    const { auctions, bids } = events(new Generator(generation), 50_000, 50_000);
    const share = (list: readonly unknown[], all: readonly unknown[]) => list.length / all.length;
    expect(
      share(
        auctions.filter(({ seller }) => seller % 100 === 0),
        auctions,
      ),
    ).toBeCloseTo(3 / 4, 1);
    expect(
      share(
        bids.filter(({ auction }) => auction % 100 === 0),
        bids,
      ),
    ).toBeCloseTo(1 / 2, 1);
    expect(
      share(
        bids.filter(({ bidder }) => bidder % 100 === 1),
        bids,
      ),
    ).toBeCloseTo(3 / 4, 1);
  });

  it("names people and auctions that are there, or nearly", () => {
    const { people, auctions, bids } = events(new Generator(generation), 0, 20_000);
    expect(Math.max(...bids.map(({ auction }) => auction))).toBeLessThanOrEqual(1000 + auctions.length + 10);
    expect(Math.max(...bids.map(({ bidder }) => bidder))).toBeLessThanOrEqual(1000 + people.length + 10);
    expect(Math.min(...bids.map(({ price }) => price))).toBeGreaterThanOrEqual(100);
    expect(Math.max(...bids.map(({ price }) => price))).toBeLessThanOrEqual(1e8);
  });
});
