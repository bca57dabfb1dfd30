// NEXMark's query 5, written with timely-core's operators alone.
import { byColumns, Stash, unaryFrontier } from "@limmat/timely-core";
import { bids, type Events } from "../events/records.ts";
import { type HotAuction, hotAuctions } from "../results.ts";
import { type Windows, windowEnd } from "../windows.ts";

/** Hot items: the auctions with the most bids of the last hour, every minute. */
export function q5(events: Events, { slide, hot }: Windows) {
  const { domain } = events.bids.scope;
  return events.bids.pipe(
    unaryFrontier("hot auctions of a worker", byColumns(bids, "auction"), hotAuctions, (first) => {
      first.release();
      const counts = new Map<number, number>();
      /** By the end of a minute: how many bids each auction gets, and how many it loses, for they are an hour old. */
      const changes = new Stash(domain, () => ({ came: new Map<number, number>(), left: new Map<number, number>() }));
      return (input, output) => {
        input.forEach((right, { length, columns: { auction, at } }) => {
          for (let i = 0; i < length; i++) {
            const { came } = changes.at(right, windowEnd(at[i] as number, slide));
            const id = auction[i] as number;
            came.set(id, (came.get(id) ?? 0) + 1);
          }
        });
        changes.passed([input.frontier], (capability, { came, left }) => {
          const { time } = capability;
          for (const [id, n] of came) counts.set(id, (counts.get(id) ?? 0) + n);
          for (const [id, n] of left) {
            const rest = (counts.get(id) as number) - n;
            if (rest === 0) counts.delete(id);
            else counts.set(id, rest);
          }
          if (came.size > 0) {
            const later = changes.at(capability, time + hot);
            for (const [id, n] of came) later.left.set(id, n);
          }
          if (counts.size === 0) return;
          changes.at(capability, time + slide);
          let most: HotAuction[] = [];
          for (const [auction, bids] of counts) {
            const before = most[0]?.bids ?? 0;
            if (bids > before) most = [{ window: time, auction, bids }];
            else if (bids === before) most.push({ window: time, auction, bids });
          }
          const session = output.session(capability);
          for (const each of most) session.give(each);
        });
      };
    }),
    unaryFrontier("hot auctions", byColumns(hotAuctions, "window"), hotAuctions, (first) => {
      first.release();
      const windows = new Stash(domain, () => [] as HotAuction[]);
      return (input, output) => {
        input.forEach((right, batch) => {
          for (let i = 0; i < batch.length; i++) windows.at(right).push(batch.get(i));
        });
        windows.passed([input.frontier], (capability, candidates) => {
          const most = candidates.reduce((most, { bids }) => Math.max(most, bids), 0);
          const session = output.session(capability);
          for (const each of candidates) if (each.bids === most) session.give(each);
        });
      };
    }),
  );
}
