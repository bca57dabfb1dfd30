import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CapabilityPort } from "../../src/dataflow/capability.ts";
import { Antichain, Capability, CapabilityError, CapabilitySet } from "../../src/index.ts";
import { smallDomains } from "../order/arbitraries.ts";

describe("CapabilitySet", () => {
  it.each(smallDomains.map(({ domain, times }) => [domain.name, domain, times] as const))(
    "of %s times holds the least of what was inserted, and moves forward with a frontier",
    (_, domain, times) => {
      const lists = fc.array(times, { minLength: 1, maxLength: 5 });
      fc.assert(
        fc.property(lists, lists, times, (inserted, next, asked) => {
          const counts = new Map<unknown, number>();
          const port: CapabilityPort<unknown> = {
            domain,
            place: { dataflow: "test", operator: "test", worker: 0 },
            held: new Set(),
            dropped: false,
            flush: () => {},
            holds: (time, diff) => counts.set(domain.key(time), (counts.get(domain.key(time)) ?? 0) + diff),
          };
          const sorted = (some: readonly unknown[]) => [...some].sort(domain.compare);
          const held = () => sorted([...port.held].map(({ time }) => time));
          const [first, ...rest] = inserted.map((time) => {
            port.holds(time, 1);
            return new Capability(port, time);
          }) as [Capability<unknown>, ...Capability<unknown>[]];
          const set = new CapabilitySet(first);
          for (const capability of rest) set.insert(capability);
          const least = new Antichain(domain, inserted);
          expect(sorted(set.times)).toEqual(sorted(least.elements));
          expect(held()).toEqual(sorted(least.elements));

          if (least.lessEqual(asked)) set.delayed(asked).release();
          else expect(() => set.delayed(asked)).toThrow(CapabilityError);

          const frontier = new Antichain(domain, next);
          if (least.dominates(frontier)) set.downgrade(frontier.elements);
          else expect(() => set.downgrade(frontier.elements)).toThrow(CapabilityError);
          expect(held()).toEqual(sorted((least.dominates(frontier) ? frontier : least).elements));

          set.release();
          expect(set.isEmpty).toBe(true);
          expect(held()).toEqual([]);
          expect([...counts.values()].every((count) => count === 0)).toBe(true);
          expect(() => set.delayed(domain.minimum)).toThrow(CapabilityError);
        }),
        { numRuns: 100 },
      );
    },
  );
});
