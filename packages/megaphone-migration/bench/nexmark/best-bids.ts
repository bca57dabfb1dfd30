// Query 7's first half, native and migratable alike: what a batch of bids can contribute to the highest of a window. It keeps nothing from
// one batch to the next, so there is nothing that could move.
import { pipeline, unary } from "@limmat/timely-core";
import type { Events } from "./events/records.ts";
import { type HighestBid, highestBids } from "./results.ts";
import { type Windows, windowEnd } from "./windows.ts";

/** The highest bids of each batch, by window; several where they are equal. */
export function bestBids({ bids }: Events, { slide }: Windows) {
  return bids.pipe(
    unary("best bids", pipeline, highestBids, () => (input, output) => {
      input.forEach((right, { length, columns: { auction, bidder, price, at } }) => {
        const best = new Map<number, HighestBid[]>();
        for (let i = 0; i < length; i++) {
          addBest(best, {
            window: windowEnd(at[i] as number, slide),
            auction: auction[i] as number,
            bidder: bidder[i] as number,
            price: price[i] as number,
          });
        }
        const session = output.session(right);
        for (const highest of best.values()) for (const bid of highest) session.give(bid);
      });
    }),
  );
}

/** The highest bids by window, with one more bid. */
function addBest(best: Map<number, HighestBid[]>, bid: HighestBid): void {
  best.set(bid.window, withBid(best.get(bid.window), bid));
}

/** The highest bids of a window, with one more bid. May change `highest` and return it. */
export function withBid(highest: HighestBid[] | undefined, bid: HighestBid): HighestBid[] {
  const before = highest?.[0]?.price ?? 0;
  if (highest === undefined || bid.price > before) return [bid];
  if (bid.price === before) highest.push(bid);
  return highest;
}
