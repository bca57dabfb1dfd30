// Exact weights (routing rule 4): decimals as integer multiples of one unit, so that equal-cost paths compare equal
// whatever the order of addition.

import { quoted, RoutingError } from "./routing-error.ts";

/** Path sums stay below this, 2^53, where every integer is a double. */
export const DISTANCE_LIMIT = 2 ** 53;

/** What can be wrong with the weights of a network as a whole. */
export type WeightErrorCode = "WEIGHT_RANGE" | "BAD_RESOLUTION";

/** A weight that cannot be kept exactly beside the others, or a resolution that is none; `weight` is the culprit. */
export class WeightError extends RoutingError<WeightErrorCode> {
  /** The culprit. */
  readonly weight: number;

  constructor(code: WeightErrorCode, weight: number, message: string) {
    super(code, message);
    this.weight = weight;
  }
}

/** Whether `value` can be a weight: a positive finite number. */
export function isWeight(value: unknown): value is number {
  return typeof value === "number" && value > 0 && value < Number.POSITIVE_INFINITY;
}

/** A positive decimal: digits × 10^exponent. */
interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/** The shortest decimal that reads back as `value`, which is how JSON and people write it. */
function shortestDecimal(value: number): Decimal {
  const [mantissa, power] = String(value).split("e") as [string, string | undefined];
  const point = mantissa.indexOf(".");
  const exponent = power === undefined ? 0 : Number(power);
  if (point < 0) return { digits: mantissa, exponent };
  return {
    digits: mantissa.slice(0, point) + mantissa.slice(point + 1),
    exponent: exponent - (mantissa.length - point - 1),
  };
}

/** How many digits `weight` has after the decimal point in its shortest decimal form. */
export function decimalPlaces(weight: number): number {
  if (Number.isSafeInteger(weight)) return 0;
  return Math.max(0, -shortestDecimal(weight).exponent);
}

/** The weight that the integer 1 stands for: `mantissa` × 10^-`decimals`. */
export class WeightUnit {
  /** 1 unless the unit rounds. */
  readonly mantissa: number;
  /** Power of ten that divides the mantissa, from 0 on. */
  readonly decimals: number;
  /** Whether weights are rounded to multiples of the unit, rather than multiples of it as given. */
  readonly rounds: boolean;
  /** 10^decimals. */
  readonly #power: number;

  private constructor(mantissa: number, decimals: number, rounds: boolean) {
    this.mantissa = mantissa;
    this.decimals = decimals;
    this.rounds = rounds;
    this.#power = Number(`1e${decimals}`);
  }

  /** The unit 10^-decimals, of which every weight with at most that many decimal places is an exact multiple. */
  static decimal(decimals: number): WeightUnit {
    return new WeightUnit(1, decimals, false);
  }

  /**
   * A unit that weights are rounded to (nearest, halves up, at least one unit).
   *
   * @throws WeightError BAD_RESOLUTION when `resolution` is not a positive finite number.
   */
  static resolution(resolution: number): WeightUnit {
    if (!isWeight(resolution)) {
      throw new WeightError(
        "BAD_RESOLUTION",
        resolution,
        `weight resolution ${quoted(resolution)} is not a positive finite number`,
      );
    }
    const { digits, exponent } = shortestDecimal(resolution);
    const mantissa = Number(digits + "0".repeat(Math.max(0, exponent)));
    return new WeightUnit(mantissa, Math.max(0, -exponent), true);
  }

  /** How many units make a weight of one: a power of ten unless the unit rounds. */
  get scale(): number {
    return this.#power / this.mantissa;
  }

  /** How many units `weight` is; a result that is not below 2^53 is only that: too large. */
  toInteger(weight: number): number {
    if (!this.rounds) {
      if (this.decimals === 0) return weight;
      const { digits, exponent } = shortestDecimal(weight);
      return Number(`${digits}e${exponent + this.decimals}`);
    }
    const { digits, exponent } = shortestDecimal(weight);
    const shift = exponent + this.decimals;
    const numerator = BigInt(digits) * 10n ** BigInt(Math.max(0, shift));
    const denominator = BigInt(this.mantissa) * 10n ** BigInt(Math.max(0, -shift));
    const units = (2n * numerator + denominator) / (2n * denominator);
    return units < 1n ? 1 : Number(units);
  }

  /** The sum of weights that `integer` units stand for: the double nearest to that decimal, so 0.1 + 0.2 gives 0.3. */
  toWeight(integer: number): number {
    const product = integer * this.mantissa;
    // Both operands exact and one division: correctly rounded. 10^22 is the last exact power of ten.
    if (product < DISTANCE_LIMIT && this.decimals <= 22) return product / this.#power;
    if (!Number.isFinite(integer)) return integer;
    return Number(`${BigInt(integer) * BigInt(this.mantissa)}e-${this.decimals}`);
  }
}
