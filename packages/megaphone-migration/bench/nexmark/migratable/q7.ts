// NEXMark's query 7, written so that its state can move.
import { mapStore, type StatefulOptions, statefulUnaryInput } from "@limmat/megaphone-migration";
import { byColumns, hashInteger } from "@limmat/timely-core";
import { bestBids, withBid } from "../best-bids.ts";
import type { Events } from "../events/records.ts";
import { type HighestBid, highestBids } from "../results.ts";
import type { Windows } from "../windows.ts";

/** As the native query 7. */
export function q7(events: Events, moving: StatefulOptions<number>, windows: Windows) {
  return bestBids(events, windows).pipe(
    statefulUnaryInput("highest bids", { ...moving, key: byColumns(highestBids, "window") }, highestBids, () => {
      const open = mapStore<number, HighestBid[]>();
      return {
        store: open,
        consume(moment, batch) {
          for (let i = 0; i < batch.length; i++) {
            const bid = batch.get(i);
            const highest = open.get(bid.window);
            if (highest === undefined) moment.notifyAt(bid.window, hashInteger(bid.window), bid.window);
            open.set(bid.window, withBid(highest, bid));
          }
        },
        due(moment, ends: readonly number[]) {
          for (const end of ends) {
            for (const bid of open.get(end) ?? []) moment.give(bid);
            open.delete(end);
          }
        },
      };
    }),
  );
}
