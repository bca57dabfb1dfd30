// What Prometheus is told.
import type { Network } from "@limmat/incremental-routing";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { EpochSummary } from "../events/epoch-record.ts";

/** The metrics of one controller, in a registry of their own. */
export class ControllerMetrics {
  readonly #registry = new Registry();
  readonly #epochs: Counter;
  readonly #changes: Counter;
  readonly #refused: Counter<"code">;
  readonly #epochSeconds: Histogram;
  readonly #paths: Counter;
  /** Clients that follow the epochs now. */
  readonly followers: Gauge;

  constructor(network: Network) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#epochs = new Counter({ name: "limmat_epochs_total", help: "Epochs applied.", registers });
    this.#changes = new Counter({ name: "limmat_changes_total", help: "Changes applied.", registers });
    this.#refused = new Counter({
      name: "limmat_requests_refused_total",
      help: "Requests refused, by the code of the problem.",
      labelNames: ["code"],
      registers,
    });
    this.#epochSeconds = new Histogram({
      name: "limmat_epoch_seconds",
      help: "From an epoch's changes to its delta.",
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
      registers,
    });
    this.#paths = new Counter({ name: "limmat_path_requests_total", help: "Pairs asked for.", registers });
    this.followers = new Gauge({ name: "limmat_event_followers", help: "Clients that follow the epochs.", registers });
    new Gauge({
      name: "limmat_nodes",
      help: "Nodes, up or not.",
      registers,
      collect() {
        this.set(network.nodeCount);
      },
    });
    new Gauge({
      name: "limmat_links",
      help: "Links, up or not.",
      registers,
      collect() {
        this.set(network.linkCount);
      },
    });
  }

  /** Media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything, in the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** Counts an epoch. */
  epoch({ changes, milliseconds }: EpochSummary): void {
    this.#epochs.inc();
    this.#changes.inc(changes);
    this.#epochSeconds.observe(milliseconds / 1000);
  }

  /** Counts pairs that were asked for. */
  paths(pairs: number): void {
    this.#paths.inc(pairs);
  }

  /** Counts a refused request. */
  refused(code: string): void {
    this.#refused.inc({ code });
  }
}
