// Scales: from values to pixels, linear or logarithmic, and the values that an axis names.

/** One axis of a chart. */
export interface Axis {
  readonly label: string;
  readonly scale: "linear" | "log";
  /** The values at its ends; by default, what the data need, rounded to values that the axis names. */
  readonly domain?: readonly [number, number];
  /** Values to name in place of round ones. */
  readonly ticks?: readonly number[];
  /** How a value is written; by default as a number. */
  readonly text?: (value: number) => string;
}

/** An axis made to fit data and room. */
export interface Scale {
  /** Where a value lies, in pixels; what lies beyond an end lies at the end. */
  at(value: number): number;
  /** The values that are named, ascending. */
  readonly ticks: readonly number[];
  /** How one is written. */
  text(value: number): string;
}

/** A scale for `values` between two pixels, with about `count` ticks. */
export function scaleFor(
  axis: Axis,
  values: readonly number[],
  [from, to]: readonly [number, number],
  count: number,
): Scale {
  const log = axis.scale === "log";
  const usable = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  const span: readonly [number, number] = [
    Math.min(...usable, Number.MAX_VALUE),
    Math.max(...usable, log ? Number.MIN_VALUE : -Number.MAX_VALUE),
  ];
  const round = axis.domain ?? (usable.length === 0 ? [log ? 1 : 0, 10] : log ? decades(span) : rounded(span, count));
  const [low, high] = round;
  const place = log ? Math.log10 : (value: number) => value;
  const width = place(high) - place(low) || 1;
  const known = axis.ticks ?? (log ? logTicks(low, high, count) : linearTicks(low, high, count));
  return {
    at: (value) => {
      const inside = Math.min(high, Math.max(low, value));
      return from + ((place(inside) - place(low)) / width) * (to - from);
    },
    ticks: known.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)),
    text: axis.text ?? plainText,
  };
}

/** 0.001, 1, 1,000, 5 M. */
function plainText(value: number): string {
  if (Math.abs(value) >= 1e9) return `${trimmed(value / 1e9)} G`;
  return Math.abs(value) >= 1e6 ? `${trimmed(value / 1e6)} M` : trimmed(value);
}

function trimmed(value: number): string {
  return value.toLocaleString("en-US", { maximumSignificantDigits: 6 });
}

/** The nearest of 1, 2 and 5 times powers of ten around a span, so that three decades and a bit do not become five. */
function decades([low, high]: readonly [number, number]): readonly [number, number] {
  const down = 10 ** Math.floor(Math.log10(low));
  const up = 10 ** Math.floor(Math.log10(high));
  const first = [5, 2, 1].find((step) => step * down <= low * 1.0001) ?? 1;
  const last = [1, 2, 5, 10].find((step) => step * up >= high * 0.9999) ?? 10;
  return [first * down, Math.max(last * up, first * down * 10)];
}

function logTicks(low: number, high: number, count: number): number[] {
  const ticks: number[] = [];
  const few = Math.log10(high / low) <= count / 3;
  for (let power = 10 ** Math.floor(Math.log10(low)); power <= high * 1.0001; power *= 10) {
    for (const step of few ? [1, 2, 5] : [1]) ticks.push(Number((step * power).toPrecision(6)));
  }
  const stride = few ? 1 : Math.ceil(ticks.length / count);
  return ticks.filter((_, i) => i % stride === 0);
}

function stepFor(width: number, count: number): number {
  const raw = width / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  return ([1, 2, 2.5, 5, 10].find((step) => step * power >= raw * 0.9999) ?? 10) * power;
}

function rounded([low, high]: readonly [number, number], count: number): readonly [number, number] {
  const step = stepFor(high - Math.min(low, 0) || 1, count);
  return [Math.min(0, Math.floor(low / step) * step), Math.ceil((high / step) * 0.9999) * step];
}

function linearTicks(low: number, high: number, count: number): number[] {
  const step = stepFor(high - low, count);
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high * 1.0001; i++) ticks.push(Number((i * step).toPrecision(9)));
  return ticks;
}
