// A snapshot as a drawing: scopes as frames, operators as boxes by their heat, channels as curves that cross no box.

import { channelLines, heatOf, operatorLines, waitText, workText } from "./figures.ts";
import { type DataflowLayout, layOut, type PlacedBox, type PlacedChannel, titleHeight } from "./layout/layout.ts";
import type { DataflowSnapshot, OperatorSnapshot, Snapshot } from "./snapshot.ts";
import { escapeXml, shorten } from "./text.ts";

/** How a drawing is made. */
export interface DrawingOptions {
  /** The addresses of the dataflows to draw. Default: all. */
  readonly dataflows?: readonly string[];
}

const font = 12;
/** The width of a character of the monospaced font. */
const character = 7.25;
const longestName = 26;
const boxHeight = 58;
const leastWidth = 142;
const margin = 24;
const headerHeight = 30;

const style = `
.limmat { font: ${font}px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
.limmat .ground { fill: #fff; }
.limmat text { fill: #1c2733; }
.limmat .dataflow > text { font-size: 15px; font-weight: 600; }
.limmat .scope > rect { fill: #64748b; fill-opacity: 0.07; stroke: #94a3b8; stroke-width: 1; }
.limmat .scope > text, .limmat .small { font-size: 11px; fill: #475569; }
.limmat .scope > text { font-weight: 600; paint-order: stroke; stroke: #fff; stroke-width: 3px; }
.limmat .operator > rect { stroke: #475569; stroke-width: 1; }
.limmat .operator > .name { font-weight: 600; }
.limmat .hot > text { fill: #fff; }
.limmat .channel { fill: none; stroke: #64748b; stroke-opacity: 0.9; }
.limmat .exchange { stroke: #2563eb; }
.limmat .broadcast { stroke: #a21caf; stroke-dasharray: 6 3; }
.limmat .operator:hover > rect, .limmat .selected > rect { stroke: #0f172a; stroke-width: 2.5; }
.limmat .reach { fill: none; stroke: transparent; stroke-width: 9; }
.limmat .edge:hover .channel { stroke-opacity: 1; stroke-width: 4; }
`;

/** The snapshot as SVG, self-contained, with everything known of an operator or channel as its title. */
export function toSvg(snapshot: Snapshot, options: DrawingOptions = {}): string {
  const chosen = snapshot.dataflows.filter(({ address }) => options.dataflows?.includes(address) ?? true);
  const heat = heatOf(snapshot);
  let top = margin;
  let width = 240;
  const parts = chosen.map((dataflow) => {
    const layout = layOut(dataflow, boxSize);
    const part = drawDataflow(dataflow, layout, heat, top);
    top += headerHeight + layout.height + margin;
    width = Math.max(width, layout.width + 2 * margin, dataflow.name.length * 9 + 2 * margin);
    return part;
  });
  const height = Math.max(top, 2 * margin + headerHeight);
  const round = (value: number) => Math.ceil(value);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="limmat" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}">`,
    `<style>${style}</style>`,
    "<defs>",
    ...["", "exchange", "broadcast"].map(
      (pact) =>
        `<marker id="limmat-arrow-${pact}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0.5 8 4 0 7.5z" fill="${{ "": "#64748b", exchange: "#2563eb", broadcast: "#a21caf" }[pact]}"/></marker>`,
    ),
    "</defs>",
    '<rect class="ground" width="100%" height="100%"/>',
    chosen.length === 0 ? `<text x="${margin}" y="${margin + 14}">no dataflow</text>` : "",
    ...parts,
    "</svg>",
  ].join("\n");
}

function boxSize({ name, scope }: OperatorSnapshot): { width: number; height: number } {
  const characters = [...shorten(name, longestName)].length;
  const width = Math.max(scope ? 80 : leastWidth, Math.ceil(characters * character) + 24);
  return { width, height: boxHeight };
}

