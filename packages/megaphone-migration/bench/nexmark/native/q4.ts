// NEXMark's query 4, written with timely-core's operators alone.
import { byColumns, Stash, unaryFrontier } from "@limmat/timely-core";
import type { Events } from "../events/records.ts";
import { categoryAverages, closedAuctions } from "../results.ts";
import { closed } from "./closed-auctions.ts";

/** Average price by category: of all auctions that have closed, whenever some do. */
export function q4(events: Events) {
  const { domain } = events.bids.scope;
  return closed(events).pipe(
    unaryFrontier("category averages", byColumns(closedAuctions, "category"), categoryAverages, (first) => {
      first.release();
      const sums = new Map<number, { sum: number; count: number }>();
      const closings = new Stash(domain, () => [] as { readonly category: number; readonly price: number }[]);
      return (input, output) => {
        input.forEach((right, batch) => {
          for (let i = 0; i < batch.length; i++) closings.at(right).push(batch.get(i));
        });
        closings.passed([input.frontier], (capability, closings) => {
          const session = output.session(capability);
          for (const { category, price } of closings) {
            const { sum, count } = sums.get(category) ?? { sum: 0, count: 0 };
            sums.set(category, { sum: sum + price, count: count + 1 });
          }
          for (const category of new Set(closings.map(({ category }) => category))) {
            const { sum, count } = sums.get(category) as { sum: number; count: number };
            session.give({ category, average: sum / count });
          }
        });
      };
    }),
  );
}
