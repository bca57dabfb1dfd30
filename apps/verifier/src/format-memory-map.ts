// A memory map as text for a terminal: one aligned table, then a section for each kind of finding there is.
import { formatAddress, formatInterval, intervalSize, type MapEntry, type MemoryMap } from "@limmat/hw-address-model";

/** The table and the findings, each line ended; sections without a finding are left out. */
export function formatMemoryMap(map: MemoryMap): string {
  const longest = map.entries.reduce((most, { interval }) => Math.max(most, interval.last.toString(16).length), 8);
  const digits = Math.ceil(longest / 4) * 4;
  const address = (value: bigint): string => `0x${value.toString(16).padStart(digits, "0")}`;
  const rows = map.entries.map((entry) => [
    address(entry.interval.first),
    address(entry.interval.last),
    formatSize(intervalSize(entry.interval)),
    entry.kind,
    sourceOf(entry),
    notesOf(entry),
  ]);
  const name = (position: number): string => sourceOf(map.entries[position]!);
  const sections = [
    table([["FIRST", "LAST", "SIZE", "KIND", "NODE", "NOTES"], ...rows]),
    section(
      map.overlapsComplete ? "Overlaps" : "Overlaps (there are more)",
      map.overlaps.map(({ first, second, relation, interval }) => {
        const verb = relation === "equal" ? "equals" : relation === "inside" ? "holds" : "runs into";
        return `${name(first)} ${verb} ${name(second)} at ${formatInterval(interval)}`;
      }),
    ),
    section(
      "Not in the processor's address space",
      map.unplaced.map((region) => {
        const where = region.interval === undefined ? "" : ` ${formatInterval(region.interval)}`;
        return `${sourceOf(region)}: ${REASONS[region.reason]}${region.bus === "/" ? "" : ` (${region.bus}${where})`}`;
      }),
    ),
    section(
      "Placed elsewhere by Linux, which translates only a region's start",
      map.divergences.map((region) => {
        const linux = region.linux === undefined ? "nowhere" : formatInterval(region.linux);
        const resolved = region.resolved.length === 0 ? "nowhere" : region.resolved.map(formatInterval).join(", ");
        return `${sourceOf(region)}: Linux ${linux}, specification ${resolved}`;
      }),
    ),
    section(
      "Entries of ranges left out",
      map.badRanges.map(({ path, index, reason }) => `${path} ranges[${index}]: ${RANGES_REASONS[reason]}`),
    ),
  ];
  return sections.filter((text) => text !== "").join("\n");
}

const REASONS: Record<MemoryMap["unplaced"][number]["reason"], string> = {
  "no-ranges": "its bus has no ranges",
  "outside-windows": "outside its bus's windows",
  "space-mismatch": "in a space that the next bus has not",
  "too-fragmented": "in more pieces than are followed",
  "bad-length": "no whole number of entries",
  "unreadable-cells": "its bus's cell counts are not supported",
  empty: "has size 0",
  wraps: "passes the last 64-bit address",
  "dynamic-placement": "placed by the kernel when it starts",
};

const RANGES_REASONS: Record<MemoryMap["badRanges"][number]["reason"], string> = {
  "ranges-length": "is cut short",
  "ranges-wraps": "passes the last 64-bit address",
  "ranges-cells": "has cell counts that are not supported",
};

/** A number of bytes in the largest unit that divides it, such as `64 KiB`. */
export function formatSize(bytes: bigint): string {
  let value = bytes;
  let unit = 0;
  while (unit + 1 < UNITS.length && value % 1024n === 0n) {
    value /= 1024n;
    unit++;
  }
  return `${value} ${UNITS[unit]}`;
}

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

function sourceOf({ source }: Pick<MapEntry, "source">): string {
  return source.property === "memreserve"
    ? `/memreserve/[${source.index}]`
    : `${source.path} ${source.property}[${source.index}]`;
}

function notesOf({ enabled, regName, space, kind, offset, hops, compatible }: MapEntry): string {
  const notes: string[] = [];
  if (!enabled) notes.push("disabled");
  if (kind === "window") notes.push(`pci ${space}`);
  if (regName !== undefined) notes.push(regName);
  if (compatible[0] !== undefined) notes.push(compatible[0]);
  if (offset !== 0n) notes.push(`from ${formatAddress(offset)} of the region`);
  // An empty ranges changes no address, so the way is told only where one did.
  const moved = hops.filter(({ from, to }) => from.first !== to.first);
  if (moved.length > 0) {
    const way = moved.map(({ bus, entry }) => (entry === undefined ? bus : `${bus}[${entry}]`)).join(" ");
    notes.push(`${formatAddress(moved[0]!.from.first)} through ${way}`);
  }
  return printable(notes.join(", "));
}

// Texts in a blob are anybody's; none may move the terminal's cursor.
function printable(text: string): string {
  return text.replace(/\p{C}/gu, "?");
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  // The last column is not padded: one long note would widen every line.
  const cell = (text: string, column: number, row: readonly string[]): string =>
    column === 2 ? text.padStart(widths[2]!) : column < row.length - 1 ? text.padEnd(widths[column]!) : text;
  return rows.map((row) => `${row.map(cell).join("  ").trimEnd()}\n`).join("");
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? "" : `${title}:\n${lines.map((line) => `  ${line}\n`).join("")}`;
}
