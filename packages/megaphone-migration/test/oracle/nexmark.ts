// NEXMark's queries over a list of all events, in the simplest way: each looks at everything. Times and windows as in bench/nexmark.
import type { Auction, Bid, Person } from "../../bench/nexmark/events/records.ts";
import type { Windows } from "../../bench/nexmark/windows.ts";

/** All events, in any order. */
export interface EventList {
  readonly people: readonly Person[];
  readonly auctions: readonly Auction[];
  readonly bids: readonly Bid[];
}

/** An answer, and when it is due: for the queries that answer at once, when the last of its events happens. */
export interface Answer {
  readonly at: number;
  readonly record: object;
}

type Query = (events: EventList, windows: Windows) => Answer[];

const q1: Query = ({ bids }) =>
  bids.map((bid) => ({ at: bid.at, record: { ...bid, price: Math.floor((bid.price * 89) / 100) } }));

const q2: Query = ({ bids }) =>
  bids
    .filter(({ auction }) => auction % 123 === 0)
    .map(({ auction, price, at }) => ({ at, record: { auction, price } }));

const q3: Query = ({ people, auctions }) =>
  auctions
    .filter(({ category }) => category === 10)
    .flatMap((auction) =>
      people
        .filter(({ id, state }) => id === auction.seller && ["OR", "ID", "CA"].includes(state))
        .map(({ name, city, state, at }) => ({
          at: Math.max(at, auction.at),
          record: { name, city, state, auction: auction.id },
        })),
    );

/** What auctions close at, in the order of their closing. */
function closings({ auctions, bids }: EventList) {
  return auctions
    .map(({ id, seller, category, reserve, at, expires }) => {
      const valid = bids.filter(
        (bid) => bid.auction === id && bid.at >= at && bid.at < expires && bid.price >= reserve,
      );
      return { id, seller, category, expires, price: Math.max(0, ...valid.map((bid) => bid.price)) };
    })
    .filter(({ price }) => price > 0)
    .sort((a, b) => a.expires - b.expires || a.id - b.id);
}

/** For each group and each time at which some of it close: the average of the last `n` that have closed by then. */
function averages<K extends "category" | "seller">(events: EventList, group: K, n: number): Answer[] {
  const closed = closings(events);
  const ends = new Map(closed.map((one) => [`${one[group]} ${one.expires}`, one]));
  return [...ends.values()].map((end) => {
    const prices = closed
      .filter((one) => one[group] === end[group] && one.expires <= end.expires)
      .slice(-n)
      .map(({ price }) => price);
    const average = prices.reduce((a, b) => a + b) / prices.length;
    return { at: end.expires, record: { [group]: end[group], average } };
  });
}

const q4: Query = (events) => averages(events, "category", Number.POSITIVE_INFINITY);

const q6: Query = (events) => averages(events, "seller", 10);

const q5: Query = ({ bids }, { slide, hot }) => {
  const last = Math.max(0, ...bids.map(({ at }) => at));
  const answers: Answer[] = [];
  for (let end = slide; end <= last + hot; end += slide) {
    const counts = new Map<number, number>();
    for (const { auction, at } of bids) {
      if (at >= end - hot && at < end) counts.set(auction, (counts.get(auction) ?? 0) + 1);
    }
    const most = Math.max(0, ...counts.values());
    for (const [auction, n] of counts) {
      if (n === most) answers.push({ at: end, record: { window: end, auction, bids: n } });
    }
  }
  return answers;
};

const q7: Query = ({ bids }, { slide }) => {
  const last = Math.max(0, ...bids.map(({ at }) => at));
  const answers: Answer[] = [];
  for (let end = slide; end <= last + slide; end += slide) {
    const window = bids.filter(({ at }) => at >= end - slide && at < end);
    const highest = Math.max(0, ...window.map(({ price }) => price));
    for (const { auction, bidder, price } of window) {
      if (price === highest) answers.push({ at: end, record: { window: end, auction, bidder, price } });
    }
  }
  return answers;
};

const q8: Query = ({ people, auctions }, { newcomers }) =>
  people.flatMap(({ id, name, at }) =>
    auctions
      .filter(
        ({ seller, at: opened }) => seller === id && Math.floor(opened / newcomers) === Math.floor(at / newcomers),
      )
      .map((auction) => ({ at: Math.max(at, auction.at), record: { person: id, name, reserve: auction.reserve } })),
  );

/** The queries by number; the first is number 1. */
export const oracle: readonly Query[] = [q1, q2, q3, q4, q5, q6, q7, q8];
