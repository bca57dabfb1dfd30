// NEXMark's query 6, written so that its state can move.
import { mapStore, type StatefulOptions, statefulUnaryInput } from "@limmat/megaphone-migration";
import { byColumns, hashInteger } from "@limmat/timely-core";
import type { Events } from "../events/records.ts";
import { type ClosedAuction, type ClosedAuctions, closedAuctions, sellerAverages } from "../results.ts";
import { closed } from "./closed-auctions.ts";

/** As the native query 6. */
export function q6(events: Events, moving: StatefulOptions<number>) {
  return closed(events, moving).pipe(
    statefulUnaryInput(
      "seller averages",
      { ...moving, key: byColumns(closedAuctions, "seller") },
      sellerAverages,
      () => {
        const lastTen = mapStore<number, number[]>();
        return {
          store: lastTen,
          consume(moment, batch: ClosedAuctions) {
            for (let i = 0; i < batch.length; i++) {
              const auction = batch.get(i);
              moment.notifyAt(moment.time, hashInteger(auction.seller), auction);
            }
          },
          due(moment, closings: readonly ClosedAuction[]) {
            // Those of one time in the order of their numbers.
            for (const { seller, price } of [...closings].sort((a, b) => a.auction - b.auction)) {
              lastTen.set(seller, [...(lastTen.get(seller) ?? []), price].slice(-10));
            }
            for (const seller of new Set(closings.map(({ seller }) => seller))) {
              const prices = lastTen.get(seller) as number[];
              moment.give({ seller, average: prices.reduce((a, b) => a + b) / prices.length });
            }
          },
        };
      },
    ),
  );
}
