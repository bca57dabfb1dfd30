// The event generator: of fifty events one is a person, three are auctions and forty-six are bids; some sellers, auctions and bidders are
// hot. After the generator of Apache Beam's NEXMark suite; event n is the same whoever makes it, so workers can divide the numbers.
import { batchFunction, Columns, type ColumnsOf, type OutputOf } from "@limmat/timely-core";
import { Dice } from "./dice.ts";
import { type Auctions, auctions, type Bids, bids, type People, people } from "./records.ts";

/** What events there are. Times are those of the dataflow, in whatever unit it has. */
export interface Generation {
  /** The same seed gives the same events. */
  readonly seed: number;
  /** When the first event happens: an integer. */
  readonly start: number;
  /** Time from one event to the next. */
  readonly interval: number;
  /** Auctions that take bids at a time, about. Their number sets how long one lasts. */
  readonly inFlight: number;
  /** People who sell and bid at a time. Default 1000. */
  readonly activePeople?: number;
  /** One bid in so many is for any auction, others are for a hot one. Default 2. */
  readonly hotAuctions?: number;
  /** One auction in so many has any seller, others have a hot one. Default 4. */
  readonly hotSellers?: number;
  /** One bid in so many has any bidder, others have a hot one. Default 4. */
  readonly hotBidders?: number;
}

/** A range of event numbers: `first`, `first + stride` and so on, `count` of them. */
export interface Numbers {
  readonly first: number;
  readonly count: number;
  readonly stride: number;
}

/** Events in a row that have the proportions of all, first the person, then the auctions. */
const epoch = 50;
const auctionsAnEpoch = 3;
/** The first number of people and auctions. */
const firstId = 1000;
/** The first of the categories, and how many there are. */
const [firstCategory, categories] = [10, 5];
/** Of so many people or auctions in a row the first is hot for as long as they are the last. */
const hotStride = 100;
/** Numbers of people and auctions that are not there yet, but may be named. */
const lead = 10;

const states = ["AZ", "CA", "ID", "OR", "WA", "WY"];
const cities = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent"];
const firstNames = ["Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"];
const lastNames = ["Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"];

/** Makes batches of events by their numbers. */
export class Generator {
  private readonly generation: Required<Generation>;
  private readonly dice: Dice;
  /** How long auctions last on average. */
  private readonly duration: number;
  private numbers: Numbers = { first: 0, count: 0, stride: 1 };
  private readonly makePeople = batchFunction(people, (_, to) => this.fillPeople(to));
  private readonly makeAuctions = batchFunction(auctions, (_, to) => this.fillAuctions(to));
  private readonly makeBids = batchFunction(bids, (_, to) => this.fillBids(to));

  constructor(generation: Generation) {
    this.generation = { activePeople: 1000, hotAuctions: 2, hotSellers: 4, hotBidders: 4, ...generation };
    this.dice = new Dice(generation.seed);
    this.duration = (generation.inFlight / auctionsAnEpoch) * epoch * generation.interval;
  }

  /** When event `n` happens: an integer. */
  at(n: number): number {
    return this.generation.start + Math.floor(n * this.generation.interval);
  }

  /** The people among these events. */
  people(numbers: Numbers): People {
    this.numbers = numbers;
    return this.makePeople(room(numbers));
  }

  /** The auctions among these events. */
  auctions(numbers: Numbers): Auctions {
    this.numbers = numbers;
    return this.makeAuctions(room(numbers));
  }

  /** The bids among these events. */
  bids(numbers: Numbers): Bids {
    this.numbers = numbers;
    return this.makeBids(room(numbers));
  }

  private fillPeople({ id, name, city, state, at }: OutputOf<typeof people.types>): number {
    const { first, count, stride } = this.numbers;
    const { dice } = this;
    let made = 0;
    for (let i = 0, n = first; i < count; i++, n += stride) {
      if (n % epoch !== 0) continue;
      dice.reset(n);
      id[made] = firstId + lastPerson(n);
      name.append(made, `${dice.of(firstNames)} ${dice.of(lastNames)}`);
      city.append(made, dice.of(cities));
      state.append(made, dice.of(states));
      at[made] = this.at(n);
      made += 1;
    }
    return made;
  }

  private fillAuctions({ id, seller, category, reserve, expires, at }: OutputOf<typeof auctions.types>): number {
    const { first, count, stride } = this.numbers;
    const { dice, duration } = this;
    const { hotSellers } = this.generation;
    let made = 0;
    for (let i = 0, n = first; i < count; i++, n += stride) {
      const place = n % epoch;
      if (place === 0 || place > auctionsAnEpoch) continue;
      dice.reset(n);
      const when = this.at(n);
      id[made] = firstId + lastAuction(n);
      seller[made] = firstId + (dice.below(hotSellers) > 0 ? hot(lastPerson(n)) : this.anybody(n));
      category[made] = firstCategory + dice.below(categories);
      // What the first bid is to be, and something on top.
      reserve[made] = dice.price() + dice.price();
      expires[made] = when + 1 + Math.floor(dice.share() * 2 * duration);
      at[made] = when;
      made += 1;
    }
    return made;
  }

  private fillBids({ auction, bidder, price, at }: OutputOf<typeof bids.types>): number {
    const { first, count, stride } = this.numbers;
    const { dice } = this;
    const { hotAuctions, hotBidders, inFlight } = this.generation;
    let made = 0;
    for (let i = 0, n = first; i < count; i++, n += stride) {
      if (n % epoch <= auctionsAnEpoch) continue;
      dice.reset(n);
      const last = lastAuction(n);
      const oldest = Math.max(last - inFlight, 0);
      auction[made] =
        firstId + (dice.below(hotAuctions) > 0 ? hot(last) : oldest + dice.below(last - oldest + 1 + lead));
      // The next to the hot seller.
      bidder[made] = firstId + (dice.below(hotBidders) > 0 ? hot(lastPerson(n)) + 1 : this.anybody(n));
      price[made] = dice.price();
      at[made] = this.at(n);
      made += 1;
    }
    return made;
  }

  /** One of the people who are active at event `n`. */
  private anybody(n: number): number {
    const all = lastPerson(n) + 1;
    const active = Math.min(all, this.generation.activePeople);
    return all - active + this.dice.below(active + lead);
  }
}

/** The last person at event `n`, from 0. */
function lastPerson(n: number): number {
  return Math.floor(n / epoch);
}

/** The last auction at event `n`, from 0. */
function lastAuction(n: number): number {
  const opened = Math.min(n % epoch, auctionsAnEpoch);
  return Math.max(Math.floor(n / epoch) * auctionsAnEpoch + opened - 1, 0);
}

function hot(last: number): number {
  return last - (last % hotStride);
}

/** A batch for `batchFunction` to take its size from. */
function room({ count }: Numbers): Columns<typeof bids.types> {
  return new Columns(bids, count, nothing);
}

const nothing: ColumnsOf<typeof bids.types> = {
  auction: new Uint32Array(0),
  bidder: new Uint32Array(0),
  price: new Uint32Array(0),
  at: new Float64Array(0),
};
