// NEXMark's query 4, written so that its state can move.
import { hashStore, type StatefulOptions, statefulUnaryInput } from "@limmat/megaphone-migration";
import { byColumns, hashInteger } from "@limmat/timely-core";
import type { Events } from "../events/records.ts";
import { categoryAverages, closedAuctions } from "../results.ts";
import { closed } from "./closed-auctions.ts";

/** As the native query 4. */
export function q4(events: Events, moving: StatefulOptions<number>) {
  return closed(events, moving).pipe(
    statefulUnaryInput(
      "category averages",
      { ...moving, key: byColumns(closedAuctions, "category") },
      categoryAverages,
      () => {
        const store = hashStore({ key: "u32", values: { sum: "f64", count: "f64" } });
        const { sum, count } = store.columns;
        return {
          store,
          consume(moment, { length, columns: { category, price } }) {
            for (let i = 0; i < length; i++) {
              const id = category[i] as number;
              const slot = store.upsert(id);
              sum.add(slot, price[i] as number);
              count.add(slot, 1);
              moment.notifyAt(moment.time, hashInteger(id), id);
            }
          },
          due(moment, changed: readonly number[]) {
            for (const category of new Set(changed)) {
              const slot = store.find(category);
              moment.give({ category, average: sum.get(slot) / count.get(slot) });
            }
          },
        };
      },
    ),
  );
}
