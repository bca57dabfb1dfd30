// What the queries answer.
import { type BatchOf, columns, f64, type RecordOf, u32, utf8 } from "@limmat/timely-core";

/** Query 1: a bid, its price in euros. */
export const euroBids = columns({ auction: u32, bidder: u32, price: u32, at: f64 });
/** Query 2: a bid for one of the auctions that are watched. */
export const watchedBids = columns({ auction: u32, price: u32 });
/** Query 3: an auction of a category, and its seller, who lives nearby. */
export const localAuctions = columns({ name: utf8, city: utf8, state: utf8, auction: u32 });
/** Queries 4 and 6 on their way: an auction that has closed, and its highest bid. */
export const closedAuctions = columns({ auction: u32, seller: u32, category: u32, price: u32 });
/** A batch of them. */
export type ClosedAuctions = BatchOf<typeof closedAuctions>;
/** One of them. */
export type ClosedAuction = RecordOf<ClosedAuctions>;
/** Query 4: what auctions of a category have closed at, on average. */
export const categoryAverages = columns({ category: u32, average: f64 });
/** Query 5: an auction with the most bids of a window, and how many. */
export const hotAuctions = columns({ window: f64, auction: u32, bids: u32 });
/** One of them. */
export type HotAuction = RecordOf<BatchOf<typeof hotAuctions>>;
/** Query 6: what the last ten auctions of a seller have closed at, on average. */
export const sellerAverages = columns({ seller: u32, average: f64 });
/** Query 7: the highest bid of a window. */
export const highestBids = columns({ window: f64, auction: u32, bidder: u32, price: u32 });
/** One of them. */
export type HighestBid = RecordOf<BatchOf<typeof highestBids>>;
/** Query 8: somebody who has registered and opened an auction within one window. */
export const newSellers = columns({ person: u32, name: utf8, reserve: u32 });
