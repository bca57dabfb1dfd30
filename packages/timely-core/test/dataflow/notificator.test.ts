// Both notificators against the definition, under random requests and frontiers that only move forward.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CapabilityPort } from "../../src/dataflow/capability.ts";
import {
  Antichain,
  Capability,
  FrontierNotificator,
  integers,
  type Notificator,
  notificatorOf,
  product,
  type TimeDomain,
  TotalOrderNotificator,
} from "../../src/index.ts";
import { smallDomains } from "../order/arbitraries.ts";

/** A port that only keeps the ledger. */
function portOf<T>(domain: TimeDomain<T>): CapabilityPort<T> {
  const place = { dataflow: "test", operator: "test", worker: 0 };
  return { domain, place, held: new Set(), dropped: false, flush: () => {}, holds: () => {} };
}

/** What happens to a notificator: a request, or the frontiers' next position and a look at what is due. */
type Step = { readonly ask: unknown } | { readonly move: readonly unknown[] };

const variants: readonly (readonly [string, (domain: TimeDomain<unknown>) => Notificator<unknown> | undefined])[] = [
  ["FrontierNotificator", (domain) => new FrontierNotificator(domain)],
  ["TotalOrderNotificator", (domain) => (domain.total ? new TotalOrderNotificator(domain) : undefined)],
];

const cases = variants.flatMap(([name, make]) =>
  smallDomains
    .filter(({ domain }) => make(domain) !== undefined)
    .map(({ domain, times }) => [`${name} of ${domain.name} times`, domain, times, make] as const),
);

describe("notificators", () => {
  it.each(cases)(
    "%s: hand out what all frontiers have passed, and nothing else, in order",
    (_, domain, times, make) => {
      const step: fc.Arbitrary<Step> = fc.oneof(
        times.map((ask) => ({ ask })),
        fc.array(times, { minLength: 1, maxLength: 3 }).map((move) => ({ move })),
      );
      fc.assert(
        fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 2 }), (steps, inputs) => {
          const notificator = make(domain) as Notificator<unknown>;
          const port = portOf(domain);
          const frontiers = Array.from({ length: inputs }, () => new Antichain(domain, [domain.minimum]));
          let asked: unknown[] = [];
          steps.forEach((each, i) => {
            if ("ask" in each) {
              notificator.notifyAt(new Capability(port, each.ask));
              asked.push(each.ask);
              return;
            }
            // A frontier moves to joins of its elements with others: never back.
            const frontier = frontiers[i % inputs] as Antichain<unknown>;
            const moved = each.move.map((time, n) =>
              domain.join(frontier.elements[n % frontier.elements.length], time),
            );
            frontiers[i % inputs] = new Antichain(domain, moved);
            const due = (time: unknown) => frontiers.every((one) => !one.lessEqual(time));
            const found: unknown[] = [];
            notificator.forEach(frontiers, (capability) => {
              expect(capability.live).toBe(true);
              found.push(capability.time);
            });
            expect(found).toEqual(asked.filter(due).sort(domain.compare));
            asked = asked.filter((time) => !due(time));
            expect(notificator.pending).toBe(asked.length);
            expect(port.held.size).toBe(asked.length);
          });
          const rest: unknown[] = [];
          notificator.forEach([new Antichain(domain)], (capability) => rest.push(capability.time));
          expect(rest).toEqual(asked.sort(domain.compare));
          expect(port.held.size).toBe(0);
        }),
        { numRuns: 150 },
      );
    },
  );

  it.each([
    ["FrontierNotificator", () => new FrontierNotificator(integers)],
    ["TotalOrderNotificator", () => new TotalOrderNotificator(integers)],
  ] as const)("%s: what is asked for while they are handed out comes in its order", (_, make) => {
    const notificator = make();
    const port = portOf(integers);
    const frontier = new Antichain(integers, [10]);
    for (const time of [5, 12, 1]) notificator.notifyAt(new Capability(port, time));
    const found: number[] = [];
    notificator.forEach([frontier], (capability) => {
      found.push(capability.time);
      if (capability.time === 1) for (const time of [7, 3, 15]) notificator.notifyAt(capability.delayed(time));
    });
    expect(found).toEqual([1, 3, 5, 7]);
    expect([...port.held].map(({ time }) => time).sort((a, b) => a - b)).toEqual([12, 15]);
  });

  it("next() leaves the capability to the caller", () => {
    const notificator = notificatorOf(integers);
    const port = portOf(integers);
    notificator.notifyAt(new Capability(port, 1));
    expect(notificator.next([new Antichain(integers, [1])])).toBeUndefined();
    const capability = notificator.next([new Antichain(integers, [2])]);
    expect(capability?.live).toBe(true);
    expect(notificator.pending).toBe(0);
    expect(port.held.size).toBe(1);
  });

  it("are chosen by the domain", () => {
    expect(notificatorOf(integers)).toBeInstanceOf(TotalOrderNotificator);
    const plane = product(integers, integers);
    expect(notificatorOf(plane)).toBeInstanceOf(FrontierNotificator);
    expect(() => new TotalOrderNotificator(plane)).toThrow(/not totally ordered/);
  });
});
