// The parking protocol as processes for the explorer: senders with rings to one receiver, all of whom park when they
// have nothing to do. Bells run the production step functions; a mutant replaces one of them or swaps two accesses.

import { type RingAccess, type RingPhase, ringStep } from "../../src/communication/doorbell.ts";
import { type ParkAccess, type ParkPhase, parkStep } from "../../src/communication/parking.ts";
import type { Process } from "./interleavings.ts";

/** The protocol's parts that a mutant may replace. */
export interface Protocol {
  readonly park: (phase: ParkPhase, access: ParkAccess) => ParkPhase;
  readonly ring: (phase: RingPhase, access: RingAccess) => RingPhase;
  /** A sender publishes before it looks whether the receiver is parked. */
  readonly publishFirst: boolean;
  /** A sender without room asks for it before it looks at the tail for the last time. */
  readonly requestFirst: boolean;
  /** The receiver frees before it looks whether room is asked for. */
  readonly freeFirst: boolean;
  /** The receiver strikes a request for room off before it rings, not after. */
  readonly strikeFirst: boolean;
}

export const production: Protocol = {
  park: parkStep,
  ring: ringStep,
  publishFirst: true,
  requestFirst: true,
  freeFirst: true,
  strikeFirst: true,
};

interface Bell {
  count: number;
  parked: boolean;
  asleep: boolean;
  woken: boolean;
}

interface Party {
  bell: Bell;
  at: string;
  ringing: RingPhase;
  parking: ParkPhase;
  bellRead: number;
  looked: number;
}

interface SenderState extends Party {
  head: number;
  tail: number;
  wanted: number;
  sent: number;
  tailSeen: number;
}

interface ReceiverState extends Party {
  /** The ring that is looked at, whether this round found anything, and what was read of every ring. */
  ring: number;
  found: boolean;
  read: number[];
  messages: number[];
}

export interface ModelState {
  receiver: ReceiverState;
  senders: SenderState[];
}

function party(): Party {
  return {
    bell: { count: 0, parked: false, asleep: false, woken: false },
    at: "start",
    ringing: "done",
    parking: "awake",
    bellRead: 0,
    looked: 0,
  };
}

function ringAccess(bell: Bell): RingAccess {
  return {
    loadParked: () => bell.parked,
    addBell: () => {
      bell.count += 1;
    },
    notify: () => {
      if (!bell.asleep) return;
      bell.asleep = false;
      bell.woken = true;
    },
  };
}

function parkAccess(self: Party, recheck: () => "ready" | "more" | "idle"): ParkAccess {
  return {
    readBell: () => {
      self.bellRead = self.bell.count;
    },
    storeParked: (parked) => {
      self.bell.parked = parked;
    },
    recheck,
    sleep: () => {
      if (self.bell.woken || self.bell.count !== self.bellRead) {
        self.bell.woken = false;
        return true;
      }
      self.bell.asleep = true;
      return false;
    },
  };
}

/**
 * A receiver and one sender for every list of message sizes, over rings of `capacity` in the same unit.
 */
export function parkingModel(
  sizes: readonly (readonly number[])[],
  capacity: number,
  protocol: Protocol,
): { start: ModelState; processes: Process<ModelState>[]; isComplete: (state: ModelState) => boolean } {
  const start: ModelState = {
    receiver: { ...party(), ring: 0, found: false, read: sizes.map(() => 0), messages: sizes.map(() => 0) },
    senders: sizes.map(() => ({ ...party(), head: 0, tail: 0, wanted: 0, sent: 0, tailSeen: 0 })),
  };
  const isComplete = (state: ModelState): boolean =>
    sizes.every((list, i) => state.receiver.messages[i] === list.length && state.senders[i]?.sent === list.length);
  const processes = [
    { step: (state: ModelState) => stepReceiver(state, sizes, capacity, protocol) },
    ...sizes.map((list, i) => ({
      step: (state: ModelState) => stepSender(state, state.senders[i] as SenderState, list, capacity, protocol),
    })),
  ];
  return { start, processes, isComplete };
}

