// NEXMark's query 3, written so that its state can move.
import { keyedJoin, type StatefulOptions } from "@limmat/megaphone-migration";
import { filterColumns, toColumns, toRows } from "@limmat/timely-core";
import { isNearby, wantedCategory } from "../conditions.ts";
import type { Auction, Events, Person } from "../events/records.ts";
import { localAuctions } from "../results.ts";

/** As the native query 3. */
export function q3(events: Events, moving: StatefulOptions<number>) {
  const nearby = events.people.pipe(
    filterColumns(({ state }) => isNearby(state)),
    toRows(),
  );
  return events.auctions.pipe(
    filterColumns(({ category }) => category === wantedCategory),
    toRows(),
    keyedJoin(
      "local auctions",
      nearby,
      {
        key1: ({ seller }: Auction) => seller,
        key2: ({ id }: Person) => id,
        result: ({ id: auction }, { name, city, state }) => ({ name, city, state, auction }),
      },
      moving,
    ),
    toColumns(localAuctions),
  );
}
