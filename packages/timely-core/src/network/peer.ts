// Everything between this process and one other: the three connections that it calls and receives by, the three that it was called on and
// sends by, and what is known of the other's state.

import type { Socket } from "node:net";
import { type ControlMessage, encodeControl } from "./control.ts";
import type { Lane } from "./handshake.ts";
import type { Inlet } from "./inlet.ts";
import type { Outlet } from "./outlet.ts";

/** A connection on which messages of workers come, and which stands still while too much waits for them here. */
export interface Receiving {
  readonly socket: Socket;
  readonly inlets: readonly Inlet[];
  /** Above this much overflow nothing more is read. */
  readonly most: number;
  paused: boolean;
}

/** One other process. */
export class Peer {
  readonly process: number;
  /** When anything came from it last, by `performance.now`. */
  heard = 0;
  /** Whether it said that all its connections stand. */
  ready = false;
  /** Whether it said that it leaves in order. */
  goodbye = false;
  /** What stands in the way of connecting with it, while it does. */
  problem = "nothing came from it";
  /** Calls that were answered. */
  readonly incoming = new Map<Lane, Socket>();
  /** Calls that it made. */
  readonly outgoing = new Map<Lane, Socket>();
  readonly outlets: Outlet[] = [];
  readonly receiving: Receiving[] = [];
  /** How many of the connections called have ended in order. */
  ended = 0;

  constructor(process: number) {
    this.process = process;
  }

  /** Whether all connections stand. */
  get isConnected(): boolean {
    return this.incoming.size === lanes.length && this.outgoing.size === lanes.length;
  }

  /** Tells it something, if it can still be told. */
  tell(message: ControlMessage): void {
    const socket = this.outgoing.get("control");
    if (socket?.writable) socket.write(encodeControl(message));
  }

  /** Closes every connection at once. */
  destroy(): void {
    for (const socket of [...this.incoming.values(), ...this.outgoing.values()]) socket.destroy();
  }
}

/** The connections of one direction. */
export const lanes: readonly Lane[] = ["control", "data", "progress"];
