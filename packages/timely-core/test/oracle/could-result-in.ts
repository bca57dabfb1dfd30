// Naiad's could-result-in relation by repeating its definition until nothing changes, and paths by following every one: the oracles of
// progress tracking.

import type { TimeDomain } from "../../src/index.ts";
import type { Graph } from "../../src/progress/graph.ts";
import { minimalTimes } from "./minimal-times.ts";

/** One step of a path. */
interface Step<S> {
  readonly from: number;
  readonly to: number;
  readonly summary: S;
}

/** All steps: inside operators by their summaries, along edges by the identity. */
function stepsOf<S>(graph: Graph<S>, identity: S): Step<S>[] {
  const inside = graph.nodes
    .slice(1)
    .flatMap(({ targets, sources, internal }) =>
      targets.flatMap((from, input) =>
        sources.flatMap((to, output) => (internal[input]?.[output] ?? []).map((summary) => ({ from, to, summary }))),
      ),
    );
  const edges = graph.edges.flatMap((targets, from) => targets.map((to) => ({ from, to, summary: identity })));
  return [...inside, ...edges];
}

/** The frontier at every location, given the times that are outstanding at each. */
export function frontiers<T, S>(
  domain: TimeDomain<T, S>,
  graph: Graph<S>,
  outstanding: readonly (readonly T[])[],
): T[][] {
  const steps = stepsOf(graph, domain.summaries.identity);
  let found = outstanding.map((times) => minimalTimes(domain, times));
  for (;;) {
    const next = found.map((times, location) => {
      const implied = steps
        .filter(({ to }) => to === location)
        .flatMap(({ from, summary }) => (found[from] ?? []).map((time) => domain.summaries.resultsIn(summary, time)));
      return minimalTimes(domain, [...times, ...implied.filter((time) => time !== undefined)]);
    });
    if (JSON.stringify(next) === JSON.stringify(found)) return found;
    found = next;
  }
}

/** The summaries of all paths from one location to another that visit none twice. */
export function pathSummaries<T, S>(domain: TimeDomain<T, S>, graph: Graph<S>, from: number, to: number): S[] {
  const steps = stepsOf(graph, domain.summaries.identity);
  const found: S[] = [];
  const follow = (location: number, visited: readonly number[], summary: S): void => {
    if (location === to) found.push(summary);
    for (const step of steps) {
      if (step.from !== location || visited.includes(step.to)) continue;
      const further = domain.summaries.compose(summary, step.summary);
      if (further !== undefined) follow(step.to, [...visited, step.to], further);
    }
  };
  follow(from, [from], domain.summaries.identity);
  return found;
}
