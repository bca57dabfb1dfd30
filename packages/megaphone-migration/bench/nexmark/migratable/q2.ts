// NEXMark's query 2, written so that its work can move; it has no state.
import { distribute, type StatefulOptions } from "@limmat/megaphone-migration";
import { byColumns, filterColumns, mapColumns } from "@limmat/timely-core";
import { isWatched } from "../conditions.ts";
import { bids, type Events } from "../events/records.ts";
import { watchedBids } from "../results.ts";

/** As the native query 2, on the worker that has the auction's bin. */
export function q2(events: Events, moving: StatefulOptions<number>) {
  return events.bids.pipe(
    distribute("bids by auction", { ...moving, key: byColumns(bids, "auction") }),
    filterColumns(({ auction }) => isWatched(auction)),
    mapColumns(watchedBids, ({ auction, price }) => ({ auction, price })),
  );
}
