// Addresses for processes that are to find each other on this machine.

import { createServer } from "node:net";

/** `count` addresses of this machine, `host:port`, whose ports were free a moment ago. */
export async function freeHosts(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => createServer());
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))));
  const hosts = servers.map((server) => `127.0.0.1:${(server.address() as { port: number }).port}`);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return hosts;
}
