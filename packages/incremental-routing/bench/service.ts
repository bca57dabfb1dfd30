// Routes as a service on worker threads: the build from a topology, then random links failed and restored one by one. What is timed is
// the client's view: from a change coming in to its delta, groups with names included, going out.

import type { BenchReport } from "@limmat/bench";
import { type EpochDelta, parseGenerator, Routing } from "@limmat/incremental-routing";
import { rank, xorshift } from "./sampling.ts";

/** A network to measure, and what its figures are compared with. */
export interface ServiceCase {
  /** As it stands in case names. */
  readonly name: string;
  /** Its generator. */
  readonly spec: string;
  /** Milliseconds of plain code on one thread of an idle machine, where they are known. */
  readonly references?: { readonly build?: number; readonly p50?: number; readonly p99?: number };
}

const LINKS = 200;
/** Links failed and restored before, so that code is compiled when the first figure is taken. */
const WARM_UP = 20;

const QUANTILES = [
  ["p50", 0.5],
  ["p99", 0.99],
  ["max", 1],
] as const;

/** Measures one network with so many worker threads: the cases `NAME-build-wN` and `NAME-link-wN`. */
export async function benchService(
  report: BenchReport,
  { name, spec, references = {} }: ServiceCase,
  workers: number,
): Promise<void> {
  const topology = parseGenerator(spec).generate();
  const routing = await Routing.start(topology, { workers });
  report.add({
    case: `${name}-build-w${workers}`,
    metric: "time",
    value: (await routing.initial).milliseconds,
    unit: "ms",
    ...(references.build !== undefined && { reference: references.build }),
  });

  const random = xorshift(11);
  const failures: EpochDelta[] = [];
  const restores: EpochDelta[] = [];
  for (let i = 0; i < WARM_UP + LINKS; i++) {
    const { id } = topology.links[random() % topology.links.length] as { id: string };
    const failure = await routing.apply([{ op: "link-down", link: id }]);
    const restore = await routing.apply([{ op: "link-up", link: id }]);
    if (i < WARM_UP) continue;
    failures.push(failure);
    restores.push(restore);
  }
  await routing.close();

  const measured = `${name}-link-w${workers}`;
  const add = (metric: string, value: number, unit: string, reference?: number) =>
    report.add({ case: measured, metric, value, unit, ...(reference !== undefined && { reference }) });
  const describe = (prefix: string, epochs: readonly EpochDelta[]) => {
    const by = (figure: (epoch: EpochDelta) => number) => epochs.map(figure).sort((a, b) => a - b);
    const milliseconds = by((epoch) => epoch.milliseconds);
    const groups = by(groupsChanged);
    const sets = by((epoch) => epoch.nextHopSetsChanged);
    const distances = by((epoch) => epoch.pairsChanged);
    for (const [quantile, at] of QUANTILES) {
      const reference = prefix === "" && quantile !== "max" ? references[quantile] : undefined;
      add(`${prefix}${quantile}`, rank(milliseconds, at), "ms", reference);
      add(`${prefix}groups changed ${quantile}`, rank(groups, at), "groups");
      add(`${prefix}sets changed ${quantile}`, rank(sets, at), "pairs");
      add(`${prefix}distances changed ${quantile}`, rank(distances, at), "pairs");
    }
  };
  const effective = failures.filter(isEffective);
  add("failures without effect", (100 * (LINKS - effective.length)) / LINKS, "%");
  describe("", effective);
  describe("restore ", restores.filter(isEffective));
}

function isEffective({ pairsChanged, nextHopSetsChanged }: EpochDelta): boolean {
  return pairsChanged > 0 || nextHopSetsChanged > 0;
}

function groupsChanged({ groups }: EpochDelta): number {
  let count = 0;
  for (const { added, changed, resized, removed } of groups) {
    count += added.length + changed.length + resized.length + removed.length;
  }
  return count;
}
