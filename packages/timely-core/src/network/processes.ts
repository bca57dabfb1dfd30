// Which processes make up a run and how they come together: the configuration, checked once. After timely's
// `CommunicationConfig::Cluster`; engine rule 14 and the architecture's workers of several machines.

import { LaunchError } from "../worker/errors.ts";

/** Certificates in PEM format: every process proves itself to every other with one that `ca` has signed. */
export interface TlsCredentials {
  /** The private key of this process. */
  readonly key: string;
  /** Its certificate, which names its host as `hosts` has it. */
  readonly cert: string;
  /** The certificate of who signed those of all processes. */
  readonly ca: string;
}

/** The processes of a run; the same on all of them but for `index` and the credentials. */
export interface ProcessesConfig {
  /** The number of this process, from 0. */
  readonly index: number;
  /** `host:port` of every process by number: where it listens, and where the others reach it. An IPv6 address is in brackets. */
  readonly hosts: readonly string[];
  /** What every process of the run knows and nobody else: proved by both ends of every connection, never sent. */
  readonly secret?: string;
  /** Encrypts all connections, and has both ends prove themselves by certificates. */
  readonly tls?: TlsCredentials;
  /** Says that nobody else can reach the hosts: needed where they are not this machine and there is neither `secret` nor `tls`. */
  readonly trusted?: boolean;
  /** The address to listen on where that is not the own host entry's: `0.0.0.0` behind an address translation. */
  readonly listen?: string;
  /** Milliseconds between signs of life; a process silent five times as long is lost. Default 2000. */
  readonly heartbeatMs?: number;
  /** Milliseconds from the start until all processes must have come together. Default 60,000. */
  readonly connectTimeoutMs?: number;
  /** Tells this run from earlier ones, where something outside counts them (a `Member` has it). Default: process 0 draws one. */
  readonly generation?: number;
  /** Ends the run when it rejects: a `Member` has one. */
  readonly lost?: Promise<never>;
}

/** One process as the network sees it. */
export interface Host {
  /** As it was given. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
}

/** How many signs of life may be missing. */
export const missedHeartbeats = 5;

/** The most processes of a run: a guard, not a design. */
const mostProcesses = 256;

function parseHost(name: string): Host {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d+)$/.exec(name) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw new LaunchError(`"${name}" is no address of a process: write host:port, as in 10.0.0.1:2101 or [::1]:2101`);
  }
  return { name, address, port: Number(port) };
}

/** Whether an address can be reached from this machine alone. */
function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || /^127\.\d+\.\d+\.\d+$/.test(address);
}

/**
 * Checks a configuration and returns the hosts it names.
 * @throws LaunchError naming what is wrong with it.
 */
export function checkedHosts(config: ProcessesConfig): Host[] {
  const { index, secret, tls, trusted } = config;
  const hosts = config.hosts.map(parseHost);
  if (hosts.length < 1 || hosts.length > mostProcesses) {
    throw new LaunchError(`there are ${hosts.length} hosts: give one for each of 1 to ${mostProcesses} processes`);
  }
  if (!Number.isInteger(index) || index < 0 || index >= hosts.length) {
    throw new LaunchError(`this is process ${index} of ${hosts.length}: give a number from 0 to ${hosts.length - 1}`);
  }
  const seen = new Map<string, number>();
  hosts.forEach(({ address, port }, i) => {
    const before = seen.get(`${address} ${port}`);
    if (before !== undefined)
      throw new LaunchError(`processes ${before} and ${i} have the same address ${address}:${port}`);
    seen.set(`${address} ${port}`, i);
  });
  const outside = hosts.find(({ address }) => !isLoopback(address));
  if (outside !== undefined && secret === undefined && tls === undefined && trusted !== true) {
    throw new LaunchError(
      `${outside.name} may be reached by others: give all processes a secret or tls, or say trusted: true where the network is your own`,
    );
  }
  if (secret !== undefined && secret.length < 16) {
    throw new LaunchError(`the secret has ${secret.length} characters: draw at least 16, as by openssl rand -hex 32`);
  }
  for (const name of ["heartbeatMs", "connectTimeoutMs"] as const) {
    const value = config[name];
    if (value !== undefined && !(value >= 1 && value < 2 ** 31)) {
      throw new LaunchError(`${name} is ${value}: give milliseconds, from 1 on`);
    }
  }
  return hosts;
}
