// NEXMark's query 6, written with timely-core's operators alone.
import { byColumns, Stash, unaryFrontier } from "@limmat/timely-core";
import type { Events } from "../events/records.ts";
import { type ClosedAuction, closedAuctions, sellerAverages } from "../results.ts";
import { closed } from "./closed-auctions.ts";

/** Average selling price by seller: of the last ten auctions that have closed, whenever some do. */
export function q6(events: Events) {
  const { domain } = events.bids.scope;
  return closed(events).pipe(
    unaryFrontier("seller averages", byColumns(closedAuctions, "seller"), sellerAverages, (first) => {
      first.release();
      const lastTen = new Map<number, number[]>();
      const closings = new Stash(domain, () => [] as ClosedAuction[]);
      return (input, output) => {
        input.forEach((right, batch) => {
          for (let i = 0; i < batch.length; i++) closings.at(right).push(batch.get(i));
        });
        closings.passed([input.frontier], (capability, closings) => {
          // Those of one time in the order of their numbers.
          closings.sort((a, b) => a.auction - b.auction);
          for (const { seller, price } of closings) {
            lastTen.set(seller, [...(lastTen.get(seller) ?? []), price].slice(-10));
          }
          const session = output.session(capability);
          for (const seller of new Set(closings.map(({ seller }) => seller))) {
            const prices = lastTen.get(seller) as number[];
            session.give({ seller, average: prices.reduce((a, b) => a + b) / prices.length });
          }
        });
      };
    }),
  );
}
