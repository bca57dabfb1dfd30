// NEXMark's query 3, written with timely-core's operators alone.
import { binaryFrontier, byColumns, filterColumns, Stash } from "@limmat/timely-core";
import { isNearby, wantedCategory } from "../conditions.ts";
import { type Auctions, auctions, type Events, type People, type Person, people } from "../events/records.ts";
import { localAuctions } from "../results.ts";

/** Local item suggestion: auctions of one category by people of some states, whichever of the two comes first. */
export function q3(events: Events) {
  const nearby = events.people.pipe(filterColumns(({ state }) => isNearby(state)));
  const wanted = events.auctions.pipe(filterColumns(({ category }) => category === wantedCategory));
  const { domain } = nearby.scope;
  return wanted.pipe(
    binaryFrontier(
      nearby,
      "local auctions",
      byColumns(auctions, "seller"),
      byColumns(people, "id"),
      localAuctions,
      (first) => {
        first.release();
        const came = new Stash(domain, () => ({ auctions: [] as Auctions[], people: [] as People[] }));
        const sellers = new Map<number, Person>();
        const waiting = new Map<number, number[]>();
        return (auctions, people, output) => {
          auctions.forEach((right, batch) => came.at(right).auctions.push(batch.retain()));
          people.forEach((right, batch) => came.at(right).people.push(batch.retain()));
          came.passed([auctions.frontier, people.frontier], (capability, { auctions, people }) => {
            const session = output.session(capability);
            const give = ({ name, city, state }: Person, auction: number) =>
              session.give({ name, city, state, auction });
            for (const batch of people) {
              for (let i = 0; i < batch.length; i++) {
                const person = batch.get(i);
                sellers.set(person.id, person);
                for (const auction of waiting.get(person.id) ?? []) give(person, auction);
                waiting.delete(person.id);
              }
              batch.release();
            }
            for (const batch of auctions) {
              const { id, seller } = batch.columns;
              for (let i = 0; i < batch.length; i++) {
                const [auction, by] = [id[i] as number, seller[i] as number];
                const person = sellers.get(by);
                const others = waiting.get(by);
                if (person !== undefined) give(person, auction);
                else if (others !== undefined) others.push(auction);
                else waiting.set(by, [auction]);
              }
              batch.release();
            }
          });
        };
      },
    ),
  );
}
