// The HTTP service: each endpoint of the table in endpoints.ts over one network's routes.

import type { HttpBindings } from "@hono/node-server";
import {
  type Change,
  ChangeError,
  parseChange,
  type Query,
  type Routing,
  type Topology,
} from "@limmat/incremental-routing";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import { EpochBacklog } from "../events/epoch-backlog.ts";
import { type EpochSummary, epochRecord } from "../events/epoch-record.ts";
import { eventStream } from "../events/event-stream.ts";
import { type AccessRules, checkHost, checkPost } from "./access.ts";
import { documentPage } from "./document-page.ts";
import { ControllerMetrics } from "./metrics.ts";
import { openApiDocument } from "./openapi.ts";
import { type PageFile, SECURITY_HEADERS } from "./page.ts";
import { changeProblem, Problem } from "./problem.ts";
import {
  eventsQuery,
  groupsQuery,
  MAX_BODY_BYTES,
  MAX_CHANGES,
  MAX_PATHS,
  pairSchema,
  pairsSchema,
} from "./schemas.ts";
import { nodeLooks, topologyColumns } from "./topology-columns.ts";

/** What a service is made of. */
export interface AppOptions {
  readonly routing: Routing;
  /** What the routing was started with. */
  readonly topology: Topology;
  readonly workers: number;
  readonly version: string;
  readonly access: AccessRules;
  /** Files of the web page by path. */
  readonly page: ReadonlyMap<string, PageFile>;
  /** Told of every epoch. */
  readonly onEpoch: (summary: EpochSummary) => void;
  /** Told of defects: errors that are no answer to a request. */
  readonly onDefect: (error: unknown) => void;
  readonly limits?: Partial<AppLimits>;
}

/** What a service's followers may take. */
export interface AppLimits {
  /** Clients that follow the epochs at one time. */
  readonly followers: number;
  /** Epochs that are kept for followers that come back. */
  readonly backlogEpochs: number;
  /** Characters of JSON of those epochs. */
  readonly backlogCharacters: number;
  /** Milliseconds after which a silent event stream shows that it lives. */
  readonly heartbeat: number;
  /** Milliseconds after which a follower that does not read is disconnected. */
  readonly patience: number;
}

const LIMITS: AppLimits = {
  followers: 64,
  backlogEpochs: 1024,
  backlogCharacters: 2 ** 26,
  heartbeat: 15_000,
  patience: 30_000,
};

