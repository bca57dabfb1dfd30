// The transport inside one process: a pair of rings, data and progress, for every ordered pair of endpoints. The same
// code joins worker threads over SharedArrayBuffers and the workers of a simulation inside one thread.

import { Doorbell } from "./doorbell.ts";
import { Receiver, Sender } from "./link.ts";
import { Ring } from "./ring.ts";
import { EndpointError, type Fabric } from "./transport.ts";

/** Bytes of data that the receiver may begin with at once: so many take longer to write than to publish. */
const promptBytes = 2048;

/** The sizes of a transport's rings; ring sizes are powers of two from 64 bytes on. */
export interface FabricOptions {
  /** Bytes of each data ring (default 1 MiB). */
  readonly dataRingBytes?: number;
  /** Bytes of each progress ring (default 64 KiB). */
  readonly progressRingBytes?: number;
  /** Endpoints beside the workers, joined to each worker by data links (default 0). */
  readonly clients?: number;
  /** Whether the endpoints are opened in different threads (default true); false works without SharedArrayBuffer. */
  readonly shared?: boolean;
  /** The most bytes a link keeps in overflow (default 256 MiB). */
  readonly overflowLimit?: number;
}

/** The rings between one endpoint and one peer, named from that endpoint's side. */
interface PeerRings {
  readonly dataOut: ArrayBufferLike;
  readonly dataIn: ArrayBufferLike;
  readonly progressOut?: ArrayBufferLike;
  readonly progressIn?: ArrayBufferLike;
}

/** Everything an endpoint needs to open its fabric; plain data, so it can be posted to the thread that will. */
export interface FabricDescriptor {
  readonly index: number;
  readonly workers: number;
  readonly overflowLimit?: number;
  /** The bell of every endpoint. */
  readonly bells: readonly ArrayBufferLike[];
  /** The rings with every endpoint; undefined where there is no link. */
  readonly peers: readonly (PeerRings | undefined)[];
}

/**
 * Allocates the rings and bells of `workers` workers and returns one descriptor an endpoint, workers first. Each is to
 * be opened exactly once.
 * @throws RingError when a ring size is no power of two in range.
 */
export function createFabrics(workers: number, options: FabricOptions = {}): FabricDescriptor[] {
  const { dataRingBytes = 2 ** 20, progressRingBytes = 2 ** 16, clients = 0, shared = true, overflowLimit } = options;
  const endpoints = Array.from({ length: workers + clients }, (_, index) => index);
  const bells = endpoints.map(() => Doorbell.create(shared));
  const joined = (from: number, to: number): boolean => from !== to && (from < workers || to < workers);
  const data = endpoints.map((from) =>
    endpoints.map((to) => (joined(from, to) ? Ring.create(dataRingBytes, shared) : undefined)),
  );
  const progress = endpoints.map((from) =>
    endpoints.map((to) =>
      joined(from, to) && from < workers && to < workers ? Ring.create(progressRingBytes, shared) : undefined,
    ),
  );
  return endpoints.map((index) => ({
    index,
    workers,
    bells,
    ...(overflowLimit === undefined ? {} : { overflowLimit }),
    peers: endpoints.map((peer) => {
      const dataOut = data[index]?.[peer];
      const dataIn = data[peer]?.[index];
      const progressOut = progress[index]?.[peer];
      const progressIn = progress[peer]?.[index];
      if (dataOut === undefined || dataIn === undefined) return undefined;
      return progressOut === undefined || progressIn === undefined
        ? { dataOut, dataIn }
        : { dataOut, dataIn, progressOut, progressIn };
    }),
  }));
}

/** Opens an endpoint's side of the rings, in the thread that will use it. */
export function openFabric(descriptor: FabricDescriptor): Fabric {
  return new RingFabric(descriptor);
}

class RingFabric implements Fabric {
  readonly index: number;
  readonly workers: number;
  readonly endpoints: number;
  readonly doorbell: Doorbell;
  readonly #dataOut: (Sender | undefined)[] = [];
  readonly #dataIn: (Receiver | undefined)[] = [];
  readonly #progressOut: (Sender | undefined)[] = [];
  readonly #progressIn: (Receiver | undefined)[] = [];
  /** All links, data before progress, so that progress goes after the data of the same activation. */
  readonly #senders: Sender[];
  readonly #receivers: Receiver[];
  readonly #ofClients: ReadonlySet<Receiver>;

  constructor(descriptor: FabricDescriptor) {
    const { index, workers, bells, peers, overflowLimit } = descriptor;
    this.index = index;
    this.workers = workers;
    this.endpoints = peers.length;
    this.doorbell = new Doorbell(bells[index] as ArrayBufferLike);
    const limit = overflowLimit === undefined ? {} : { overflowLimit };
    peers.forEach((rings, peer) => {
      const bell = new Doorbell(bells[peer] as ArrayBufferLike);
      const notify = (): void => bell.ring();
      const sender = (kind: string, ring: ArrayBufferLike | undefined, options = {}): Sender | undefined =>
        ring && new Sender(ring, { name: `${kind} ${index}->${peer}`, notify, ...limit, ...options });
      const receiver = (kind: string, ring: ArrayBufferLike | undefined): Receiver | undefined =>
        ring && new Receiver(ring, { name: `${kind} ${peer}->${index}`, notify });
      this.#dataOut.push(sender("data", rings?.dataOut, { promptBytes }));
      this.#dataIn.push(receiver("data", rings?.dataIn));
      this.#progressOut.push(sender("progress", rings?.progressOut));
      this.#progressIn.push(receiver("progress", rings?.progressIn));
    });
    this.#senders = [...this.#dataOut, ...this.#progressOut].filter((sender) => sender !== undefined);
    this.#receivers = [...this.#dataIn, ...this.#progressIn].filter((receiver) => receiver !== undefined);
    this.#ofClients = new Set(this.#dataIn.slice(workers).filter((receiver) => receiver !== undefined));
  }

  sendData(peer: number): Sender {
    return this.#dataOut[peer] ?? this.#missing("data", peer);
  }

  receiveData(peer: number): Receiver {
    return this.#dataIn[peer] ?? this.#missing("data", peer);
  }

  sendProgress(peer: number): Sender {
    return this.#progressOut[peer] ?? this.#missing("progress", peer);
  }

  receiveProgress(peer: number): Receiver {
    return this.#progressIn[peer] ?? this.#missing("progress", peer);
  }

  flush(): boolean {
    let empty = true;
    for (const sender of this.#senders) if (!sender.flush()) empty = false;
    return empty;
  }

  pending(clients = true): boolean {
    for (const receiver of this.#receivers) {
      if (receiver.hasPending && (clients || !this.#ofClients.has(receiver))) return true;
    }
    for (const sender of this.#senders) if (sender.canFlush()) return true;
    return false;
  }

  #missing(kind: "data" | "progress", peer: number): never {
    throw new EndpointError(kind, this.index, peer);
  }
}
