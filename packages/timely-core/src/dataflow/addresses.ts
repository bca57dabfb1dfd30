// Names for the parts of a dataflow that are short and the same on every worker: for logs and snapshots.

import type { DataflowParts } from "./context.ts";

/** A scope, as far as its address goes. */
interface Addressed {
  readonly address: readonly number[];
}

/** The address of a scope: "0" for dataflow 0 itself, "0.3.1" for the scope that is node 1 of the scope that is node 3 of it. */
export function scopeAddress(dataflow: number, scope: Addressed): string {
  return [dataflow, ...scope.address].join(".");
}

/** The address of an operator, or of the scope itself for node 0, its boundary. */
export function operatorAddress(dataflow: number, scope: Addressed, node: number): string {
  return node === 0 ? scopeAddress(dataflow, scope) : `${scopeAddress(dataflow, scope)}.${node}`;
}

/** The address of an edge: that of its scope, and the locations that it joins. */
export function edgeAddress(dataflow: number, scope: Addressed, source: number, target: number): string {
  return `${scopeAddress(dataflow, scope)}:${source}-${target}`;
}

/** One edge of a dataflow's graph. */
export interface GraphEdge {
  /** Its address. */
  readonly address: string;
  /** The address of the operator that it starts at, and the number of the output there. */
  readonly from: { readonly operator: string; readonly port: number };
  /** The address of the operator that it leads to, and the number of the input there. */
  readonly to: { readonly operator: string; readonly port: number };
}

/** Every edge of a dataflow, those that cross the boundary of a scope included. */
export function* edgesOf(dataflow: DataflowParts): IterableIterator<GraphEdge> {
  for (const scope of dataflow.scopes) {
    const end = (location: number) => {
      const port = scope.ports[location];
      return { operator: operatorAddress(dataflow.id, scope, port?.node ?? 0), port: port?.index ?? 0 };
    };
    for (const [source, targets] of scope.edges.entries()) {
      for (const target of targets) {
        yield {
          address: edgeAddress(dataflow.id, scope, source, target),
          from: end(source),
          to: end(target),
        };
      }
    }
  }
}

/** The names of a scope and those around it, from the outermost on. */
export function namesWithin(scope: { readonly name: string; readonly parent: unknown }): string[] {
  const names: string[] = [];
  for (let at: typeof scope | undefined = scope; at !== undefined; at = at.parent as typeof scope | undefined) {
    names.unshift(at.name);
  }
  return names;
}
