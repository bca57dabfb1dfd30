// NEXMark's query 1, written with timely-core's operators alone.
import { mapColumns } from "@limmat/timely-core";
import { euros } from "../conditions.ts";
import type { Events } from "../events/records.ts";
import { euroBids } from "../results.ts";

/** Currency conversion: each bid, its price in euros. */
export function q1({ bids }: Events) {
  return bids.pipe(mapColumns(euroBids, (bid) => ({ ...bid, price: euros(bid.price) })));
}
