// Charts of lines as SVG: axes, a grid, a legend, and names beside points, in colours for a light and for a dark page.
import { type Axis, type Scale, scaleFor } from "./scale.ts";

/** A line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Which colour: 0 to 5 tell kinds apart. */
  readonly colour?: number;
  /** In place of it, how dark, from 0 to 1: for lines that are one quantity grown. */
  readonly shade?: number;
  /** Whether each point is marked; lines of few points are. */
  readonly marked?: boolean;
  readonly dashed?: boolean;
  /** What is written beside points. */
  readonly labels?: readonly string[];
}

/** A stretch of the horizontal axis that is tinted. */
export interface Band {
  readonly from: number;
  readonly to: number;
  readonly label: string;
}

/** One chart. */
export interface Chart {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  readonly bands?: readonly Band[];
}

const room = { left: 62, right: 18, top: 34, bottom: 48 } as const;
const lineHeight = 18;

/** Charts beside each other, `columns` in a row, as one picture with one legend. */
export function picture(
  charts: readonly Chart[],
  columns: number,
  size: readonly [number, number] = [420, 300],
): string {
  const [width, height] = size;
  const names = legendOf(charts);
  const total = Math.min(columns, charts.length) * width;
  const rows = legendRows(names, total);
  const above = 8 + rows.length * lineHeight;
  const all = above + Math.ceil(charts.length / columns) * height;
  const panels = charts.map(
    (chart, i) =>
      `<g transform="translate(${(i % columns) * width} ${above + Math.floor(i / columns) * height})">${panel(chart, size)}</g>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total} ${all}" width="${total}" height="${all}" role="img" aria-label="${escaped(charts.map(({ title }) => title).join("; "))}">
<style>${style}</style>
<rect class="page" width="${total}" height="${all}"/>
${rows.map((row, i) => legendRow(row, 18 + i * lineHeight)).join("\n")}
${panels.join("\n")}
</svg>
`;
}

function panel({ title, x, y, series, bands = [] }: Chart, [width, height]: readonly [number, number]): string {
  const inner = { left: room.left, right: width - room.right, top: room.top, bottom: height - room.bottom };
  const xs = scaleFor(x, [...valuesOf(series, 0), ...bands.map(({ from }) => from)], [inner.left, inner.right], 6);
  const ys = scaleFor(y, valuesOf(series, 1), [inner.bottom, inner.top], 6);
  const parts: string[] = [text(inner.left, 18, title, "title")];
  for (const { from, to, label } of bands) {
    const [left, right] = [xs.at(from), Math.max(xs.at(to), xs.at(from) + 1)];
    parts.push(
      `<rect class="band" x="${px(left)}" y="${inner.top}" width="${px(right - left)}" height="${inner.bottom - inner.top}"/>`,
    );
    if (label !== "") parts.push(text(left + 3, inner.top + 11, label, "small"));
  }
  for (const tick of ys.ticks) {
    const at = px(ys.at(tick));
    parts.push(`<path class="grid" d="M${inner.left} ${at}H${inner.right}"/>`);
    parts.push(text(inner.left - 6, ys.at(tick) + 4, ys.text(tick), "small end"));
  }
  for (const tick of xs.ticks) {
    const at = px(xs.at(tick));
    parts.push(`<path class="grid" d="M${at} ${inner.top}V${inner.bottom}"/>`);
    parts.push(text(xs.at(tick), inner.bottom + 15, xs.text(tick), "small middle"));
  }
  parts.push(`<path class="axis" d="M${inner.left} ${inner.top}V${inner.bottom}H${inner.right}"/>`);
  parts.push(text((inner.left + inner.right) / 2, height - 12, x.label, "small middle"));
  const middle = (inner.top + inner.bottom) / 2;
  parts.push(`<text class="small middle" transform="translate(13 ${middle}) rotate(-90)">${escaped(y.label)}</text>`);
  for (const each of series) parts.push(line(each, xs, ys));
  parts.push(...pointLabels(series, xs, ys, inner.right));
  return parts.join("\n");
}

function line(series: Series, xs: Scale, ys: Scale): string {
  const places = series.points
    .filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y))
    .map(([x, y]) => [px(xs.at(x)), px(ys.at(y))] as const);
  if (places.length === 0) return "";
  const path = `<path class="line" ${paint(series)} d="M${places.map(([x, y]) => `${x} ${y}`).join("L")}"/>`;
  const marked = series.marked ?? places.length <= 12;
  const marks = marked
    ? places.map(([x, y]) => `<circle class="mark" ${paint(series)} cx="${x}" cy="${y}" r="3.2"/>`)
    : [];
  return [path, ...marks].join("");
}

