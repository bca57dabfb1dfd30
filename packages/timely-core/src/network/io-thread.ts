// What the I/O thread of a process runs: the network, under the orders of the main thread.

import { failureOf, type NetworkFailure } from "./errors.ts";
import { Network, type NetworkConfig } from "./network.ts";
import type { Host } from "./processes.ts";
import type { NetworkDescriptor } from "./topology.ts";

/** What an I/O thread is started with. */
export interface IoThreadData {
  readonly descriptor: NetworkDescriptor;
  readonly config: NetworkConfig;
  readonly hosts: readonly Host[];
}

/** What the main thread tells it. */
export type IoOrder = { readonly kind: "leave" } | { readonly kind: "abort"; readonly reason: string };

/** What it tells the main thread. */
export type IoReport =
  | { readonly kind: "joined"; readonly generation: number }
  | { readonly kind: "left" }
  | { readonly kind: "failed"; readonly failure: NetworkFailure };

/** Where orders come in and reports go out. */
interface Port {
  postMessage(report: IoReport): void;
  on(event: "message", listener: (order: IoOrder) => void): unknown;
  unref(): void;
}

/** Runs the network until the run has ended. */
export async function runNetwork({ descriptor, config, hosts }: IoThreadData, port: Port): Promise<void> {
  let network: Network | undefined;
  let aborted: string | undefined;
  const leave = async (): Promise<void> => {
    await network?.leave();
    port.postMessage({ kind: "left" });
  };
  const fail = (error: unknown): void => port.postMessage({ kind: "failed", failure: failureOf(error) });
  port.on("message", (order) => {
    if (order.kind === "leave") return void leave().catch(() => {});
    aborted = order.reason;
    void network?.abort(aborted);
  });
  try {
    network = await Network.join(descriptor, config, hosts);
    network.failed.catch(fail);
    port.postMessage({ kind: "joined", generation: network.agreedGeneration });
    if (aborted !== undefined) await network.abort(aborted);
    await network.closed;
  } catch (error) {
    fail(error);
  }
  // Nothing keeps the thread any more. A port that is closed would lose what was just reported.
  port.unref();
}
