// A network's routes as a service: changes and questions in, deltas and answers out, kept current on workers that run elsewhere.

import { type Client, launch } from "@limmat/timely-core";
import { byCodeUnit } from "../dataflow/answer.ts";
import type { DeltaRecord, GroupRecord, QueryRecord } from "../dataflow/records.ts";
import { routes } from "../dataflow/routes.ts";
import {
  type Answer,
  type Change,
  ChangeError,
  isQuery,
  Network,
  parseChange,
  parseOperation,
  type Query,
  RoutingError,
  type Topology,
} from "../network/index.ts";
import { BLOCK_SLOTS, blockBytes, type NextHopGroup } from "../routes/index.ts";
import { Names } from "./names.ts";

/** How a network's routes are kept. */
export interface RoutingOptions {
  /** The number of workers; destinations are spread over them. Default 1. */
  readonly workers?: number;
  /** Whether the workers run inside the caller's event loop rather than in threads: in browsers and tests. Default false. */
  readonly inline?: boolean;
  /** Rounds every weight to a multiple of this; left out, weights are kept exactly (routing rule 4). */
  readonly resolution?: number;
  /** Whether `initial` lists every next-hop group of every node: half a million on a large fabric. Default false. */
  readonly initialGroups?: boolean;
}

/** A next-hop group by the ids of its links. */
export interface Group extends Omit<NextHopGroup, "links"> {
  /** Link ids, in order of the links' indexes. */
  readonly links: readonly string[];
}

/** What an epoch changed in the next-hop groups of one node; see `GroupDelta`. */
export interface NodeGroups {
  /** The node's id. */
  readonly node: string;
  /** Groups with numbers that were free. */
  readonly added: readonly Group[];
  /** Groups with other links than before, changed in place for all their destinations. */
  readonly changed: readonly Group[];
  /** Groups with the same links and another count of destinations. */
  readonly resized: readonly Omit<Group, "links">[];
  /** Numbers of groups that no destination uses any more. */
  readonly removed: readonly number[];
}

/** What one epoch changed. */
export interface EpochDelta {
  /** Counts accepted epochs from 1; 0 is the build. */
  readonly epoch: number;
  /** How many changes the epoch had. */
  readonly changes: number;
  /** Ordered pairs of nodes whose distance differs from the end of the epoch before. */
  readonly pairsChanged: number;
  /** Ordered pairs of nodes whose set of next-hop links differs from the end of the epoch before. */
  readonly nextHopSetsChanged: number;
  /** Nodes whose next-hop groups changed, by node id in code unit order. */
  readonly groups: readonly NodeGroups[];
  /** Milliseconds from the changes' coming in to their delta's going out. */
  readonly milliseconds: number;
}

/** Something was asked of a routing after its `close`. */
export class RoutingClosedError extends RoutingError<"CLOSED"> {
  constructor() {
    super("CLOSED", "the routing was closed: start another one");
  }
}

/** An epoch that is under way. */
interface Pending {
  readonly epoch: number;
  readonly changes: number;
  readonly since: number;
  readonly resolve: (delta: EpochDelta) => void;
  readonly reject: (error: unknown) => void;
}

/** A slab large enough for the blocks of any network that fits in memory; what is never used of it is never touched. */
const slabBytes = 2 ** 26;

/**
 * All routes of one network. Epochs apply in the order of the calls; a question is answered as of all epochs accepted before it.
 */
export class Routing {
  /** The network as of the last epoch accepted. Read-only: change it through `apply`. */
  readonly network: Network;
  /** What the build of the first routes gave: epoch 0. */
  readonly initial: Promise<EpochDelta>;
  /** Resolves after `close`; rejects with the run's error when a worker fails. */
  readonly ended: Promise<void>;
  private readonly client: Client<typeof routes.inputs, typeof routes.outputs>;
  private readonly names: Names;
  private readonly epochs = new Map<number, Pending>();
  private readonly questions = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  >();
  private readonly listeners = new Set<(delta: EpochDelta) => void>();
  private accepted = 0;
  private nextQuestion = 0;
  private asking = false;
  private failure: { readonly error: unknown } | undefined;

  private constructor(network: Network, client: Client<typeof routes.inputs, typeof routes.outputs>, since: number) {
    this.network = network;
    this.names = new Names(network);
    this.client = client;
    this.initial = this.expect(0, 0, 0, since);
    this.initial.catch(() => {});
    client.outputs.deltas.subscribe({
      batch: (batch, tick) => {
        for (const record of batch.data) this.deliver(tick, record);
      },
    });
    client.outputs.answers.subscribe({
      batch: (batch) => {
        for (const { id, answer } of batch.data) {
          this.questions.get(id)?.resolve(answer);
          this.questions.delete(id);
        }
      },
    });
    this.ended = client.ended.then(
      () => this.fail(new RoutingClosedError()),
      (error: unknown) => {
        this.fail(error);
        throw error;
      },
    );
    this.ended.catch(() => {});
  }

  /**
   * Builds all routes of a topology and resolves once they are there.
   *
   * @throws TopologyError or WeightError when the topology can't be routed.
   */
  static async start(topology: Topology, options: RoutingOptions = {}): Promise<Routing> {
    const { workers = 1, inline = false, resolution, initialGroups = false } = options;
    const since = performance.now();
    const exact = resolution === undefined ? {} : { resolution };
    const network = new Network(topology, exact);
    const blocks = Math.ceil(network.nodeBound / BLOCK_SLOTS / workers) + 1;
    // As wide as blocks ever get, so that a change of weights never meets a slab that is too small.
    const widest = blockBytes({ capacity: 2 * network.nodeCapacity, labelBytes: 8, setBytes: 4 });
    const perSlab = Math.max(1, Math.floor((slabBytes * 63) / 64 / widest));
    const client = await launch<typeof routes>(
      {
        workers,
        // The engine's checks are for dataflows under development; this one's tests run with them. Inline, the thread is the caller's.
        ...(inline ? {} : { development: false }),
        argument: { topology, initialGroups, ...exact },
        arena: {
          slabBytes: Math.max(slabBytes, Math.ceil((widest * 65) / 64 / 65536) * 65536),
          slabsPerWorker: Math.ceil(blocks / perSlab / 3),
        },
      },
      inline ? routes : new URL("./worker.js", import.meta.url),
    );
    const routing = new Routing(network, client, since);
    routing.advance();
    await routing.initial;
    return routing;
  }

