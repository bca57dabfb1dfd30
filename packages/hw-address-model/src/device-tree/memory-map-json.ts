// A memory map as one plain JSON value: addresses and sizes as hexadecimal texts, since JSON numbers end at 2^53.
import { formatAddress, type Interval } from "../interval/index.ts";
import type { MemoryMap } from "./memory-map.ts";

/** A JSON value. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * A memory map for JSON.stringify: the map's own fields under their own names, intervals as `{"first":"0x…","last":"0x…"}`,
 * offsets as hexadecimal texts, and `null` where the map has `undefined`.
 */
export function memoryMapToJson(map: MemoryMap): JsonValue {
  return {
    entries: map.entries.map(({ interval, regName, offset, hops, source, ...entry }) => ({
      interval: intervalToJson(interval),
      ...entry,
      regName: regName ?? null,
      source: { ...source },
      offset: formatAddress(offset),
      hops: hops.map(({ bus, entry: index, space, from, to }) => ({
        bus,
        entry: index ?? null,
        space,
        from: intervalToJson(from),
        to: intervalToJson(to),
      })),
    })),
    overlaps: map.overlaps.map(({ interval, ...overlap }) => ({ ...overlap, interval: intervalToJson(interval) })),
    overlapsComplete: map.overlapsComplete,
    unplaced: map.unplaced.map(({ source, interval, ...region }) => ({
      ...region,
      source: { ...source },
      interval: interval === undefined ? null : intervalToJson(interval),
    })),
    divergences: map.divergences.map(({ source, linux, resolved, enabled }) => ({
      enabled,
      source: { ...source },
      linux: linux === undefined ? null : intervalToJson(linux),
      resolved: resolved.map(intervalToJson),
    })),
    badRanges: map.badRanges.map((entry) => ({ ...entry })),
  };
}

function intervalToJson({ first, last }: Interval): { first: string; last: string } {
  return { first: formatAddress(first), last: formatAddress(last) };
}
