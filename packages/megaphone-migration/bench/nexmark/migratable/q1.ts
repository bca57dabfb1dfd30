// NEXMark's query 1, written so that its work can move; it has no state.
import { distribute, type StatefulOptions } from "@limmat/megaphone-migration";
import { byColumns, mapColumns } from "@limmat/timely-core";
import { euros } from "../conditions.ts";
import { bids, type Events } from "../events/records.ts";
import { euroBids } from "../results.ts";

/** As the native query 1, on the worker that has the auction's bin. */
export function q1(events: Events, moving: StatefulOptions<number>) {
  return events.bids.pipe(
    distribute("bids by auction", { ...moving, key: byColumns(bids, "auction") }),
    mapColumns(euroBids, (bid) => ({ ...bid, price: euros(bid.price) })),
  );
}
