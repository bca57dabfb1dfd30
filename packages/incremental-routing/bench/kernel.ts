// The routing kernel alone on one thread: whole builds, then random links failed and restored one by one. What is timed is
// `RouteTable.apply`, moves between next-hop sets included; the dataflow around it is not.

import type { BenchReport } from "@limmat/bench";
import { parseGenerator } from "../src/generators/index.ts";
import { Network } from "../src/network/index.ts";
import { type EpochChanges, RouteTable } from "../src/routes/index.ts";
import { rank, xorshift } from "./sampling.ts";

/** What one epoch cost and changed. */
interface Epoch {
  readonly milliseconds: number;
  readonly changes: EpochChanges;
}

/** Milliseconds of plain code on one thread of an idle machine, where they are known. */
interface References {
  readonly build?: number;
  readonly p50?: number;
  readonly p99?: number;
}

const LINKS = 200;

/** Measures one network given by its generator. */
export function benchKernel(report: BenchReport, spec: string, references: References = {}): void {
  const topology = parseGenerator(spec).generate();
  const network = new Network(topology);
  const blocks = Array.from({ length: Math.ceil(network.nodeBound / 32) }, (_, block) => block);
  // An engine's arena is touched before use, so that the first build does not pay for its pages.
  const table = new RouteTable(network, blocks, {
    allocate: (bytes) => {
      const buffer = new SharedArrayBuffer(bytes);
      new Uint8Array(buffer).fill(1);
      return { buffer, byteOffset: 0 };
    },
  });
  const name = `kernel ${spec}`;
  const build = timed(() => table.build());
  report.add({
    case: name,
    metric: "build",
    value: build.milliseconds,
    unit: "ms",
    ...(references.build !== undefined && { reference: references.build }),
  });
  report.add({ case: name, metric: "blocks", value: table.bytes / 2 ** 20, unit: "MiB" });

  const random = xorshift(7);
  const failures: Epoch[] = [];
  const restores: Epoch[] = [];
  for (let i = 0; i < LINKS; i++) {
    const { id } = topology.links[random() % topology.links.length] as { id: string };
    const down = network.applyEpoch([{ op: "link-down", link: id }]);
    failures.push(timed(() => table.apply(down)));
    const up = network.applyEpoch([{ op: "link-up", link: id }]);
    restores.push(timed(() => table.apply(up)));
  }
  const effective = failures.filter(isEffective);
  const idle = (failures.length - effective.length) / failures.length;
  report.add({ case: name, metric: "failures without effect", value: 100 * idle, unit: "%" });
  describe(report, name, "failure", effective, references);
  describe(report, name, "restore", restores.filter(isEffective), references);
  report.add({ case: name, metric: "blocks searched anew", value: table.blocksRebuilt, unit: "blocks" });
}

function describe(
  report: BenchReport,
  name: string,
  what: string,
  epochs: readonly Epoch[],
  references: References,
): void {
  const of = (figure: (epoch: Epoch) => number) => epochs.map(figure).sort((a, b) => a - b);
  const milliseconds = of((epoch) => epoch.milliseconds);
  const moves = of(({ changes }) => changes.moves.length);
  const pairs = of(({ changes }) => changes.pairsChanged);
  const sets = of(({ changes }) => changes.nextHopSetsChanged);
  for (const [quantile, at] of [
    ["p50", 0.5],
    ["p99", 0.99],
    ["max", 1],
  ] as const) {
    const reference = quantile === "max" ? undefined : references[quantile];
    report.add({
      case: name,
      metric: `${what} ${quantile}`,
      value: rank(milliseconds, at),
      unit: "ms",
      ...(reference !== undefined && { reference }),
    });
    report.add({ case: name, metric: `${what} group moves ${quantile}`, value: rank(moves, at), unit: "moves" });
    report.add({ case: name, metric: `${what} sets changed ${quantile}`, value: rank(sets, at), unit: "pairs" });
    report.add({ case: name, metric: `${what} distances changed ${quantile}`, value: rank(pairs, at), unit: "pairs" });
  }
}

function isEffective({ changes }: Epoch): boolean {
  return changes.pairsChanged > 0 || changes.nextHopSetsChanged > 0;
}

function timed(run: () => EpochChanges): Epoch {
  const start = performance.now();
  const changes = run();
  return { milliseconds: performance.now() - start, changes };
}