/** The service, to be served by @hono/node-server. */
export function createApp(options: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const { routing, topology, workers, version, access, page, onEpoch, onDefect } = options;
  const limits = { ...LIMITS, ...options.limits };
  const { network } = routing;
  const looks = nodeLooks(topology);
  const started = new Date().toISOString();
  const metrics = new ControllerMetrics(network);
  const backlog = new EpochBacklog({ epochs: limits.backlogEpochs, characters: limits.backlogCharacters });
  const document = JSON.stringify(openApiDocument(version));
  let followers = 0;

  const app = new Hono<{ Bindings: HttpBindings }>();
  app.onError((error) => {
    const problem = error instanceof Problem ? error : new Problem(500, "DEFECT", "a defect; the server's log has it");
    if (problem !== error) onDefect(error);
    metrics.refused(problem.code);
    return withHeaders(problem.response());
  });
  app.notFound((c) => {
    throw new Problem(404, "NOT_FOUND", `there is no ${c.req.method} ${c.req.path}; /openapi.json lists what there is`);
  });
  app.use(async (c, next) => {
    checkHost(c.req.raw, access);
    await next();
    withHeaders(c.res);
  });
  const tooLarge = () => {
    throw new Problem(413, "BODY_TOO_LARGE", `a body has at most ${MAX_BODY_BYTES} bytes; send several`);
  };
  const limited = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });
  const ask = (pairs: readonly Omit<Query, "op">[]) => {
    metrics.paths(pairs.length);
    return routing.ask(pairs.map(({ from, to }): Query => ({ op: "path", from, to })));
  };

  app.get("/api/topology", (c) => {
    const { epoch } = routing;
    const tag = `"${started}-${epoch}"`;
    if (c.req.header("if-none-match") === tag) return c.body(null, 304, { etag: tag });
    const columns = topologyColumns(network, epoch, topology.name ?? "network", looks);
    return c.json(columns, 200, { etag: tag, "cache-control": "no-cache" });
  });

  app.get("/api/paths", async (c) => {
    const pair = readQuery(pairSchema, c.req.query());
    const { epoch } = routing;
    try {
      const [answer] = await ask([pair]);
      const { op, ...rest } = answer as NonNullable<typeof answer>;
      return c.json({ epoch, ...rest });
    } catch (error) {
      if (!(error instanceof ChangeError)) throw error;
      throw new Problem(404, error.code, error.message, { id: error.id });
    }
  });

  app.post("/api/paths", limited, async (c) => {
    checkPost(c.req.raw, access, false);
    const pairs = readPairs(await readJson(c.req.raw));
    const { epoch } = routing;
    try {
      const answers = await ask(pairs);
      return c.json({ epoch, paths: answers.map(({ op, ...answer }) => answer) });
    } catch (error) {
      throw error instanceof ChangeError ? changeProblem(error) : error;
    }
  });

  app.post("/api/changes", limited, async (c) => {
    checkPost(c.req.raw, access, true);
    const { groups } = readQuery(groupsQuery, c.req.query());
    const changes = readChanges(await readJson(c.req.raw));
    try {
      // Epochs end in the order in which they were accepted, so the backlog's are consecutive.
      const record = epochRecord(await routing.apply(changes), changes);
      backlog.add(record);
      metrics.epoch(record.summary);
      onEpoch(record.summary);
      return c.body(groups === "true" ? record.full : record.brief, 200, { "content-type": "application/json" });
    } catch (error) {
      throw error instanceof ChangeError ? changeProblem(error) : error;
    }
  });

  app.get("/api/events", (c) => {
    const { after, groups } = readQuery(eventsQuery, c.req.query());
    const last = c.req.header("last-event-id");
    if (followers >= limits.followers) {
      const detail = `${followers} clients follow already; try again later`;
      throw new Problem(503, "TOO_MANY_FOLLOWERS", detail, {}, { "retry-after": "10" });
    }
    metrics.followers.set(++followers);
    const stream = eventStream(backlog, {
      after: last !== undefined && /^\d{1,15}$/.test(last) ? Number(last) : Number(after ?? routing.epoch),
      accepted: () => routing.epoch,
      groups: groups === "true",
      started,
      heartbeat: limits.heartbeat,
      patience: limits.patience,
      disconnect: () => c.env.outgoing.destroy(),
      onEnd: () => metrics.followers.set(--followers),
    });
    return c.body(stream, 200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  });

  app.get("/health", (c) =>
    c.json({
      status: "ok",
      version,
      started,
      epoch: routing.epoch,
      nodes: network.nodeCount,
      links: network.linkCount,
      workers,
    }),
  );
  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "content-type": metrics.contentType }));
  app.get("/openapi.json", (c) => c.body(document, 200, { "content-type": "application/json" }));
  app.get("/docs", (c) => c.html(documentPage(JSON.parse(document))));
  for (const [path, { type, body }] of page) app.get(path, (c) => c.body(body, 200, { "content-type": type }));
  return app;
}

function withHeaders(response: Response): Response {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  return response;
}

function readQuery<S extends z.ZodType>(schema: S, query: Record<string, string>): z.output<S> {
  const { data, error } = schema.safeParse(query);
  if (error === undefined) return data as z.output<S>;
  const [issue] = error.issues;
  const field = String(issue?.path[0] ?? "");
  throw new Problem(400, "BAD_PARAMETER", `parameter "${field}": ${issue?.message}`, { field });
}

async function readJson(request: Request): Promise<unknown> {
  const text = await request.text();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Problem(400, "BAD_JSON", `the body is not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

function readArray(value: unknown, most: number, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Problem(422, "NOT_AN_ARRAY", `the body is not an array of ${what}`);
  if (value.length === 0) throw new Problem(422, "EMPTY", `the body is an array without ${what}; send at least one`);
  if (value.length > most) {
    throw new Problem(422, "TOO_MANY", `the body has ${value.length} ${what}; send at most ${most} at once`);
  }
  return value;
}

function readChanges(value: unknown): Change[] {
  return readArray(value, MAX_CHANGES, "changes").map((item, index) => {
    try {
      return parseChange(item);
    } catch (error) {
      throw error instanceof ChangeError ? changeProblem(error.at(index)) : error;
    }
  });
}

function readPairs(value: unknown): z.output<typeof pairsSchema> {
  const { data, error } = pairsSchema.safeParse(readArray(value, MAX_PATHS, "pairs"));
  if (error === undefined) return data;
  const [issue] = error.issues;
  const [index, field] = issue?.path ?? [];
  throw new Problem(422, "BAD_FIELD", `pair ${String(index)}: ${issue?.message}`, {
    index: Number(index),
    ...(field === undefined ? {} : { field: String(field) }),
  });
}
