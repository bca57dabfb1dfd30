// NEXMark's query 7, written with timely-core's operators alone.
import { byColumns, Stash, unaryFrontier } from "@limmat/timely-core";
import { bestBids, withBid } from "../best-bids.ts";
import type { Events } from "../events/records.ts";
import { type HighestBid, highestBids } from "../results.ts";
import type { Windows } from "../windows.ts";

/** Highest bid: of all bids of each minute, once it is over. */
export function q7(events: Events, windows: Windows) {
  const { domain } = events.bids.scope;
  return bestBids(events, windows).pipe(
    unaryFrontier("highest bids", byColumns(highestBids, "window"), highestBids, (first) => {
      first.release();
      const open = new Stash(domain, () => ({ highest: undefined as HighestBid[] | undefined }));
      return (input, output) => {
        input.forEach((right, batch) => {
          for (let i = 0; i < batch.length; i++) {
            const bid = batch.get(i);
            const window = open.at(right, bid.window);
            window.highest = withBid(window.highest, bid);
          }
        });
        open.passed([input.frontier], (capability, { highest = [] }) => {
          const session = output.session(capability);
          for (const bid of highest) session.give(bid);
        });
      };
    }),
  );
}
