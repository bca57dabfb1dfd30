// What checkpoints hold of a stateful operator: where bins live, and each bin with its pending work (engine rule 23). Every worker looks
// through all bins and takes those that are its own by the restored map, so the number of workers may change.

import type { Codec, StateReader, StateWriter, TimeDomain } from "@limmat/timely-core";
import type { Bins } from "../bins/index.ts";
import type { BinMap } from "../configuration/index.ts";
import { leave } from "../planner/index.ts";
import type { AnyHost } from "./host.ts";

/** The most bytes of one saved piece. */
const pieceBytes = 64 * 1024;

/** Saves where bins live: worker 0 does so for all. */
export function saveMap(to: StateWriter, worker: number, map: BinMap): void {
  if (worker !== 0) return;
  to.shared((writer) => {
    writer.varint(map.length);
    for (const owner of map) writer.varint(owner);
  });
}

/** Where bins live now: as saved, where those workers still exist; the others' bins are dealt to the rest by `leave`. */
export function restoredMap(from: StateReader, bins: Bins, peers: number): BinMap | undefined {
  let map: BinMap | undefined;
  from.shared((reader) => {
    const saved = new Uint32Array(reader.varint());
    for (let bin = 0; bin < saved.length; bin++) saved[bin] = reader.varint();
    map = saved;
  });
  if (map === undefined || map.length !== bins.count) return map;
  const workers = map.reduce((most, worker) => Math.max(most, worker + 1), peers);
  if (workers === peers) return map;
  const all = Array.from({ length: workers }, (_, worker) => worker);
  return leave(map, all, all.slice(peers));
}

/** Saves the bins that are here. */
export function saveBins<T>(
  to: StateWriter,
  host: AnyHost<T>,
  bins: Bins,
  domain: TimeDomain<T>,
  codec: Codec<unknown>,
): void {
  const { store } = host;
  for (let bin = 0; bin < bins.count; bin++) {
    if (!store.has(bin)) continue;
    const shares = host.pendingOf(bin);
    to.shared((writer) => {
      writer.varint(bin);
      writer.varint(shares.length);
      for (const { time, records } of shares) {
        domain.codec.write(time, writer);
        writer.varint(records.length);
        for (const record of records) codec.write(record, writer);
      }
      const reader = store.read(bin);
      for (let piece = reader.next(pieceBytes); piece !== undefined; piece = reader.next(pieceBytes)) {
        writer.varint(piece.length);
        writer.raw(piece);
      }
    });
  }
}

/** Takes back the bins that belong here. */
export function loadBins<T>(
  from: StateReader,
  host: AnyHost<T>,
  belongs: (bin: number) => boolean,
  domain: TimeDomain<T>,
  codec: Codec<unknown>,
): void {
  from.shared((reader) => {
    const bin = reader.varint();
    if (!belongs(bin)) return;
    const shares = reader.varint();
    for (let i = 0; i < shares; i++) {
      const time = domain.codec.read(reader);
      const records: unknown[] = [];
      const count = reader.varint();
      for (let j = 0; j < count; j++) records.push(codec.read(reader));
      host.restorePending(bin, { time, records });
    }
    const writer = host.store.write(bin);
    while (!reader.done) writer.add(reader.raw(reader.varint()));
  });
}
