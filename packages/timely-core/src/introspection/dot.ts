// A snapshot in the DOT language, for Graphviz: scopes as clusters, their inputs and outputs as points.

import { waitText, workText } from "./figures.ts";
import type { ChannelSnapshot, DataflowSnapshot, OperatorSnapshot, Snapshot } from "./snapshot.ts";
import { quoteDot, short } from "./text.ts";

/** The snapshot as a graph that `dot` draws. */
export function toDot(snapshot: Snapshot): string {
  const lines = [
    "digraph limmat {",
    '  graph [fontname="monospace"]; node [fontname="monospace", fontsize=10, shape=box]; edge [fontname="monospace", fontsize=9];',
  ];
  for (const dataflow of snapshot.dataflows) {
    const inside = new Map<string, OperatorSnapshot[]>();
    for (const operator of dataflow.operators) {
      const list = inside.get(operator.within);
      if (list === undefined) inside.set(operator.within, [operator]);
      else list.push(operator);
    }
    cluster(lines, dataflow.address, dataflow.name, undefined, inside, "  ");
    for (const channel of dataflow.channels) lines.push(edge(channel, scopesOf(dataflow)));
  }
  lines.push("}", "");
  return lines.join("\n");
}

function scopesOf({ operators }: DataflowSnapshot): Set<string> {
  return new Set(operators.flatMap(({ scope, address }) => (scope ? [address] : [])));
}

function cluster(
  lines: string[],
  address: string,
  name: string,
  scope: OperatorSnapshot | undefined,
  inside: ReadonlyMap<string, readonly OperatorSnapshot[]>,
  indent: string,
): void {
  lines.push(`${indent}subgraph ${quoteDot(`cluster ${address}`)} {`, `${indent}  label=${quoteDot(name)};`);
  const points = (kind: string, ports: readonly unknown[] = []) => {
    for (const i of ports.keys()) lines.push(`${indent}  ${quoteDot(`${address} ${kind} ${i}`)} [shape=point];`);
  };
  points("in", scope?.inputs);
  points("out", scope?.outputs);
  for (const operator of inside.get(address) ?? []) {
    if (operator.scope) cluster(lines, operator.address, operator.name, operator, inside, `${indent}  `);
    else {
      const label = `${operator.name}\n${workText(operator)}\n${waitText(operator)}`;
      lines.push(`${indent}  ${quoteDot(operator.address)} [label=${quoteDot(label)}];`);
    }
  }
  lines.push(`${indent}}`);
}

function edge(channel: ChannelSnapshot, scopes: ReadonlySet<string>): string {
  const { from, to, within, pact, rate, records } = channel;
  // An end at the scope around the channel is that scope's boundary from inside; one at another scope, from outside.
  const start =
    from.operator === within
      ? `${within} in ${from.port}`
      : scopes.has(from.operator)
        ? `${from.operator} out ${from.port}`
        : from.operator;
  const end =
    to.operator === within
      ? `${within} out ${to.port}`
      : scopes.has(to.operator)
        ? `${to.operator} in ${to.port}`
        : to.operator;
  const label = `${rate === undefined ? short(records) : `${short(rate)}/s`}${pact === "pipeline" ? "" : ` ${pact}`}`;
  const look = pact === "pipeline" ? "" : `, color=${pact === "exchange" ? "blue" : "purple"}`;
  return `  ${quoteDot(start)} -> ${quoteDot(end)} [label=${quoteDot(label)}${look}];`;
}
