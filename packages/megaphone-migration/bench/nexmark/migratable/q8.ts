// NEXMark's query 8, written so that its state can move.
import { mapStore, type StatefulOptions, statefulBinaryInput } from "@limmat/megaphone-migration";
import { byColumns, hashInteger } from "@limmat/timely-core";
import { auctions, type Events, people } from "../events/records.ts";
import { newSellers } from "../results.ts";
import { type Windows, windowEnd } from "../windows.ts";

/** What is known of somebody in a window: the name, or the reserves of the auctions that came before. */
interface Seller {
  readonly name: string | undefined;
  readonly waiting: readonly number[];
}

/** As the native query 8. */
export function q8(events: Events, moving: StatefulOptions<number>, { newcomers }: Windows) {
  /** One number for somebody and a window. */
  const keyOf = (person: number, at: number) => Math.floor(at / newcomers) * 2 ** 32 + person;
  return events.auctions.pipe(
    statefulBinaryInput(
      "new sellers",
      events.people,
      {
        ...moving,
        key1: byColumns(auctions, ({ seller, at }) => keyOf(seller, at)),
        key2: byColumns(people, ({ id, at }) => keyOf(id, at)),
      },
      newSellers,
      () => {
        const sellers = mapStore<number, Seller>();
        return {
          store: sellers,
          consume1(moment, batch) {
            for (let i = 0; i < batch.length; i++) {
              const { seller: person, reserve, at } = batch.get(i);
              const key = keyOf(person, at);
              const known = sellers.get(key);
              if (known === undefined) moment.notifyAt(windowEnd(at, newcomers), hashInteger(key), key);
              const { name, waiting = [] } = known ?? {};
              if (name === undefined) sellers.set(key, { name, waiting: [...waiting, reserve] });
              else moment.give({ person, name, reserve });
            }
          },
          consume2(moment, batch) {
            for (let i = 0; i < batch.length; i++) {
              const { id: person, name, at } = batch.get(i);
              const key = keyOf(person, at);
              const known = sellers.get(key);
              if (known === undefined) moment.notifyAt(windowEnd(at, newcomers), hashInteger(key), key);
              for (const reserve of known?.waiting ?? []) moment.give({ person, name, reserve });
              sellers.set(key, { name, waiting: [] });
            }
          },
          due(_, keys: readonly number[]) {
            for (const key of keys) sellers.delete(key);
          },
        };
      },
    ),
  );
}