/** Labels go beside their points, and are left out where another one is in the way. */
function pointLabels(series: readonly Series[], xs: Scale, ys: Scale, right: number): string[] {
  const taken: (readonly [number, number, number])[] = [];
  const parts: string[] = [];
  for (const { points, labels = [] } of series) {
    for (const [i, label] of labels.entries()) {
      const [x, y] = points[i] ?? [Number.NaN, Number.NaN];
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      const width = label.length * 5.6;
      const before = xs.at(x) + 7 + width > right;
      const left = before ? xs.at(x) - 7 - width : xs.at(x) + 7;
      const base = ys.at(y) - 4;
      if (taken.some(([l, b, w]) => left < l + w && l < left + width && Math.abs(b - base) < 11)) continue;
      taken.push([left, base, width]);
      parts.push(text(left, base, label, "tiny"));
    }
  }
  return parts;
}

function valuesOf(series: readonly Series[], axis: 0 | 1): number[] {
  return series.flatMap(({ points }) => points.map((point) => point[axis]));
}

/** Every name once, in order. */
function legendOf(charts: readonly Chart[]): Series[] {
  const names = new Map<string, Series>();
  for (const { series } of charts) for (const each of series) if (!names.has(each.name)) names.set(each.name, each);
  return [...names.values()];
}

function entryWidth({ name }: Series): number {
  return 40 + name.length * 6.6;
}

function legendRows(names: readonly Series[], width: number): Series[][] {
  const rows: Series[][] = [];
  let left = Number.POSITIVE_INFINITY;
  for (const series of names) {
    if (left + entryWidth(series) > width - 12) {
      rows.push([]);
      left = room.left;
    }
    (rows.at(-1) as Series[]).push(series);
    left += entryWidth(series);
  }
  return rows;
}

function legendRow(row: readonly Series[], y: number): string {
  let left: number = room.left;
  const parts = row.map((series) => {
    const at = left;
    left += entryWidth(series);
    return `<path class="line" ${paint(series)} d="M${at} ${y - 4}h18"/>${text(at + 24, y, series.name, "small")}`;
  });
  return parts.join("");
}

function paint({ colour = 0, shade, dashed }: Series): string {
  const name = shade === undefined ? `c${colour % 6}` : `s${Math.round(shade * 8)}`;
  return `data-colour="${name}"${dashed ? ' stroke-dasharray="5 4"' : ""}`;
}

function text(x: number, y: number, content: string, name: string): string {
  return `<text class="${name}" x="${px(x)}" y="${px(y)}">${escaped(content)}</text>`;
}

function px(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

// Kinds: blue, vermilion, green, purple, amber, grey, told apart with any kind of colour vision. Shades: one blue, from pale to deep on a
// light page and the other way round on a dark one, so that more always stands out more.
const kinds = {
  light: ["#1f6fb4", "#c8500a", "#12835f", "#8a4fa8", "#a97400", "#5c6168"],
  dark: ["#5aa9e6", "#f08a4b", "#3fbf93", "#c08fdc", "#e3b341", "#a3a9b2"],
} as const;

function shadeOf(step: number, page: "light" | "dark"): string {
  const [first, last] = page === "light" ? [76, 22] : [36, 86];
  return `hsl(209 72% ${Math.round(first + ((last - first) * step) / 8)}%)`;
}

function colours(page: "light" | "dark"): string {
  const rule = (name: string, value: string) => `[data-colour=${name}]{--ink:${value}}`;
  return [
    ...kinds[page].map((value, i) => rule(`c${i}`, value)),
    ...Array.from({ length: 9 }, (_, step) => rule(`s${step}`, shadeOf(step, page))),
  ].join("");
}

const style = `text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:#24292f}
.page{fill:#ffffff}.title{font-size:13px;font-weight:600}.small{font-size:11px}.tiny{font-size:9.5px}.end{text-anchor:end}.middle{text-anchor:middle}
.grid{stroke:#24292f;stroke-opacity:.13;fill:none}.axis{stroke:#57606a;fill:none}.band{fill:#8c959f;fill-opacity:.16}
.line{fill:none;stroke:var(--ink);stroke-width:1.8;stroke-linejoin:round}.mark{fill:var(--ink)}
${colours("light")}
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.page{fill:#0d1117}.grid{stroke:#e6edf3}.axis{stroke:#8b949e}${colours("dark")}}`;
