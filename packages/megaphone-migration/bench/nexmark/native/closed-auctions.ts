// The part that queries 4 and 6 share: what auctions close at. Written with timely-core's operators alone.
import { binaryFrontier, byColumns, Stash } from "@limmat/timely-core";
import { type Auction, auctions, type Bid, bids, type Events } from "../events/records.ts";
import { closedAuctions } from "../results.ts";

/** Auctions that have closed with a bid, each at the time when it expired. */
export function closed(events: Events) {
  const { domain } = events.bids.scope;
  return events.auctions.pipe(
    binaryFrontier(
      events.bids,
      "closed auctions",
      byColumns(auctions, "id"),
      byColumns(bids, "auction"),
      closedAuctions,
      (first) => {
        first.release();
        const open = new Map<number, { readonly auction: Auction; highest: number }>();
        const due = new Stash(domain, () => ({ early: [] as Bid[], expired: [] as number[] }));
        /** Returns whether the auction is known. */
        const bid = ({ auction: id, price, at }: Bid) => {
          const entry = open.get(id);
          if (entry === undefined) return false;
          const { auction, highest } = entry;
          if (at >= auction.at && at < auction.expires && price >= auction.reserve && price > highest) {
            entry.highest = price;
          }
          return true;
        };
        return (auctions, bids, output) => {
          auctions.forEach((right, batch) => {
            for (let i = 0; i < batch.length; i++) {
              const auction = batch.get(i);
              open.set(auction.id, { auction, highest: 0 });
              due.at(right, auction.expires).expired.push(auction.id);
            }
          });
          bids.forEach((right, batch) => {
            for (let i = 0; i < batch.length; i++) {
              const made = batch.get(i);
              // Of an auction that is closed, or that is under way from another worker: its time tells.
              if (!bid(made)) due.at(right, made.at).early.push(made);
            }
          });
          due.passed([auctions.frontier, bids.frontier], (capability, { early, expired }) => {
            for (const made of early) bid(made);
            const session = output.session(capability);
            for (const id of expired) {
              const { auction, highest } = open.get(id) as { auction: Auction; highest: number };
              const { seller, category } = auction;
              if (highest > 0) session.give({ auction: id, seller, category, price: highest });
              open.delete(id);
            }
          });
        };
      },
    ),
  );
}
