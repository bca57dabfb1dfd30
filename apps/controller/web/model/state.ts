// What the page knows, as signals, and the only functions that change it.
import { batch, signal } from "@preact/signals";
import {
  type Answer,
  type Change,
  type Delta,
  fetchPath,
  fetchTopology,
  followEpochs,
  postChanges,
  RefusedError,
} from "./api.ts";
import { defaultPair } from "./default-pair.ts";
import { NetworkModel } from "./network-model.ts";

/** A node or a link, by position. */
export interface Selection {
  readonly kind: "node" | "link";
  readonly index: number;
}

export const network = signal<NetworkModel | undefined>(undefined);
/** Counts changes of the network's state, which is in typed arrays that signals do not see. */
export const revision = signal(0);
export const epoch = signal(0);
export const connection = signal<"connecting" | "live" | "lost">("connecting");
export const from = signal("");
export const to = signal("");
/** The route of the pair now; undefined while none is known. */
export const route = signal<Answer | undefined>(undefined);
/** The route of the same pair before the latest epoch, where that epoch changed it. */
export const routeBefore = signal<Answer | undefined>(undefined);
/** Epochs that were seen, latest first. */
export const deltas = signal<readonly Delta[]>([]);
export const selected = signal<Selection | undefined>(undefined);
export const message = signal("");
/** What the server wants of those who change the network; undefined while it has not asked. */
export const token = signal<string | undefined>(sessionStorage.getItem("token") ?? undefined);

/** Epochs that are listed. */
const LISTED = 50;

let unfollow = (): void => {};
let started: string | undefined;

/** Reads the network and follows its epochs. */
export async function load(): Promise<void> {
  unfollow();
  connection.value = "connecting";
  let model: NetworkModel;
  try {
    model = new NetworkModel(await fetchTopology());
  } catch (error) {
    show(error);
    connection.value = "lost";
    setTimeout(() => void load(), 2000);
    return;
  }
  const kept = model.node(from.peek()) !== undefined && model.node(to.peek()) !== undefined;
  batch(() => {
    network.value = model;
    epoch.value = model.epoch;
    selected.value = undefined;
    revision.value++;
    message.value = "";
  });
  unfollow = followEpochs(model.epoch, {
    ready(ready) {
      connection.value = "live";
      // Epochs are counted anew.
      if (started !== undefined && started !== ready.started) void load();
      started = ready.started;
    },
    epoch: (delta) => void takeDelta(model, delta),
    gap: () => void load(),
    lost: () => {
      connection.value = "lost";
    },
  });
  const [first, last] = defaultPair(model);
  await (kept ? refreshRoute() : trace(first, last));
}

async function takeDelta(model: NetworkModel, delta: Delta): Promise<void> {
  const known = delta.applied.every((change) => model.take(change));
  batch(() => {
    deltas.value = [delta, ...deltas.peek()].slice(0, LISTED);
    epoch.value = delta.epoch;
    revision.value++;
  });
  await (known ? refreshRoute() : load());
}

/** Asks for the route of another pair. */
export async function trace(source: string, destination: string): Promise<void> {
  batch(() => {
    from.value = source;
    to.value = destination;
    route.value = undefined;
    routeBefore.value = undefined;
  });
  await refreshRoute();
}

async function refreshRoute(): Promise<void> {
  const [source, destination] = [from.peek(), to.peek()];
  if (source === "" || destination === "") return;
  try {
    const answer = await fetchPath(source, destination);
    const old = route.peek();
    // Another pair was chosen meanwhile, or a later answer was quicker.
    if (from.peek() !== source || to.peek() !== destination || (old !== undefined && old.epoch > answer.epoch)) return;
    batch(() => {
      message.value = "";
      if (old === undefined || old.epoch < answer.epoch) routeBefore.value = changed(old, answer) ? old : undefined;
      route.value = answer;
    });
  } catch (error) {
    show(error);
  }
}

function changed(old: Answer | undefined, now: Answer): boolean {
  if (old === undefined) return false;
  return old.distance !== now.distance || old.links?.join("\0") !== now.links?.join("\0");
}

/** Changes the network by one epoch; what it does arrives as an event. */
export async function change(changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  try {
    await postChanges(changes, token.peek() ?? "");
    message.value = "";
  } catch (error) {
    if (error instanceof RefusedError && error.status === 401) token.value = "";
    show(error);
  }
}

/** Fails a link that is up, or restores one that is down. */
export async function toggleLink(link: number): Promise<void> {
  const model = network.peek();
  if (model === undefined) return;
  selected.value = { kind: "link", index: link };
  await change([{ op: model.linkUp[link] === 1 ? "link-down" : "link-up", link: model.linkIds[link]! }]);
}

/** Fails a node that is up, or restores one that is down. */
export async function toggleNode(node: number): Promise<void> {
  const model = network.peek();
  if (model === undefined) return;
  await change([{ op: model.nodeUp[node] === 1 ? "node-down" : "node-up", node: model.nodeIds[node]! }]);
}

/** Keeps the server's token for this tab. */
export function keepToken(text: string): void {
  sessionStorage.setItem("token", text);
  token.value = text;
  message.value = "";
}

function show(error: unknown): void {
  message.value = error instanceof Error ? error.message : String(error);
}
