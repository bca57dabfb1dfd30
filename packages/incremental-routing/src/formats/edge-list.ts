// Edge lists as CSV (RFC 4180 quoting): from, to, and where there are weight and backward weight.

import type { Topology } from "../network/index.ts";
import { quoted } from "../network/routing-error.ts";
import { checkLength, FormatError } from "./format-error.ts";
import { type ReadOptions, readWeight, TopologyBuilder } from "./topology-builder.ts";

/** One record: its fields, and the line it starts on. */
interface CsvRecord {
  readonly fields: string[];
  readonly line: number;
}

/** Records of more fields than this are refused. */
const MAX_FIELDS = 1024;

const POSITIONAL = ["from", "to", "weight", "backward"];

/**
 * Reads a network from an edge list; nodes are those that links name, in the order of their first mention. Without a
 * header the columns are `from,to[,weight[,backward]]`. A header, recognised by its having both `from` and `to` (or
 * `source` and `target`), may name them in any order, with `id` for the link and any further attributes. Lines that start
 * with # are comments.
 *
 * A weight is 1 where there is none, and the backward weight is the forward one where there is none; `weightFrom` names
 * the column for both directions.
 *
 * @throws FormatError with the line.
 */
export function readEdgeList(text: string, options: ReadOptions = {}): Topology {
  checkLength(text);
  const records = readCsv(text.startsWith("\uFEFF") ? text.slice(1) : text);
  let columns: readonly string[] = POSITIONAL;
  const header = records[0]?.fields.map(columnName) ?? [];
  const named = header.includes("from") && header.includes("to");
  if (named) {
    const twice = header.find((name, i) => header.indexOf(name) !== i);
    if (twice !== undefined)
      throw new FormatError("STRUCTURE", `the header names ${quoted(twice)} twice`, records[0]?.line);
    columns = header;
    records.shift();
  }
  const { weightFrom } = options;
  const builder = new TopologyBuilder();
  for (const { fields, line } of records) {
    if (fields.length > columns.length || (named && fields.length < columns.length)) {
      throw new FormatError("STRUCTURE", `${fields.length} fields where the columns are ${columns.join(",")}`, line);
    }
    // An empty field is a value that is not there.
    const row = new Map(fields.flatMap((field, i) => (field === "" ? [] : [[columns[i] as string, field]])));
    const from = row.get("from");
    const to = row.get("to");
    if (from === undefined || to === undefined) {
      throw new FormatError("STRUCTURE", `there is no ${quoted(from === undefined ? "from" : "to")}`, line);
    }
    for (const id of [from, to]) if (!builder.hasNode(id)) builder.addNode({ id });
    const id = row.get("id");
    const ends = { ...(id === undefined ? {} : { id }), from, to };
    const weight = row.get(weightFrom ?? "weight");
    const forward =
      weight === undefined && weightFrom === undefined ? 1 : readWeight(ends, weightFrom ?? "weight", weight, line);
    const back = weightFrom === undefined ? row.get("backward") : undefined;
    const backward = back === undefined ? forward : readWeight(ends, "backward", back, line);
    for (const column of ["from", "to", "id"]) row.delete(column);
    builder.addLink({ ...ends, forward, backward, line, ...(named ? { attributes: Object.fromEntries(row) } : {}) });
  }
  return builder.finish();
}

/** What a column of the header is; columns that mean nothing to us keep their names. */
function columnName(field: string): string {
  const name = field.toLowerCase();
  if (name === "source") return "from";
  if (name === "target") return "to";
  return ["id", ...POSITIONAL].includes(name) ? name : field;
}

/** Splits CSV into records; drops comments and blank lines, and blanks around fields that are not quoted. */
function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const end = lineEnd(text, at);
    const first = text.slice(at, end).trimStart();
    if (first === "" || first.startsWith("#")) {
      at = end + 1;
      line++;
      continue;
    }
    const record: CsvRecord = { fields: [], line };
    for (let open = true; open; ) {
      if (record.fields.length === MAX_FIELDS)
        throw new FormatError("TOO_LARGE", `more than ${MAX_FIELDS} fields`, line);
      const field = readField(text, at, line);
      record.fields.push(field.value);
      line += field.lines;
      at = field.end + 1;
      open = text[field.end] === ",";
    }
    line++;
    records.push(record);
  }
  return records;
}

/** One field from `start` on: its value, where its comma or line end stands, and how many line ends it holds. */
function readField(text: string, start: number, line: number): { value: string; end: number; lines: number } {
  let quote = start;
  while (text[quote] === " " || text[quote] === "\t") quote++;
  if (text[quote] !== '"') {
    let end = start;
    while (end < text.length && text[end] !== "," && text[end] !== "\n") end++;
    const value = text.slice(start, end).trim();
    if (value.includes('"'))
      throw new FormatError("SYNTAX", `a quote inside ${quoted(value)}, which is not quoted`, line);
    return { value, end, lines: 0 };
  }
  let close = text.indexOf('"', quote + 1);
  while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
  if (close < 0) throw new FormatError("SYNTAX", "a quoted field does not end", line);
  const value = text.slice(quote + 1, close).replaceAll('""', '"');
  let end = close + 1;
  while (text[end] === " " || text[end] === "\t" || text[end] === "\r") end++;
  if (end < text.length && text[end] !== "," && text[end] !== "\n") {
    throw new FormatError("SYNTAX", `text after the quoted field ${quoted(value)}`, line);
  }
  return { value, end: Math.min(end, text.length), lines: value.split("\n").length - 1 };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}
