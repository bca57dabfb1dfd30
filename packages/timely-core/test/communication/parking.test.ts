import { describe, expect, it } from "vitest";
import { Doorbell, type RingPhase, ringStep } from "../../src/communication/doorbell.ts";
import { type ParkAccess, Parking, type ParkPhase, parkStep } from "../../src/communication/parking.ts";
import { explore } from "./interleavings.ts";
import { type ModelState, type Protocol, parkingModel, production } from "./parking-model.ts";

/** Message sizes of each sender, and the capacity of the rings. */
const models: readonly (readonly [readonly (readonly number[])[], number])[] = [
  [[[1]], 8],
  [[[1, 1]], 8],
  [[[1], [1]], 8],
  [
    [
      [1, 1],
      [1, 1],
    ],
    8,
  ],
  [[[1, 1, 1]], 1],
  [[[1, 1, 2]], 2],
  [[[2, 1, 2]], 2],
  [[[1, 1], [1]], 1],
  [[[1, 1, 2], [1]], 2],
];

/** The states visited over all models, and one in which somebody sleeps though there is something to do. */
function exploreAll(protocol: Protocol): { states: number; stuck: ModelState | undefined } {
  let states = 0;
  for (const [sizes, capacity] of models) {
    const { start, processes, isComplete } = parkingModel(sizes, capacity, protocol);
    const exploration = explore(start, processes, isComplete);
    states += exploration.states;
    if (exploration.stuck !== undefined) return { states, stuck: exploration.stuck };
  }
  return { states, stuck: undefined };
}

describe("the parking protocol", () => {
  it("loses no wake-up in any interleaving", () => {
    const { states, stuck } = exploreAll(production);
    expect(stuck).toBeUndefined();
    expect(states).toBeGreaterThan(20_000);
  }, 60_000);

  const recheckBeforeAnnouncing = (phase: ParkPhase, access: ParkAccess): ParkPhase => {
    if (phase === "read") {
      const found = access.recheck();
      if (found === "more") return "read";
      return found === "ready" ? "leaving" : "announced";
    }
    if (phase === "announced") {
      access.storeParked(true);
      return "idle";
    }
    return parkStep(phase, access);
  };

  const readBellLast = (phase: ParkPhase, access: ParkAccess): ParkPhase => {
    if (phase === "awake") {
      access.storeParked(true);
      return "announced";
    }
    if (phase === "announced") {
      const after = parkStep(phase, access);
      return after === "idle" ? "read" : after;
    }
    if (phase === "read") {
      access.readBell();
      return "idle";
    }
    return parkStep(phase, access);
  };

  const noRecheck = (phase: ParkPhase, access: ParkAccess): ParkPhase =>
    phase === "announced" ? "idle" : parkStep(phase, access);

  const mutants: Record<string, Partial<Protocol>> = {
    "the receiver looks at the rings before it announces that it parks": { park: recheckBeforeAnnouncing },
    "the receiver reads the bell only before it sleeps": { park: readBellLast },
    "the receiver does not look at the rings again": { park: noRecheck },
    "the sender loads parked before it stores the head": { publishFirst: false },
    "the sender notifies without adding to the bell": {
      ring: (phase, access) => (phase === "parked" ? "counted" : ringStep(phase, access)),
    },
    "the sender adds to the bell without notifying": {
      ring: (phase, access): RingPhase => (phase === "counted" ? "done" : ringStep(phase, access)),
    },
    "the sender looks at the tail before it asks for room": { requestFirst: false },
    "the receiver looks for requests before it frees": { freeFirst: false },
    "the receiver strikes a request off after it rang": { strikeFirst: false },
  };

  it.each(Object.keys(mutants))(
    "is caught when %s",
    (name) => {
      expect(exploreAll({ ...production, ...mutants[name] }).stuck).toBeDefined();
    },
    60_000,
  );
});

describe("Parking", () => {
  const never = (): boolean => false;

  it("returns at once where there is something to do, having looked as often as it spins at most", async () => {
    const doorbell = new Doorbell(Doorbell.create(true));
    for (const spins of [0, 1, 10]) {
      const parking = new Parking(doorbell, { spins });
      let looks = 0;
      parking.block(() => ++looks > 0, Number.POSITIVE_INFINITY);
      expect(looks).toBe(1);
      looks = 0;
      await parking.wait(() => ++looks > spins, Number.POSITIVE_INFINITY);
      expect(looks).toBe(spins + 1);
      expect(doorbell.loadParked()).toBe(false);
    }
  });

  it("ends when the time has passed, and does not park for no time", async () => {
    const doorbell = new Doorbell(Doorbell.create(true));
    const parking = new Parking(doorbell, { spins: 0 });
    parking.block(never, 5);
    await parking.wait(never, 5);
    expect(doorbell.loadParked()).toBe(false);
    parking.block(() => {
      throw new Error("looked");
    }, 0);
  });

  it.each([true, false])("hears a bell rung in its own thread (shared: %s)", async (shared) => {
    const buffer = Doorbell.create(shared);
    const parking = new Parking(new Doorbell(buffer), { spins: 0 });
    const other = new Doorbell(buffer);
    let hasWork = false;
    for (let round = 0; round < 20; round++) {
      const parked = parking.wait(() => hasWork, Number.POSITIVE_INFINITY);
      hasWork = true;
      other.ring();
      await parked;
      hasWork = false;
      expect(other.loadParked()).toBe(false);
    }
  });

  it("does not sleep when the bell rang between the look and the sleep", async () => {
    for (const shared of [true, false]) {
      const doorbell = new Doorbell(Doorbell.create(shared));
      const parking = new Parking(doorbell, { spins: 0 });
      await parking.wait(() => {
        doorbell.ring();
        return false;
      }, Number.POSITIVE_INFINITY);
      if (!shared) continue;
      parking.block(() => {
        doorbell.ring();
        return false;
      }, Number.POSITIVE_INFINITY);
    }
  });

  it("looks at the bell now and then where shared memory cannot be awaited", async () => {
    const original = Object.getOwnPropertyDescriptor(Atomics, "waitAsync") as PropertyDescriptor;
    Object.defineProperty(Atomics, "waitAsync", { ...original, value: undefined });
    try {
      const doorbell = new Doorbell(Doorbell.create(true));
      const parking = new Parking(doorbell, { spins: 0 });
      const parked = parking.wait(never, Number.POSITIVE_INFINITY);
      setTimeout(() => doorbell.ring(), 1);
      await parked;
      await parking.wait(never, 5);
    } finally {
      Object.defineProperty(Atomics, "waitAsync", original);
    }
  });
});
