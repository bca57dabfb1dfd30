// The controller's HTTP API, as far as the page uses it; `/openapi.json` is the whole of it.

import type { z } from "zod";
import type { answerSchema, ChangeInput, deltaSchema, topologySchema } from "../../src/api/schemas.ts";

export type Change = ChangeInput;
export type TopologyColumns = z.input<typeof topologySchema>;
export type Answer = z.input<typeof answerSchema>;
export type Delta = z.input<typeof deltaSchema>;

/** A request that was refused; the message is the service's. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function request<T>(url: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(url, init);
  if (response.ok) return (await response.json()) as T;
  const text = await response.text();
  let detail = text.slice(0, 300);
  try {
    detail = (JSON.parse(text) as { detail: string }).detail;
  } catch {
    // Not by the service itself: a proxy, perhaps.
  }
  throw new RefusedError(response.status, detail);
}

export function fetchTopology(): Promise<TopologyColumns> {
  return request("/api/topology");
}

export function fetchPath(from: string, to: string): Promise<Answer> {
  return request(`/api/paths?${new URLSearchParams({ from, to })}`);
}

/** One epoch of changes; resolves with what it changed, without groups. */
export function postChanges(changes: readonly Change[], token: string): Promise<Delta> {
  return request("/api/changes?groups=false", {
    method: "POST",
    headers: { "content-type": "application/json", ...(token === "" ? {} : { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(changes),
  });
}

/** What a follower of the epochs is told. */
export interface Follower {
  ready(ready: { epoch: number; started: string }): void;
  epoch(delta: Delta): void;
  gap(): void;
  lost(): void;
}

/** Follows the epochs after one, coming back whenever the connection is lost; returns what ends that. */
export function followEpochs(after: number, follower: Follower): () => void {
  const source = new EventSource(`/api/events?${new URLSearchParams({ after: String(after), groups: "false" })}`);
  source.addEventListener("ready", (event) => follower.ready(JSON.parse(event.data)));
  source.addEventListener("epoch", (event) => follower.epoch(JSON.parse(event.data)));
  source.addEventListener("gap", () => follower.gap());
  source.addEventListener("error", () => follower.lost());
  return () => source.close();
}
