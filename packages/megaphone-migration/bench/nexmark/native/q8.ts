// NEXMark's query 8, written with timely-core's operators alone.
import { binaryFrontier, byColumns, Stash } from "@limmat/timely-core";
import { type Auctions, auctions, type Events, type People, people } from "../events/records.ts";
import { newSellers } from "../results.ts";
import { type Windows, windowEnd } from "../windows.ts";

/** Monitor new users: people, with each auction that they open in the twelve hours of their registration. */
export function q8(events: Events, { newcomers }: Windows) {
  const { domain } = events.people.scope;
  return events.auctions.pipe(
    binaryFrontier(
      events.people,
      "new sellers",
      byColumns(auctions, "seller"),
      byColumns(people, "id"),
      newSellers,
      (first) => {
        first.release();
        const came = new Stash(domain, () => ({ auctions: [] as Auctions[], people: [] as People[] }));
        /** By the end of the window: names of people, and reserves of auctions whose seller isn't there yet. */
        const windows = new Map<number, { names: Map<number, string>; waiting: Map<number, number[]> }>();
        const windowOf = (at: number) => {
          const end = windowEnd(at, newcomers);
          const window = windows.get(end) ?? { names: new Map<number, string>(), waiting: new Map<number, number[]>() };
          windows.set(end, window);
          return window;
        };
        return (auctions, people, output) => {
          auctions.forEach((right, batch) => came.at(right).auctions.push(batch.retain()));
          people.forEach((right, batch) => came.at(right).people.push(batch.retain()));
          came.passed([auctions.frontier, people.frontier], (capability, { auctions, people }) => {
            const { time } = capability;
            for (const end of windows.keys()) if (end <= time) windows.delete(end);
            const session = output.session(capability);
            for (const batch of people) {
              for (let i = 0; i < batch.length; i++) {
                const { id, name, at } = batch.get(i);
                const { names, waiting } = windowOf(at);
                names.set(id, name);
                for (const reserve of waiting.get(id) ?? []) session.give({ person: id, name, reserve });
                waiting.delete(id);
              }
              batch.release();
            }
            for (const batch of auctions) {
              for (let i = 0; i < batch.length; i++) {
                const { seller, reserve, at } = batch.get(i);
                const { names, waiting } = windowOf(at);
                const name = names.get(seller);
                if (name !== undefined) session.give({ person: seller, name, reserve });
                else waiting.set(seller, [...(waiting.get(seller) ?? []), reserve]);
              }
              batch.release();
            }
          });
        };
      },
    ),
  );
}
