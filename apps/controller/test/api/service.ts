// A service on a free port for tests. Every response that its client sees is held against the OpenAPI document.
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { parseGenerator, Routing, type Topology } from "@limmat/incremental-routing";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { type AppOptions, createApp } from "../../src/api/app.ts";
import { openApiDocument } from "../../src/api/openapi.ts";
import type { PageFile } from "../../src/api/page.ts";
import type { EpochSummary } from "../../src/events/epoch-record.ts";

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { schema?: object }>> }>>;
}

const document = openApiDocument("1.2.3") as { readonly paths: Record<string, Record<string, Operation>> };
const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema(document, "document");

/** The component schema of a name, as a validator. */
export function validator(name: string): ValidateFunction {
  return ajv.compile({ $ref: `document#/components/schemas/${name}` });
}

/** Every (operation, status) that the document has, and those that were seen. */
export const documented = new Set(
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.keys(responses).map((status) => `${method} ${path} ${status}`),
    ),
  ),
);
export const seen = new Set<string>();

/** A running service. */
export interface Service {
  readonly url: string;
  readonly routing: Routing;
  readonly log: EpochSummary[];
  readonly defects: unknown[];
  /** Sends a request; the response is checked against the document. A body that is no string is sent as JSON. */
  call(method: "get" | "post", path: string, init?: CallOptions): Promise<Reply>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly json: any;
}

/** Starts a service on a generated network, or on one that is given. */
export async function startService(
  network: string | Topology,
  options: Partial<Pick<AppOptions, "access" | "limits" | "page">> = {},
): Promise<Service> {
  const topology = typeof network === "string" ? parseGenerator(network).generate() : network;
  const routing = await Routing.start(topology, { inline: true });
  const log: EpochSummary[] = [];
  const defects: unknown[] = [];
  const app = createApp({
    routing,
    topology,
    workers: 1,
    version: "1.2.3",
    access: { host: "127.0.0.1" },
    page: new Map<string, PageFile>(),
    onEpoch: (summary) => log.push(summary),
    onDefect: (error) => defects.push(error),
    ...options,
  });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    routing,
    log,
    defects,
    async call(method, path, { body, headers = {} } = {}) {
      const response = await fetch(url + path, {
        method: method.toUpperCase(),
        headers: { ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = /json/.test(response.headers.get("content-type") ?? "") ? JSON.parse(text) : undefined;
      checkAgainstDocument(method, path, response, json);
      return { status: response.status, headers: response.headers, text, json };
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await routing.close();
    },
  };
}

function checkAgainstDocument(method: string, url: string, { status, headers }: Response, json: unknown): void {
  const path = url.split("?", 1)[0] as string;
  const operation = document.paths[path]?.[method];
  const type = headers.get("content-type")?.split(";", 1)[0];
  if (operation === undefined) {
    // What is not documented is not there, but for the page and the document's own page.
    if (status === 200) expect(type).toMatch(/^(text\/(html|css|javascript)|image\/svg\+xml)$/);
    else expect([status, type]).toEqual([404, "application/problem+json"]);
    return;
  }
  const response = operation.responses[status];
  expect(response, `${method} ${path} answers ${status}, which is not documented`).toBeDefined();
  seen.add(`${method} ${path} ${status}`);
  expect(type ?? undefined).toBe(Object.keys(response?.content ?? {})[0]);
  const schema = response?.content?.[type ?? ""]?.schema;
  if (schema === undefined) return;
  const local = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/'));
  const validate = ajv.compile(local);
  expect(validate(json), `${method} ${path} ${status}: ${ajv.errorsText(validate.errors)}`).toBe(true);
}

/** One server-sent event. */
export interface SentEvent {
  readonly event: string;
  readonly id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly data: any;
}

/** Reads the events of a stream until there are as many as wanted, comments left out. */
export async function readEvents(
  url: string,
  count: number,
  headers: Record<string, string> = {},
  onReady: () => unknown = () => {},
): Promise<SentEvent[]> {
  const response = await fetch(url, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const events: SentEvent[] = [];
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const fields = new Map<string, string>();
      for (const line of text.slice(0, end).split("\n")) {
        const colon = line.indexOf(":");
        if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trimStart());
      }
      text = text.slice(end + 2);
      const event = fields.get("event");
      if (event === undefined) continue;
      if (events.push({ event, id: fields.get("id"), data: JSON.parse(fields.get("data") as string) }) === 1) onReady();
      // Leaving the loop cancels the response.
      if (events.length === count) return events;
    }
  }
  return events;
}