function stepSender(
  state: ModelState,
  self: SenderState,
  sizes: readonly number[],
  capacity: number,
  protocol: Protocol,
): boolean {
  const receiver = ringAccess(state.receiver.bell);
  const size = sizes[self.sent];
  const publish = (): void => {
    self.head += size as number;
    self.sent += 1;
  };
  switch (self.at) {
    case "start":
      if (size === undefined) return false;
      if (capacity - (self.head - self.tailSeen) < size) {
        self.tailSeen = self.tail;
        if (capacity - (self.head - self.tailSeen) >= size) return true;
        self.at = "park";
        self.parking = "awake";
        self.looked = 0;
        return true;
      }
      if (protocol.publishFirst) {
        publish();
        self.ringing = "published";
        self.at = "ring";
      } else {
        self.ringing = protocol.ring("published", receiver);
        self.at = "publish late";
      }
      return true;
    case "publish late":
      publish();
      self.at = self.ringing === "done" ? "start" : "ring";
      return true;
    case "ring":
      self.ringing = protocol.ring(self.ringing, receiver);
      if (self.ringing === "done") self.at = "start";
      return true;
    default: {
      if (self.bell.asleep) return false;
      const recheck = (): "ready" | "more" | "idle" => {
        const requests = (self.looked === 0) === protocol.requestFirst;
        if (requests) self.wanted = size as number;
        else self.tailSeen = self.tail;
        self.looked += 1;
        if (self.looked < 2) return "more";
        return capacity - (self.head - self.tailSeen) >= (size as number) ? "ready" : "idle";
      };
      self.parking = protocol.park(self.parking, parkAccess(self, recheck));
      if (self.parking === "done") self.at = "start";
      return true;
    }
  }
}

function stepReceiver(
  state: ModelState,
  sizes: readonly (readonly number[])[],
  capacity: number,
  protocol: Protocol,
): boolean {
  const self = state.receiver;
  const i = self.ring;
  const sender = state.senders[i] as SenderState;
  const free = (): void => {
    const size = sizes[i]?.[self.messages[i] as number] as number;
    self.read[i] = (self.read[i] as number) + size;
    self.messages[i] = (self.messages[i] as number) + 1;
    sender.tail += size;
  };
  switch (self.at) {
    case "start":
      if (sizes.every((list, ring) => self.messages[ring] === list.length)) return false;
      if (sender.head > (self.read[i] as number)) {
        self.found = true;
        self.at = protocol.freeFirst ? "free" : "wanted";
        return true;
      }
      if (i + 1 < sizes.length) {
        self.ring += 1;
        return true;
      }
      self.ring = 0;
      if (!self.found) {
        self.at = "park";
        self.parking = "awake";
        self.looked = 0;
      }
      self.found = false;
      return true;
    case "free":
      free();
      self.at = protocol.freeFirst ? "wanted" : "start";
      return true;
    case "wanted":
      // A receiver that looks before it frees judges by the room that there will be.
      if (sender.wanted === 0) self.at = protocol.freeFirst ? "start" : "free";
      else self.at = "room";
      return true;
    case "room": {
      const after = protocol.freeFirst ? 0 : (sizes[i]?.[self.messages[i] as number] as number);
      const isEnough = capacity - (sender.head - sender.tail - after) >= sender.wanted;
      if (!isEnough) self.at = protocol.freeFirst ? "start" : "free";
      else if (protocol.strikeFirst) self.at = "strike";
      else {
        self.ringing = "published";
        self.at = "ring";
      }
      return true;
    }
    case "strike":
      sender.wanted = 0;
      if (protocol.strikeFirst) {
        self.ringing = "published";
        self.at = "ring";
      } else {
        self.at = "start";
      }
      return true;
    case "ring":
      self.ringing = protocol.ring(self.ringing, ringAccess(sender.bell));
      if (self.ringing !== "done") return true;
      if (!protocol.strikeFirst) self.at = "strike";
      else self.at = protocol.freeFirst ? "start" : "free";
      return true;
    default: {
      if (self.bell.asleep) return false;
      const recheck = (): "ready" | "more" | "idle" => {
        const ring = self.looked;
        self.looked += 1;
        if ((state.senders[ring] as SenderState).head > (self.read[ring] as number)) return "ready";
        return self.looked < sizes.length ? "more" : "idle";
      };
      self.parking = protocol.park(self.parking, parkAccess(self, recheck));
      if (self.parking === "done") self.at = "start";
      return true;
    }
  }
}
