// NEXMark's query 5, written so that its state can move.
import { binOf, hashStore, mapStore, type StatefulOptions, statefulUnaryInput } from "@limmat/megaphone-migration";
import { byColumns, columns, hashInteger, i32, u32 } from "@limmat/timely-core";
import { bids, type Events } from "../events/records.ts";
import { type HotAuction, hotAuctions } from "../results.ts";
import type { Windows } from "../windows.ts";

/** How many bids of the last hour an auction has gained, or lost, for they are too old. */
const changes = columns({ auction: u32, change: i32 });

/** As the native query 5. */
export function q5(events: Events, moving: StatefulOptions<number>, { slide, hot }: Windows) {
  /** One number for an auction and a minute. */
  const keyOf = (auction: number, at: number) => Math.floor(at / slide) * 2 ** 32 + auction;
  const auctionOf = (key: number) => key % 2 ** 32;
  const endOf = (key: number) => (Math.floor(key / 2 ** 32) + 1) * slide;
  return events.bids.pipe(
    statefulUnaryInput(
      "bids of a minute",
      { ...moving, key: byColumns(bids, ({ auction, at }) => keyOf(auction, at)) },
      changes,
      () => {
        const minutes = hashStore({ key: "f64", values: { bids: "u32" } });
        const { bids } = minutes.columns;
        return {
          store: minutes,
          consume(moment, { length, columns: { auction, at } }) {
            for (let i = 0; i < length; i++) {
              const key = keyOf(auction[i] as number, at[i] as number);
              if (bids.add(minutes.upsert(key), 1) === 1) moment.notifyAt(endOf(key), hashInteger(key), key);
            }
          },
          due(moment, keys: readonly number[]) {
            for (const key of keys) {
              const count = bids.get(minutes.find(key));
              const isNew = moment.time === endOf(key);
              moment.give({ auction: auctionOf(key), change: isNew ? count : -count });
              if (isNew) moment.notifyAt(moment.time + hot, hashInteger(key), key);
              else minutes.delete(key);
            }
          },
        };
      },
    ),
    statefulUnaryInput(
      "hot auctions of a bin",
      { ...moving, key: byColumns(changes, "auction") },
      hotAuctions,
      ({ bins }) => {
        const counts = hashStore({ key: "u32", values: { bids: "i32" } });
        const { bids } = counts.columns;
        return {
          store: counts,
          consume(moment, { length, columns: { auction, change } }) {
            for (let i = 0; i < length; i++) {
              const id = auction[i] as number;
              const hash = hashInteger(id);
              const bin = binOf(hash, bins.bits);
              // A bin that has counts answers every minute.
              if (counts.bytes(bin) === 0) moment.notifyAt(moment.time, hash, id);
              if (bids.add(counts.upsert(id), change[i] as number) === 0) counts.delete(id);
            }
          },
          due(moment, members: readonly number[]) {
            const answering = new Map(members.map((id) => [binOf(hashInteger(id), bins.bits), id]));
            for (const [bin, id] of answering) {
              if (counts.bytes(bin) === 0) continue;
              let most = 0;
              counts.forEach(bin, (slot) => {
                most = Math.max(most, bids.get(slot));
              });
              counts.forEach(bin, (slot, auction) => {
                if (bids.get(slot) === most) moment.give({ window: moment.time, auction, bids: most });
              });
              moment.notifyAt(moment.time + slide, hashInteger(id), id);
            }
          },
        };
      },
    ),
    statefulUnaryInput("hot auctions", { ...moving, key: byColumns(hotAuctions, "window") }, hotAuctions, () => {
      const windows = mapStore<number, HotAuction[]>();
      return {
        store: windows,
        consume(moment, batch) {
          for (let i = 0; i < batch.length; i++) {
            const each = batch.get(i);
            const most = windows.get(each.window) ?? [];
            const before = most[0]?.bids ?? 0;
            if (before === 0) moment.notifyAt(each.window, hashInteger(each.window), each.window);
            if (each.bids > before) windows.set(each.window, [each]);
            else if (each.bids === before) windows.set(each.window, [...most, each]);
          }
        },
        due(moment, ends: readonly number[]) {
          for (const end of ends) {
            for (const each of windows.get(end) ?? []) moment.give(each);
            windows.delete(end);
          }
        },
      };
    }),
  );
}
