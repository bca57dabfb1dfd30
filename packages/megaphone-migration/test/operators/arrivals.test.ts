// The order on the wire: Prepare, State or Blocks, Pending, Commit for each bin of each sender; anything else is a typed error that names
// bin and sender, and transfers that overlap end as the one that commits.

import { integers, values } from "@limmat/timely-core";
import { describe, expect, it } from "vitest";
import { Bins, MigrationProtocolError, mapStore, UnknownBinError } from "../../src/index.ts";
import { type Arrival, Arrivals } from "../../src/operators/arrivals.ts";
import { StatePacker } from "../../src/operators/state-message.ts";

const bins = new Bins(0);

/** An end of the state channel that has a store, and takes what `write` packs as from a worker. */
function receiver() {
  const store = mapStore<string, number>();
  store.open({ bins, worker: 0, arena: undefined });
  const whole: Arrival<number>[] = [];
  const rights: { released: boolean }[] = [];
  const arrivals = new Arrivals<number>(store, bins, (arrival) => {
    whole.push(arrival);
  });
  const receive = (sender: number, write: (packer: StatePacker<number>) => void): void => {
    const packer = new StatePacker(integers);
    write(packer);
    arrivals.receive(sender, packer.finish(), integers, values, () => {
      const right = { time: 7, released: false, release: () => undefined as unknown };
      right.release = () => {
        right.released = true;
      };
      rights.push(right);
      return right as never;
    });
  };
  return { store, whole, rights, arrivals, receive };
}

/** The pieces of a bin with one entry. */
function piece(key: string, value: number): Uint8Array {
  const store = mapStore<string, number>();
  store.open({ bins, worker: 1, arena: undefined });
  store.create(0);
  store.set(key, value);
  return (store.read(0).next(1000) as Uint8Array).slice();
}

/** What the error of `act` says of bin and sender. */
function refusal(act: () => void): string {
  try {
    act();
  } catch (error) {
    expect(error).toBeInstanceOf(MigrationProtocolError);
    const { bin, from, message, code } = error as MigrationProtocolError;
    expect(code).toBe("MIGRATION_PROTOCOL");
    expect(message).toContain(`bin ${bin} from worker ${from}`);
    return message;
  }
  return expect.fail("nothing was refused");
}

describe("what comes on the state channel", () => {
  it("is whole at its commit, in pieces and over several messages", () => {
    const { store, whole, arrivals, receive } = receiver();
    receive(1, (to) => to.prepare(0, 3));
    expect(arrivals.isPartial(0)).toBe(true);
    receive(1, (to) => to.state(0, piece("a", 1)));
    receive(1, (to) => {
      to.state(0, piece("b", 2));
      to.pending(0, 9, ["x", "y"], 0, 2);
    });
    expect(whole).toEqual([]);
    receive(1, (to) => to.commit(0));
    expect(arrivals.isPartial(0)).toBe(false);
    expect(whole).toMatchObject([{ bin: 0, sequence: 3, from: 1, shares: [{ time: 9, records: ["x", "y"] }] }]);
    expect([store.get("a"), store.get("b")]).toEqual([1, 2]);
  });

  it("is refused without a Prepare", () => {
    for (const write of [
      (to: StatePacker<number>) => to.state(0, piece("a", 1)),
      (to: StatePacker<number>) => to.blocks(0, []),
      (to: StatePacker<number>) => to.pending(0, 9, ["x"], 0, 1),
      (to: StatePacker<number>) => to.commit(0),
      (to: StatePacker<number>) => to.abort(0),
    ]) {
      expect(refusal(() => receiver().receive(1, write))).toContain("no transfer");
    }
  });

  it("is refused in another order, or twice", () => {
    const after = (...writes: ((to: StatePacker<number>) => void)[]) =>
      refusal(() => {
        const { receive } = receiver();
        for (const write of writes) receive(1, write);
      });
    const prepare = (to: StatePacker<number>) => to.prepare(0, 3);
    const state = (to: StatePacker<number>) => to.state(0, piece("a", 1));
    const pending = (to: StatePacker<number>) => to.pending(0, 9, ["x"], 0, 1);
    const blocks = (to: StatePacker<number>) => to.blocks(0, []);
    const commit = (to: StatePacker<number>) => to.commit(0);
    expect(after(prepare, pending, state)).toContain("state came after pending work");
    expect(after(prepare, pending, blocks)).toContain("memory came after pending work");
    expect(after(prepare, state, blocks)).toContain("memory came after state");
    expect(after(prepare, blocks, state)).toContain("state came after memory");
    expect(after(prepare, blocks, blocks)).toContain("memory came after state");
    expect(after(prepare, prepare)).toContain("on its way already");
    expect(after(prepare, state, commit, state)).toContain("no transfer");
    expect(after(prepare, state, commit, commit)).toContain("no transfer");
    // Delivered once more as a whole: the bin is here.
    expect(after(prepare, state, commit, prepare, state, commit)).toContain("here already");
  });

  it("is refused when another worker breaks into a transfer", () => {
    const { receive } = receiver();
    receive(1, (to) => to.prepare(0, 3));
    expect(refusal(() => receive(2, (to) => to.state(0, piece("a", 1))))).toContain("worker 2");
    expect(refusal(() => receive(2, (to) => to.commit(0)))).toContain("worker 2");
  });

  it("names a bin that does not exist", () => {
    expect(() => receiver().receive(1, (to) => to.prepare(1, 3))).toThrow(UnknownBinError);
  });

  it("is kept aside while another transfer of the bin is under way, and takes its place", () => {
    for (const order of ["abort first", "commit first"]) {
      const { store, whole, rights, receive } = receiver();
      receive(1, (to) => to.prepare(0, 3));
      receive(1, (to) => to.state(0, piece("old", 1)));
      receive(2, (to) => {
        to.prepare(0, 4);
        to.state(0, piece("new", 2));
      });
      if (order === "abort first") receive(1, (to) => to.abort(0));
      receive(2, (to) => {
        to.state(0, piece("more", 3));
        to.commit(0);
      });
      if (order === "commit first") receive(1, (to) => to.abort(0));
      expect(whole, order).toMatchObject([{ sequence: 4, from: 2 }]);
      expect([store.get("old"), store.get("new"), store.get("more")], order).toEqual([undefined, 2, 3]);
      // The other right is the owner's of the bin now.
      expect(
        rights.map(({ released }) => released),
        order,
      ).toEqual([true, false]);
    }
  });
});
