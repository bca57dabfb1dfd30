// The network of two processes, both in this thread: what keeps them from coming together, and what holds them back.

import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Fabric, openFabric } from "../../src/communication/index.ts";
import { HandshakeError } from "../../src/network/errors.ts";
import { encoded, helloOf, MessageGatherer } from "../../src/network/handshake.ts";
import { Network, type NetworkConfig } from "../../src/network/network.ts";
import { checkedHosts } from "../../src/network/processes.ts";
import { createProcess } from "../../src/network/topology.ts";
import { newCredentials, opensslAbsent } from "./credentials.ts";
import { freeHosts } from "./ports.ts";

const topology = { processes: 2, workersPerProcess: 1, clients: 0 };
const opened: Network[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((network) => network.abort("is no longer needed")));
});

function join(index: number, hosts: string[], given: Partial<NetworkConfig> = {}, sizes = {}) {
  const { endpoints, network } = createProcess(topology, index, sizes);
  const config = { index, hosts, connectTimeoutMs: 10_000, ...given };
  const joined = Network.join(network, config, checkedHosts(config)).then((open) => {
    opened.push(open);
    return open;
  });
  joined.catch(() => {});
  return { joined, fabric: openFabric(endpoints[0] as NonNullable<(typeof endpoints)[0]>) };
}

describe("Processes in one run", () => {
  it("take the generation from process 0, or all the one they are given", async () => {
    const hosts = await freeHosts(2);
    const drawn = await Promise.all([join(0, hosts).joined, join(1, hosts).joined]);
    expect(drawn[0]?.agreedGeneration).toBe(drawn[1]?.agreedGeneration);
    const others = await freeHosts(2);
    const generation = 2 ** 40 + 5;
    const given = await Promise.all([0, 1].map((index) => join(index, others, { generation }).joined));
    expect(given.map(({ agreedGeneration }) => agreedGeneration)).toEqual([5, 5]);
  });

  it("are refused when they are given different generations", async () => {
    const hosts = await freeHosts(2);
    const both = [join(0, hosts, { generation: 1 }), join(1, hosts, { generation: 2 })];
    await expect(both[0]?.joined).rejects.toThrow(/process 1 at .*: it belongs to generation 2 .* this process 0 to 1/);
    await expect(both[1]?.joined).rejects.toThrow(HandshakeError);
  });

  it("are refused when one speaks another version", async () => {
    const hosts = await freeHosts(2);
    const [address, port] = (hosts[1] as string).split(":");
    const server = createServer(async (socket) => {
      const gatherer = new MessageGatherer();
      socket.on("data", (bytes: Uint8Array) => gatherer.push(bytes));
      socket.on("error", () => {});
      const hello = helloOf(await gatherer.next());
      socket.write(encoded(JSON.stringify({ ...hello, version: "0.0.1-old", process: 1, to: 0 }), true));
    });
    await new Promise<void>((resolve) => server.listen(Number(port), address, resolve));
    await expect(join(0, hosts).joined).rejects.toThrow(/it has version 0.0.1-old .* this process 0 has version/);
    server.close();
  });

  it("name what else listens where a process should be", async () => {
    const hosts = await freeHosts(2);
    const [address, port] = (hosts[1] as string).split(":");
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.end("SSH-2.0-OpenSSH_9.2\r\n");
    });
    await new Promise<void>((resolve) => server.listen(Number(port), address, resolve));
    await expect(join(0, hosts, { connectTimeoutMs: 300 }).joined).rejects.toThrow(
      /no connection with process 1 at .* \(what is there speaks another protocol\)/,
    );
    server.close();
  });
});

describe.skipIf(opensslAbsent !== undefined)(`TLS between processes (${opensslAbsent ?? "openssl is there"})`, () => {
  it("is refused where another authority has signed", async () => {
    const hosts = await freeHosts(2);
    const both = [join(0, hosts, { tls: newCredentials("one") }), join(1, hosts, { tls: newCredentials("two") })];
    for (const { joined } of both) await expect(joined).rejects.toThrow(/TLS failed .*the same ca/);
  });

  it("is refused where the other end has none", async () => {
    const hosts = await freeHosts(2);
    const connectTimeoutMs = 2000;
    const encrypted = join(0, hosts, { connectTimeoutMs, tls: newCredentials("one") });
    const plain = join(1, hosts, { connectTimeoutMs });
    await expect(encrypted.joined).rejects.toThrow(/process 1 .*before TLS was established: has it no tls\?/);
    await expect(plain.joined).rejects.toThrow(/process 0 .*(another protocol|closed the connection in the handshake)/);
  });
});

describe("Back-pressure", () => {
  it("holds data back at its sender while the receiver stands still, and lets progress pass", async () => {
    const ring = 65_536;
    const hosts = await freeHosts(2);
    const [first, second] = [0, 1].map((index) => join(index, hosts, {}, { dataRingBytes: ring })) as [
      ReturnType<typeof join>,
      ReturnType<typeof join>,
    ];
    await Promise.all([first.joined, second.joined]);
    const send = (fabric: Fabric, kind: "sendData" | "sendProgress", length: number): void => {
      const sender = fabric[kind](1);
      const space = sender.begin(length);
      space.bytes.fill(7, space.offset, space.offset + length);
      sender.end();
      fabric.flush();
    };
    // More than rings, buffers of sockets and one ring of overflow hold together.
    const messages = 10_000;
    for (let i = 0; i < messages; i++) send(first.fabric, "sendData", 4000);
    const data = first.fabric.sendData(1);
    const settled = async (): Promise<number> => {
      let least = data.queuedBytes;
      for (let since = performance.now(); performance.now() - since < 500; ) {
        first.fabric.flush();
        await new Promise((resolve) => setImmediate(resolve));
        if (data.queuedBytes === least) continue;
        least = data.queuedBytes;
        since = performance.now();
      }
      return least;
    };
    const held = await settled();
    expect(held).toBeGreaterThan(10_000_000);
    send(first.fabric, "sendProgress", 8);
    const progress = second.fabric.receiveProgress(0);
    while (!progress.hasPending) await new Promise((resolve) => setTimeout(resolve, 5));
    let received = 0;
    const receiver = second.fabric.receiveData(0);
    while (received < messages) {
      for (let next = receiver.receive(); next !== undefined; next = receiver.receive()) {
        expect(next.length).toBe(4000);
        received += 1;
        next.release();
      }
      first.fabric.flush();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(data.queuedBytes).toBe(0);
  });
});
