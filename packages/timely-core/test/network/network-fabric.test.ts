import { describe, expect, it } from "vitest";
import { openFabric, Parking } from "../../src/communication/index.ts";
import { Network, type NetworkConfig } from "../../src/network/network.ts";
import { checkedHosts } from "../../src/network/processes.ts";
import { createProcess, endpointsOf, type Topology } from "../../src/network/topology.ts";
import { conformance, type OpenTransport } from "../communication/conformance.ts";
import { Echo } from "../communication/echo.ts";
import { newCredentials, opensslAbsent } from "./credentials.ts";
import { freeHosts } from "./ports.ts";

/** Workers spread over processes that are all in this thread, but only speak over sockets. */
function overSockets(workersPerProcess: number, credentials: Partial<NetworkConfig>): OpenTransport {
  return async (workers, index, { clients = 0, ...sizes }) => {
    // As many processes as it takes; an odd worker makes every process one of a single worker.
    const each = workers % workersPerProcess === 0 ? workersPerProcess : 1;
    const topology: Topology = { processes: workers / each, workersPerProcess: each, clients };
    const hosts = await freeHosts(topology.processes);
    const processes = hosts.map((_, process) => createProcess(topology, process, sizes));
    const networks = await Promise.all(
      processes.map(({ network }, process) => {
        const config = { index: process, hosts, ...credentials };
        return Network.join(network, config, checkedHosts(config));
      }),
    );
    const descriptors = processes.flatMap(({ endpoints }, process) =>
      endpoints.map((descriptor) => ({ descriptor, process })),
    );
    const loops = descriptors
      .filter(({ descriptor }) => descriptor.index < workers && descriptor.index !== index)
      .map(async ({ descriptor }) => {
        const fabric = openFabric(descriptor);
        const parking = new Parking(fabric.doorbell, { spins: 0 });
        const echo = new Echo(fabric);
        for (echo.step(); !echo.isStopped; echo.step()) {
          await parking.wait(() => echo.isReady(), Number.POSITIVE_INFINITY);
        }
      });
    const own = descriptors.find(({ descriptor }) => descriptor.index === index);
    if (own === undefined) throw new Error(`there is no endpoint ${index}`);
    return {
      fabric: openFabric(own.descriptor),
      ended: async () => {
        await Promise.all(loops);
        await Promise.all(networks.map((network) => network.leave()));
      },
    };
  };
}

const secret = "a secret of the tests alone";

conformance("TCP between processes of one worker", overSockets(1, {}));
conformance("TCP between processes of two workers, with a secret", overSockets(2, { secret }));

if (opensslAbsent === undefined) {
  conformance("TLS between processes of one worker", overSockets(1, { secret, tls: newCredentials("one") }));
} else {
  describe.skip(`TLS between processes (skipped: ${opensslAbsent})`, () => {
    it("is a transport", () => {});
  });
}

describe("createProcess", () => {
  it("numbers workers through all processes, and gives the clients to the first", () => {
    const topology = { processes: 3, workersPerProcess: 2, clients: 1 };
    expect([0, 1, 2].map((process) => endpointsOf(topology, process))).toEqual([
      [0, 1, 6],
      [2, 3],
      [4, 5],
    ]);
    const { endpoints, network } = createProcess(topology, 1, { shared: false });
    expect(endpoints.map(({ index, workers }) => [index, workers])).toEqual([
      [2, 6],
      [3, 6],
    ]);
    // To each of four workers elsewhere by data and progress, and to the client by data, from each of two workers.
    expect(network.outgoing.length).toBe(2 * (4 * 2 + 1));
    expect(network.incoming.length).toBe(2 * (4 * 2 + 1));
  });
});
