// NEXMark's query 2, written with timely-core's operators alone.
import { filterColumns, mapColumns } from "@limmat/timely-core";
import { isWatched } from "../conditions.ts";
import type { Events } from "../events/records.ts";
import { watchedBids } from "../results.ts";

/** Selection: the bids for some auctions. */
export function q2({ bids }: Events) {
  return bids.pipe(
    filterColumns(({ auction }) => isWatched(auction)),
    mapColumns(watchedBids, ({ auction, price }) => ({ auction, price })),
  );
}
