// What a worker sees of the transport: numbered endpoints and, to each other one, FIFO links for data and for progress
// (engine rules 3 and 7). Threads, the simulator and the network all offer this one interface.

import { LimmatError } from "../errors.ts";
import type { Doorbell } from "./doorbell.ts";
import type { Receiver, Sender } from "./link.ts";

/**
 * One endpoint's view of the transport. Workers are the endpoints 0 to `workers - 1`; clients come after them and have
 * data links to the workers, but no progress links and none among themselves. No endpoint has a link to itself.
 */
export interface Fabric {
  /** This endpoint's number. */
  readonly index: number;
  /** The number of workers. */
  readonly workers: number;
  /** The number of endpoints, workers and clients. */
  readonly endpoints: number;
  /** What others ring when they published something for this endpoint; its owner parks on it. */
  readonly doorbell: Doorbell;
  /**
   * The link that carries data to `peer`; the same object at every call, as for the three below.
   * @throws EndpointError when there is no such link.
   */
  sendData(peer: number): Sender;
  /** The link that carries data from `peer`. */
  receiveData(peer: number): Receiver;
  /** The link that carries progress to `peer`, which never waits behind data. */
  sendProgress(peer: number): Sender;
  /** The link that carries progress from `peer`. */
  receiveProgress(peer: number): Receiver;
  /** Flushes every link, data before progress; returns whether nothing is left in any overflow. O(endpoints). */
  flush(): boolean;
  /**
   * Whether there is something to receive, or overflow that would move now; where overflow waits for room its receiver
   * has been asked to ring. The re-check before parking (engine rule 15). O(endpoints).
   * @param clients - whether messages of clients count (default), or are left where they are for now.
   */
  pending(clients?: boolean): boolean;
}

/** A link was asked for that the transport does not have. */
export class EndpointError extends LimmatError {
  readonly endpoint: number;
  readonly peer: number;

  constructor(kind: "data" | "progress", endpoint: number, peer: number) {
    super("ENDPOINT", `Endpoint ${endpoint} has no ${kind} link with endpoint ${peer}: see Fabric for who is joined.`);
    this.endpoint = endpoint;
    this.peer = peer;
  }
}
