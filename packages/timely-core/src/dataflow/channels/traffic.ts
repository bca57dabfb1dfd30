// What went over one channel between this worker and the other endpoints, counted as it goes: for metrics and logs.

/** An edge of a scope's graph, by the locations of its ports. */
export interface Edge {
  /** The scope that it is in. */
  readonly scope: { readonly address: readonly number[] };
  /** The location of the output that it starts at. */
  readonly source: number;
  /** The location of the input that it leads to. */
  readonly target: number;
}

/** Counts what a channel sent to and received from other endpoints. What stays on its worker is counted at the ports alone. */
export class Traffic {
  /** What the channel stands for; a client's port stands for no edge. */
  readonly edge: Edge | undefined;
  /** How records are divided over the workers. */
  readonly pact: string;
  /** Messages sent to other endpoints. */
  sentMessages = 0;
  /** Records in them. */
  sentRecords = 0;
  /** Their bytes, headers included. */
  sentBytes = 0;
  /** Messages received from other endpoints. */
  receivedMessages = 0;
  /** Records in them. */
  receivedRecords = 0;
  /** Their bytes, headers included. */
  receivedBytes = 0;

  constructor(pact: string, edge?: Edge) {
    this.pact = pact;
    this.edge = edge;
  }

  /** Counts a message to another endpoint. */
  sent(records: number, bytes: number): void {
    this.sentMessages += 1;
    this.sentRecords += records;
    this.sentBytes += bytes;
  }

  /** Counts a message from another endpoint. */
  received(records: number, bytes: number): void {
    this.receivedMessages += 1;
    this.receivedRecords += records;
    this.receivedBytes += bytes;
  }
}
