// Random scopes: operators with random summaries inside, random edges, and cycles that advance time.

import fc from "fast-check";
import { integers, pair, product, type TimeDomain } from "../../src/index.ts";
import type { Graph, Node, Port } from "../../src/progress/graph.ts";

/** A domain with summaries that leave times as they are or not, and with times. */
export interface Clock {
  readonly domain: TimeDomain<unknown>;
  readonly times: fc.Arbitrary<unknown>;
  /** Summaries that move every time on. */
  readonly advancing: readonly unknown[];
}

const square = product(integers, integers);
const few = fc.nat(3);

/** A total and a partial order. */
export const clocks: readonly Clock[] = [
  { domain: integers as TimeDomain<unknown>, times: fc.nat(8), advancing: [1, 2, 5] },
  {
    domain: square as TimeDomain<unknown>,
    times: fc.tuple(few, few).map(([a, b]) => pair(a, b)),
    advancing: [pair(0, 1), pair(1, 0), pair(2, 1)],
  },
];

/** A graph under construction. */
export class GraphBuilder {
  readonly nodes: Node<unknown>[] = [];
  readonly ports: Port[] = [];
  readonly edges: number[][] = [];

  constructor() {
    this.node("scope", 0, 0, []);
  }

  /** Adds an operator with its ports; node 0 is there from the start. */
  node(name: string, inputs: number, outputs: number, internal: Node<unknown>["internal"]): Node<unknown> {
    const node: Node<unknown> = { name, targets: [], sources: [], internal };
    this.nodes.push(node);
    const index = this.nodes.length - 1;
    for (let i = 0; i < inputs; i++) this.port(index, "target");
    for (let i = 0; i < outputs; i++) this.port(index, "source");
    return node;
  }

  /** Adds a port and returns its location. */
  port(node: number, kind: Port["kind"]): number {
    const { targets, sources } = this.nodes[node] as Node<unknown>;
    const list = kind === "target" ? targets : sources;
    list.push(this.ports.length);
    this.ports.push({ node, kind, index: list.length - 1 });
    this.edges.push([]);
    return this.ports.length - 1;
  }

  /** Connects an output to an input. */
  edge(source: number, target: number): void {
    if (!this.edges[source]?.includes(target)) this.edges[source]?.push(target);
  }

  get graph(): Graph<unknown> {
    return this;
  }
}

interface Plan {
  readonly inputs: number;
  readonly outputs: number;
  readonly nodes: readonly {
    readonly inputs: number;
    readonly outputs: number;
    readonly advances: boolean;
    readonly summaries: readonly (readonly number[])[];
  }[];
  readonly edges: readonly (readonly [number, number])[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  inputs: fc.nat(2),
  outputs: fc.nat(2),
  nodes: fc.array(
    fc.record({
      inputs: fc.nat(2),
      outputs: fc.nat(2),
      advances: fc.boolean(),
      summaries: fc.array(fc.array(fc.nat(3), { maxLength: 2 }), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  edges: fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 14 }),
});

/** Graphs whose cycles all pass an operator that advances time. */
export function graphs({ domain, advancing }: Clock): fc.Arbitrary<Graph<unknown>> {
  return plans.map((plan) => {
    const builder = new GraphBuilder();
    for (let i = 0; i < plan.inputs; i++) builder.port(0, "source");
    for (let i = 0; i < plan.outputs; i++) builder.port(0, "target");
    for (const { inputs, outputs, advances, summaries } of plan.nodes) {
      const choices = advances ? advancing : [domain.summaries.identity, ...advancing];
      const internal = Array.from({ length: inputs }, (_, input) =>
        Array.from({ length: outputs }, (_, output) =>
          (summaries[2 * input + output] ?? []).map((choice) => choices[choice % choices.length]),
        ),
      );
      builder.node(`operator ${builder.nodes.length}`, inputs, outputs, internal);
    }
    const sources = builder.ports.flatMap(({ kind }, location) => (kind === "source" ? [location] : []));
    const targets = builder.ports.flatMap(({ kind }, location) => (kind === "target" ? [location] : []));
    for (const [a, b] of plan.edges) {
      const source = sources[a % sources.length];
      const target = targets[b % targets.length];
      if (source === undefined || target === undefined) continue;
      const from = builder.ports[source]?.node ?? 0;
      const to = builder.ports[target]?.node ?? 0;
      // Backwards only into operators that advance time, so that every cycle does.
      const backwards = to !== 0 && from !== 0 && from >= to;
      if (!backwards || plan.nodes[to - 1]?.advances) builder.edge(source, target);
    }
    return builder.graph;
  });
}
