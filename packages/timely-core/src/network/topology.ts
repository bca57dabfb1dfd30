// Which endpoint lives in which process, and the rings of one process: between its own endpoints as ever, and to the I/O thread for every
// endpoint of another process. A worker sees one fabric of them all, and the I/O thread stands in for everybody outside.

import { createFabrics, Doorbell, type FabricDescriptor, Ring } from "../communication/index.ts";

/** The endpoints of a run: workers are numbered by process, `workers` in each; clients come last and live in process 0. */
export interface Topology {
  readonly processes: number;
  readonly workersPerProcess: number;
  readonly clients: number;
}

/** The number of all workers. */
function workersOf(topology: Topology): number {
  return topology.processes * topology.workersPerProcess;
}

/** The endpoints of a process, workers first. */
export function endpointsOf(topology: Topology, process: number): number[] {
  const { workersPerProcess, clients } = topology;
  const own = Array.from({ length: workersPerProcess }, (_, i) => process * workersPerProcess + i);
  if (process === 0) for (let i = 0; i < clients; i++) own.push(workersOf(topology) + i);
  return own;
}

/** The two kinds of links, each on connections of its own, so that progress never waits behind data (engine rule 3). */
export type LinkKind = "data" | "progress";

/** One direction between an endpoint here and one elsewhere. */
export interface RemoteLink {
  readonly kind: LinkKind;
  /** The process at the other end. */
  readonly process: number;
  readonly from: number;
  readonly to: number;
  readonly ring: ArrayBufferLike;
  /** The bell of the endpoint that lives here. */
  readonly bell: ArrayBufferLike;
}

/** What the I/O thread of a process is given; plain data. */
export interface NetworkDescriptor {
  readonly topology: Topology;
  readonly process: number;
  readonly dataRingBytes: number;
  readonly progressRingBytes: number;
  readonly overflowLimit?: number;
  /** What endpoints here ring when they sent something to another process. */
  readonly bell: ArrayBufferLike;
  readonly outgoing: readonly RemoteLink[];
  readonly incoming: readonly RemoteLink[];
}

/** The sizes of rings. */
export interface RingSizes {
  readonly dataRingBytes?: number;
  readonly progressRingBytes?: number;
  readonly overflowLimit?: number;
  /** Whether the ends are opened in different threads (default true). */
  readonly shared?: boolean;
}

/**
 * Allocates the rings of one process. Returns a descriptor for each of its endpoints, in the order of `endpointsOf`, and one for its I/O.
 * @throws RingError when a ring size is no power of two in range.
 */
export function createProcess(
  topology: Topology,
  process: number,
  sizes: RingSizes = {},
): { endpoints: FabricDescriptor[]; network: NetworkDescriptor } {
  const { dataRingBytes = 2 ** 20, progressRingBytes = 2 ** 16, shared = true, overflowLimit } = sizes;
  const workers = workersOf(topology);
  const own = endpointsOf(topology, process);
  const limit = overflowLimit === undefined ? {} : { overflowLimit };
  const local = createFabrics(topology.workersPerProcess, {
    dataRingBytes,
    progressRingBytes,
    shared,
    clients: own.length - topology.workersPerProcess,
    ...limit,
  });
  const bell = Doorbell.create(shared);
  const outgoing: RemoteLink[] = [];
  const incoming: RemoteLink[] = [];
  const endpoints = local.map((descriptor, i): FabricDescriptor => {
    const index = own[i] as number;
    const ownBell = descriptor.bells[i] as ArrayBufferLike;
    const bells: ArrayBufferLike[] = [];
    const peers: FabricDescriptor["peers"][number][] = [];
    for (let other = 0; other < topology.processes; other++) {
      endpointsOf(topology, other).forEach((peer, j) => {
        if (other === process) {
          bells[peer] = descriptor.bells[j] as ArrayBufferLike;
          peers[peer] = descriptor.peers[j];
          return;
        }
        bells[peer] = bell;
        peers[peer] = undefined;
        if (index >= workers && peer >= workers) return;
        const pair = (kind: LinkKind, bytes: number): { out: ArrayBufferLike; in: ArrayBufferLike } => {
          const rings = { out: Ring.create(bytes, shared), in: Ring.create(bytes, shared) };
          outgoing.push({ kind, process: other, from: index, to: peer, ring: rings.out, bell: ownBell });
          incoming.push({ kind, process: other, from: peer, to: index, ring: rings.in, bell: ownBell });
          return rings;
        };
        const data = pair("data", dataRingBytes);
        if (index >= workers || peer >= workers) {
          peers[peer] = { dataOut: data.out, dataIn: data.in };
          return;
        }
        const progress = pair("progress", progressRingBytes);
        peers[peer] = { dataOut: data.out, dataIn: data.in, progressOut: progress.out, progressIn: progress.in };
      });
    }
    return { index, workers, bells, peers, ...limit };
  });
  const network = { topology, process, dataRingBytes, progressRingBytes, bell, outgoing, incoming, ...limit };
  return { endpoints, network };
}