function drawDataflow(
  { name, address, operators }: DataflowSnapshot,
  layout: DataflowLayout,
  heat: ReadonlyMap<string, number>,
  top: number,
): string {
  const scopes = layout.boxes.filter(({ operator }) => operator.scope);
  const boxes = layout.boxes.filter(({ operator }) => !operator.scope);
  const fastest = Math.max(1, ...layout.channels.map(({ channel }) => channel.rate ?? channel.records));
  return [
    `<g class="dataflow" data-address="${address}" transform="translate(${margin} ${top})">`,
    `<text y="14">${escapeXml(shorten(name, 60))}<tspan class="small" dx="10">dataflow ${address}, ${operators.length} operators</tspan></text>`,
    `<g transform="translate(0 ${headerHeight})">`,
    ...scopes.map((box) => drawScope(box)),
    ...layout.channels.map((channel) => drawChannel(channel, fastest)),
    ...scopes.map((box) => drawScopeName(box)),
    ...boxes.map((box) => drawOperator(box, heat.get(box.operator.address) ?? 0)),
    "</g></g>",
  ].join("\n");
}

function drawScope({ operator, x, y, width, height }: PlacedBox): string {
  return [
    `<g class="scope" data-address="${operator.address}"><title>${escapeXml(operatorLines(operator).join("\n"))}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8"/></g>`,
  ].join("");
}

/** Names of scopes stand on top of the channels that enter there. */
function drawScopeName({ operator, x, y, width }: PlacedBox): string {
  const most = Math.max(6, Math.floor((width - 16) / 7));
  const label = shorten(operator.name, Math.min(most, longestName));
  const left = most - label.length - 3;
  const detail = left > 8 ? `  ${shorten(workText(operator), left)}` : "";
  return `<g class="scope" data-address="${operator.address}"><text x="${x + 9}" y="${y + titleHeight - 10}" xml:space="preserve">${escapeXml(label + detail)}</text></g>`;
}

function drawOperator({ operator, x, y, width, height }: PlacedBox, heat: number): string {
  const line = (text: string, at: number, kind: string) =>
    `<text class="${kind}" x="${x + width / 2}" y="${y + at}" text-anchor="middle">${escapeXml(text)}</text>`;
  const fits = Math.floor((width - 10) / 6.65);
  return [
    `<g class="operator${heat > 0.72 ? " hot" : ""}" data-address="${operator.address}"><title>${escapeXml(operatorLines(operator).join("\n"))}</title>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" fill="${colour(heat)}"/>`,
    line(shorten(operator.name, longestName), 18, "name"),
    line(shorten(workText(operator), fits), 34, "small"),
    line(shorten(waitText(operator), fits), 49, "small"),
    "</g>",
  ].join("");
}

function drawChannel({ channel, curves }: PlacedChannel, fastest: number): string {
  const [first] = curves;
  if (first === undefined) return "";
  const number = (value: number) => String(Math.round(value * 10) / 10);
  const path = curves
    .map(
      ([, , ...rest], i) =>
        `${i === 0 ? `M${number(first[0])} ${number(first[1])}` : ""}C${rest.map(number).join(" ")}`,
    )
    .join("");
  const flow = channel.rate ?? channel.records;
  const thickness = 1 + (2.2 * Math.log1p(flow)) / Math.log1p(fastest);
  const pact = channel.pact === "exchange" || channel.pact === "broadcast" ? channel.pact : "";
  // Where it goes on into a scope, or out of one, another channel draws the arrow.
  const ends = channel.to.operator === channel.within ? "" : ` marker-end="url(#limmat-arrow-${pact})"`;
  return [
    `<g class="edge" data-address="${channel.address}"><title>${escapeXml(channelLines(channel).join("\n"))}</title>`,
    `<path class="channel ${pact}" d="${path}" stroke-width="${number(thickness)}"${ends}/><path class="reach" d="${path}"/></g>`,
  ].join("");
}

/** White for idle over yellow and orange to a dark red for busy. */
function colour(heat: number): string {
  const stops = [
    [248, 250, 252],
    [254, 240, 178],
    [251, 172, 84],
    [226, 82, 48],
    [153, 21, 35],
  ];
  const at = Math.min(1, Math.max(0, heat)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(at));
  const mixed = (stops[low] as number[]).map((value, i) => {
    return Math.round(value + ((stops[low + 1]?.[i] ?? value) - value) * (at - low));
  });
  return `#${mixed.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
