// etcd with short heartbeats, which are what bounds how short a lease may be.
import { freePort, type ServerProgram } from "./server.ts";

export const etcd: ServerProgram = {
  variable: "LIMMAT_ETCD",
  async arguments(port, data) {
    const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${await freePort()}`];
    return [
      ...["--name", "only", "--data-dir", data, "--heartbeat-interval", "20", "--election-timeout", "200"],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...["--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", `only=${peer}`],
      ...["--unsafe-no-fsync", "--log-level", "error"],
    ];
  },
};
