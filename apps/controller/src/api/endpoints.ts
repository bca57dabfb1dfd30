// The endpoints as data: what each takes and gives. The OpenAPI document and its page are made of this table.
import type { z } from "zod";
import {
  answerSchema,
  answersSchema,
  changesSchema,
  deltaSchema,
  eventsQuery,
  gapSchema,
  groupsQuery,
  healthSchema,
  MAX_BODY_BYTES,
  MAX_CHANGES,
  MAX_PATHS,
  pairSchema,
  pairsSchema,
  problemSchema,
  readySchema,
  topologySchema,
} from "./schemas.ts";

/** One response of an endpoint. */
export interface EndpointResponse {
  readonly description: string;
  /** Media type of the body; there is none when it is left out. */
  readonly type?: string;
  /** Of the body, or for an event stream of each event's data by the event's name. */
  readonly schema?: z.ZodType;
}

/** One endpoint. */
export interface Endpoint {
  readonly method: "get" | "post";
  readonly path: string;
  readonly name: string;
  readonly summary: string;
  readonly description?: string;
  /** Whether it changes the network, and may want a token. */
  readonly writes?: true;
  readonly query?: z.ZodObject;
  readonly headers?: readonly { readonly name: string; readonly description: string }[];
  readonly body?: z.ZodType;
  readonly responses: Readonly<Record<number, EndpointResponse>>;
}

/** Schemas by the names they have in the document. */
export const componentSchemas = {
  Answer: answerSchema,
  Answers: answersSchema,
  Changes: changesSchema,
  Delta: deltaSchema,
  Gap: gapSchema,
  Health: healthSchema,
  Pair: pairSchema,
  Pairs: pairsSchema,
  Problem: problemSchema,
  Ready: readySchema,
  Topology: topologySchema,
} as const satisfies Record<string, z.ZodType>;

const json = (description: string, schema: z.ZodType): EndpointResponse => ({
  description,
  type: "application/json",
  schema,
});
const problem = (description: string): EndpointResponse => ({
  description,
  type: "application/problem+json",
  schema: problemSchema,
});

const always = { 403: problem("The request's Host or Origin is not this server's."), 500: problem("A defect.") };
const bodied = {
  400: problem("The body is not JSON, or a parameter is none."),
  413: problem(`The body has more than ${MAX_BODY_BYTES} bytes.`),
  415: problem("The body's content type is not application/json."),
};

/** Every endpoint of the service. */
export const endpoints: readonly Endpoint[] = [
  {
    method: "get",
    path: "/api/topology",
    name: "getTopology",
    summary: "The network, whole",
    description: "Answers 304 when the header If-None-Match names the ETag of the epoch that still is.",
    responses: {
      200: json("The network as of the latest epoch accepted.", topologySchema),
      304: { description: "The network is what it was." },
      ...always,
    },
  },
  {
    method: "get",
    path: "/api/paths",
    name: "getPath",
    summary: "Distance, equal-cost next hops and a shortest path of one pair",
    query: pairSchema,
    responses: {
      200: json("As of the latest epoch accepted.", answerSchema),
      400: problem("A parameter is missing."),
      404: problem("There is no such node."),
      ...always,
    },
  },
  {
    method: "post",
    path: "/api/paths",
    name: "getPaths",
    summary: `The same for up to ${MAX_PATHS} pairs, all as of one epoch`,
    body: pairsSchema,
    responses: {
      200: json("As of the latest epoch accepted.", answersSchema),
      ...bodied,
      409: problem("There is no such node; `index` says in which pair."),
      422: problem("The body is not an array of pairs of node ids, or has too many."),
      ...always,
    },
  },
  {
    method: "post",
    path: "/api/changes",
    name: "applyChanges",
    summary: `Changes the network by one epoch of up to ${MAX_CHANGES} changes`,
    description:
      "Answers when the routes of all pairs are those of the changed network. A bad change rejects the whole epoch.",
    writes: true,
    query: groupsQuery,
    body: changesSchema,
    responses: {
      200: json("What the epoch changed.", deltaSchema),
      ...bodied,
      401: problem("The server wants the token it was started with."),
      409: problem("A change does not fit the network; `index` says which. Nothing has changed."),
      422: problem("A change is none; `index` says which. Nothing has changed."),
      ...always,
    },
  },
  {
    method: "get",
    path: "/api/events",
    name: "followEpochs",
    summary: "The deltas of all epochs, as they happen",
    description:
      "Server-sent events: `ready` first, then `epoch` with the epoch's number as its id, and `gap` where deltas are not kept any " +
      "more. A client that does not read is disconnected, and can come back with Last-Event-ID.",
    query: eventsQuery,
    headers: [{ name: "Last-Event-ID", description: "Begin after this epoch." }],
    responses: {
      200: { description: "Events whose data are Ready, Delta and Gap.", type: "text/event-stream" },
      400: problem("A parameter is none."),
      503: problem("Too many clients follow already."),
      ...always,
    },
  },
  {
    method: "get",
    path: "/health",
    name: "getHealth",
    summary: "Whether the controller is well",
    responses: { 200: json("It is.", healthSchema), ...always },
  },
  {
    method: "get",
    path: "/metrics",
    name: "getMetrics",
    summary: "Metrics in the text format of Prometheus",
    responses: { 200: { description: "Metrics.", type: "text/plain" }, ...always },
  },
  {
    method: "get",
    path: "/openapi.json",
    name: "getDocument",
    summary: "This document",
    responses: { 200: { description: "OpenAPI 3.1.", type: "application/json" }, ...always },
  },
];
