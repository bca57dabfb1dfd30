// Random numbers of one event: they depend on the seed and the event's number alone, so that an event is the same whoever makes it.
import { mix32 } from "@limmat/timely-core";

/** Draws for one event after another. */
export class Dice {
  private readonly seed: number;
  private state = 0;

  constructor(seed: number) {
    this.seed = mix32(seed ^ 0x9e3779b9);
  }

  /** Starts on an event. */
  reset(event: number): void {
    this.state = mix32(event ^ this.seed);
  }

  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor(this.share() * limit);
  }

  /** A number from 0 to 1, less than 1. */
  share(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    return mix32(this.state) / 2 ** 32;
  }

  /** A price in cents: 1 to 10^6 dollars, each power of ten as likely as the next. */
  price(): number {
    return Math.round(10 ** (this.share() * 6) * 100);
  }

  /** One of several. */
  of<V>(values: readonly V[]): V {
    return values[this.below(values.length)] as V;
  }
}
