// The connection to etcd: every call ends by a deadline, and what goes wrong names the servers.

import { MembershipError } from "@limmat/timely-core";
import type { Etcd3, IOptions } from "etcd3";

/** Where etcd is, and how to get in. */
export interface EtcdServers {
  /** Address or addresses of the servers of one etcd cluster, such as `http://127.0.0.1:2379`. */
  readonly servers: string | readonly string[];
  /** A user of etcd, where it asks for one. */
  readonly auth?: {
    /** The user's name. */
    readonly username: string;
    /** Its password. */
    readonly password: string;
  };
  /** Certificates in PEM, where the servers are `https://`. */
  readonly tls?: {
    /** The authority that signed the servers' certificates. */
    readonly ca: Buffer;
    /** This process's own certificate, for mutual TLS. */
    readonly cert?: Buffer;
    /** The key of that certificate. */
    readonly key?: Buffer;
  };
}

/** How long one call may take, in milliseconds. */
const callTimeout = 3000;

// The library's own circuit breaker stays open for five seconds, which outlasts a lease: callers here retry until their deadline.
const callThrough = {
  execute: async <T>(
    call: (context: { signal: AbortSignal }) => PromiseLike<T> | T,
    signal?: AbortSignal,
  ): Promise<T> => call({ signal: signal ?? new AbortController().signal }),
} as unknown as NonNullable<NonNullable<IOptions["faultHandling"]>["global"]>;

/** Opens a client; nothing is sent yet. Rejects with `MembershipError` when the package `etcd3` is not installed. */
export async function openEtcd({ servers, auth, tls }: EtcdServers): Promise<Etcd3> {
  const { Etcd3 } = await import("etcd3").catch((cause: unknown) => {
    throw new MembershipError("the package etcd3 can't be loaded: npm install etcd3", cause);
  });
  return new Etcd3({
    hosts: typeof servers === "string" ? servers : [...servers],
    dialTimeout: callTimeout,
    // Membership goes straight to its servers, whatever proxy the environment names for the web.
    grpcOptions: { "grpc.enable_http_proxy": 0, "grpc.max_reconnect_backoff_ms": 1000 },
    faultHandling: { host: () => callThrough, global: callThrough },
    defaultCallOptions: ({ isStream }) => (isStream ? {} : { deadline: Date.now() + callTimeout }),
    ...(auth && { auth: { ...auth } }),
    ...(tls && {
      credentials: {
        rootCertificate: tls.ca,
        ...(tls.key && { privateKey: tls.key }),
        ...(tls.cert && { certChain: tls.cert }),
      },
    }),
  });
}

/** The typed error of a call that failed. */
export const etcdError = (servers: string | readonly string[], cause: unknown): MembershipError =>
  new MembershipError(
    `etcd at ${[servers].flat().join(", ")}: ${cause instanceof Error ? cause.message : cause}; check that it runs and is reachable from here`,
    cause,
  );