  /** How many epochs were accepted. */
  get epoch(): number {
    return this.accepted;
  }

  /**
   * Applies the changes of one epoch, all at once, and resolves with what they changed.
   *
   * @throws ChangeError when one of them can't be applied, its `index` saying which; nothing has changed then.
   * @throws RoutingClosedError after `close`; the error of the run when a worker has failed.
   */
  async apply(changes: readonly Change[]): Promise<EpochDelta> {
    this.requireRunning();
    const since = performance.now();
    // Plain records of known fields, so that what the network accepts can be sent to the workers.
    const plain = changes.map((change, index) => at(index, () => parseChange(change)));
    this.network.applyEpoch(plain);
    this.accepted += 1;
    this.names.announce(this.accepted, plain, this.network);
    // Questions that wait to be sent are about the state before this epoch.
    this.sendQuestions();
    const tick = this.client.inputs.epochs.time;
    const delta = this.expect(tick, this.accepted, plain.length, since);
    this.client.inputs.epochs.send([{ changes: plain }]);
    this.advance();
    return delta;
  }

  /**
   * Answers questions as of all epochs accepted before. Questions asked in one turn of the event loop travel together.
   *
   * @throws ChangeError when a node is unknown or it is no question, its `index` saying which.
   * @throws RoutingClosedError after `close`; the error of the run when a worker has failed.
   */
  async ask(queries: readonly Query[]): Promise<Answer[]> {
    this.requireRunning();
    if (queries.length === 0) return [];
    const records = queries.map((query, index): QueryRecord => {
      const { op, from, to } = at(index, () => parseQuery(query));
      const id = this.nextQuestion++;
      return { id, op, from: this.nodeIndex(from, index), to: this.nodeIndex(to, index) };
    });
    const answers = records.map(
      ({ id }) => new Promise<Answer>((resolve, reject) => this.questions.set(id, { resolve, reject })),
    );
    this.client.inputs.queries.send(records);
    if (!this.asking) {
      this.asking = true;
      queueMicrotask(() => this.sendQuestions());
    }
    return Promise.all(answers);
  }

  /** Tells a listener of every epoch's delta from now on; returns what ends that. A listener that throws ends the run. */
  subscribe(listener: (delta: EpochDelta) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Lets what is under way end, and the workers with it. What is asked for afterwards rejects with a `RoutingClosedError`. */
  async close(): Promise<void> {
    this.sendQuestions();
    this.failure ??= { error: new RoutingClosedError() };
    await this.client.close();
  }

  /** Closes, at the end of an `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  private sendQuestions(): void {
    if (!this.asking) return;
    this.asking = false;
    if (this.failure === undefined) this.advance();
  }

  /** Ends the present tick. */
  private advance(): void {
    const { epochs, queries } = this.client.inputs;
    const next = epochs.time + 1;
    epochs.advanceTo(next);
    queries.advanceTo(next);
  }

  private expect(tick: number, epoch: number, changes: number, since: number): Promise<EpochDelta> {
    return new Promise((resolve, reject) => this.epochs.set(tick, { epoch, changes, since, resolve, reject }));
  }

  private deliver(tick: number, record: DeltaRecord): void {
    const pending = this.epochs.get(tick);
    if (pending === undefined) return;
    this.epochs.delete(tick);
    const { epoch, changes, since, resolve } = pending;
    this.names.advanceTo(epoch);
    const { pairsChanged, nextHopSetsChanged } = record;
    const groups = record.groups.map((each) => this.named(each)).sort((a, b) => byCodeUnit(a.node, b.node));
    const milliseconds = performance.now() - since;
    const delta: EpochDelta = { epoch, changes, pairsChanged, nextHopSetsChanged, groups, milliseconds };
    resolve(delta);
    if (epoch > 0) for (const listener of this.listeners) listener(delta);
  }

  private named({ node, added, changed, resized, removed }: GroupRecord): NodeGroups {
    const { nodes, links } = this.names;
    const group = (each: NextHopGroup): Group => ({ ...each, links: each.links.map((link) => links.of(link)) });
    return { node: nodes.of(node), added: added.map(group), changed: changed.map(group), resized, removed };
  }

  private nodeIndex(id: string, index: number): number {
    const node = this.network.nodeIndex(id);
    if (node !== undefined) return node;
    throw new ChangeError("UNKNOWN_NODE", `there is no node ${JSON.stringify(id)}`, { id, index });
  }

  private requireRunning(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  private fail(error: unknown): void {
    this.failure = { error };
    for (const { reject } of this.epochs.values()) reject(error);
    for (const { reject } of this.questions.values()) reject(error);
    this.epochs.clear();
    this.questions.clear();
  }
}

function parseQuery(value: Query): Query {
  const operation = parseOperation(value);
  if (isQuery(operation)) return operation;
  throw new ChangeError("UNKNOWN_OP", `op "${operation.op}" changes the network and asks nothing`, { field: "op" });
}

/** What `parse` gives; its `ChangeError` is placed at `index`. */
function at<T>(index: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof ChangeError ? error.at(index) : error;
  }
}
