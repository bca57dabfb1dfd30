// The part that queries 4 and 6 share: what auctions close at. Written so that its state can move.
import { hashStore, type StatefulOptions, statefulBinaryInput } from "@limmat/megaphone-migration";
import { byColumns, hashInteger } from "@limmat/timely-core";
import { type Auctions, auctions, type Bid, type Bids, bids, type Events } from "../events/records.ts";
import { type ClosedAuctions, closedAuctions } from "../results.ts";

/** What comes back at its time: an auction that expires, or a bid whose auction was not there. */
type Due = number | Bid;

/** As the native one. */
export function closed(events: Events, moving: StatefulOptions<number>) {
  return events.auctions.pipe(
    statefulBinaryInput<number, Auctions, Bids, Due, ClosedAuctions>(
      "closed auctions",
      events.bids,
      { ...moving, key1: byColumns(auctions, "id"), key2: byColumns(bids, "auction") },
      closedAuctions,
      () => {
        const open = hashStore({
          key: "u32",
          values: { at: "f64", expires: "f64", seller: "u32", category: "u32", reserve: "u32", highest: "u32" },
        });
        const { at, expires, seller, category, reserve, highest } = open.columns;
        const bid = (slot: number, price: number, when: number) => {
          const valid = when >= at.get(slot) && when < expires.get(slot) && price >= reserve.get(slot);
          if (valid && price > highest.get(slot)) highest.set(slot, price);
        };
        return {
          store: open,
          consume1(moment, { length, columns }) {
            for (let i = 0; i < length; i++) {
              const id = columns.id[i] as number;
              const slot = open.upsert(id);
              at.set(slot, columns.at[i] as number);
              expires.set(slot, columns.expires[i] as number);
              seller.set(slot, columns.seller[i] as number);
              category.set(slot, columns.category[i] as number);
              reserve.set(slot, columns.reserve[i] as number);
              moment.notifyAt(columns.expires[i] as number, hashInteger(id), id);
            }
          },
          consume2(moment, batch) {
            const { auction, price, at } = batch.columns;
            for (let i = 0; i < batch.length; i++) {
              const id = auction[i] as number;
              const slot = open.find(id);
              if (slot >= 0) bid(slot, price[i] as number, at[i] as number);
              // Of an auction that is closed, or that is under way from another worker: its time tells.
              else moment.notifyAt(at[i] as number, hashInteger(id), batch.get(i));
            }
          },
          due(moment, work) {
            for (const late of work) {
              if (typeof late === "number") continue;
              const slot = open.find(late.auction);
              if (slot >= 0) bid(slot, late.price, late.at);
            }
            for (const auction of work) {
              if (typeof auction !== "number") continue;
              const slot = open.find(auction);
              const price = highest.get(slot);
              if (price > 0) moment.give({ auction, seller: seller.get(slot), category: category.get(slot), price });
              open.delete(auction);
            }
          },
        };
      },
    ),
  );
}
