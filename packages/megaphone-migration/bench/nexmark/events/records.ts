// The three kinds of events of NEXMark: people register, open auctions and bid in them. An event carries its own time, `at`, and rides in
// a batch whose time is at or before that. Money is in cents.
import { type BatchOf, columns, f64, type RecordOf, type Stream, u32, utf8 } from "@limmat/timely-core";

/** Somebody registers. */
export const people = columns({ id: u32, name: utf8, city: utf8, state: utf8, at: f64 });
/** A batch of them. */
export type People = BatchOf<typeof people>;
/** One of them. */
export type Person = RecordOf<People>;

/** Somebody opens an auction. It takes bids of at least `reserve` from `at` until just before `expires`. */
export const auctions = columns({ id: u32, seller: u32, category: u32, reserve: u32, expires: f64, at: f64 });
/** A batch of them. */
export type Auctions = BatchOf<typeof auctions>;
/** One of them. */
export type Auction = RecordOf<Auctions>;

/** Somebody bids. */
export const bids = columns({ auction: u32, bidder: u32, price: u32, at: f64 });
/** A batch of them. */
export type Bids = BatchOf<typeof bids>;
/** One of them. */
export type Bid = RecordOf<Bids>;

/** What every query reads. */
export interface Events {
  readonly people: Stream<number, People>;
  readonly auctions: Stream<number, Auctions>;
  readonly bids: Stream<number, Bids>;
}
