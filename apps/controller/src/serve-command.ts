// `serve`: builds the routes of a network, serves them over HTTP until a signal, and logs every epoch.
import { once } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { Routing } from "@limmat/incremental-routing";
import manifest from "../package.json" with { type: "json" };
import { isLoopback } from "./api/access.ts";
import { createApp } from "./api/app.ts";
import { loadPage } from "./api/page.ts";
import { CommandError } from "./command-error.ts";
import type { EpochSummary } from "./events/epoch-record.ts";
import { badTopology, loadTopology } from "./load-topology.ts";

/** What `serve` is asked for. */
export interface ServeCommandOptions {
  readonly topology: string;
  readonly weightFrom?: string;
  readonly weightResolution?: number;
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly workers: number;
  readonly json: boolean;
}

const say = (text: string): boolean => process.stderr.write(`limmat-controller: ${text}\n`);

/** Serves until SIGINT or SIGTERM. */
export async function serveCommand(options: ServeCommandOptions): Promise<void> {
  const { topology: spec, weightFrom, weightResolution: resolution, port, host, token, workers, json } = options;
  if (!isLoopback(host) && token === undefined) {
    throw new CommandError(
      2,
      `others can connect to ${host}: give --token, which whoever changes the network must send`,
    );
  }
  const since = performance.now();
  const topology = await loadTopology(spec, weightFrom);
  const { name = spec, nodes, links } = topology;
  say(`${name}: ${nodes.length} nodes, ${links.length} links; building the routes of all pairs`);
  const stopped = signalled();
  const routing = await Routing.start(topology, { workers, ...(resolution === undefined ? {} : { resolution }) }).catch(
    (error: unknown) => {
      throw badTopology(spec, error);
    },
  );
  say(`routes built, ${Math.round(performance.now() - since)} ms after the start`);
  const log = json ? jsonLine : textLine;
  const app = createApp({
    routing,
    topology,
    workers,
    version: manifest.version,
    access: { host, ...(token === undefined ? {} : { token }) },
    page: await loadPage(),
    onEpoch: (summary) => process.stdout.write(`${log("epoch", summary)}\n`),
    onDefect: (error) => say(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  });
  try {
    const server = createAdaptorServer({
      fetch: app.fetch,
      serverOptions: { headersTimeout: 10_000, requestTimeout: 30_000 },
    }) as Server;
    server.maxConnections = 512;
    const url = await listen(server, host, port);
    process.stdout.write(json ? `${jsonLine("listening", { url })}\n` : `listening on ${url}\n`);
    const signal = await Promise.race([stopped, routing.ended]);
    if (signal !== undefined) say(`${signal}: shutting down`);
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  } finally {
    await routing.close();
  }
}

/** Resolves at the first SIGINT or SIGTERM; a second one then ends the process as usual. */
function signalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const stop = (signal: NodeJS.Signals) => {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      resolve(signal);
    };
    process.on("SIGINT", stop).on("SIGTERM", stop);
  });
}

/** Resolves with the server's address once it listens. */
async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const text = code === "EADDRINUSE" ? `port ${port} of ${host} is in use; choose another with --port` : message;
    throw new CommandError(1, `${code}: ${text}`);
  }
  const address = server.address();
  const open = typeof address === "object" && address !== null ? address.port : port;
  return `http://${host.includes(":") ? `[${host}]` : host}:${open}`;
}

function jsonLine(event: string, fields: object): string {
  return JSON.stringify({ event, time: new Date().toISOString(), ...fields });
}

function textLine(event: string, summary: EpochSummary): string {
  const { epoch, time, changes, pairsChanged, nextHopSetsChanged, groupsChanged, groupsResized, milliseconds } =
    summary;
  return (
    `${time} ${event}=${epoch} changes=${changes} pairs=${pairsChanged} sets=${nextHopSetsChanged} ` +
    `groups=${groupsChanged} resized=${groupsResized} ms=${milliseconds}`
  );
}
