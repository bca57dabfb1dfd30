// How much has passed each edge of a dataflow on one worker. Only operators count; what crosses a scope's boundary is followed to them.

import { edgesOf, type GraphEdge, operatorAddress } from "../dataflow/addresses.ts";
import type { DataflowParts, OperatorParts } from "../dataflow/context.ts";

/** Records and batches of them. */
export interface Amount {
  readonly records: number;
  readonly batches: number;
}

const nothing: Amount = { records: 0, batches: 0 };

/** The address of the scope that an edge is in. */
export function scopeOfEdge(address: string): string {
  return address.slice(0, address.indexOf(":"));
}

/** What has passed the edges, by the ends of them. */
export class Passed {
  readonly edges: readonly GraphEdge[];
  private readonly operators = new Map<string, OperatorParts>();
  /** The edge that leads to a port, by scope, operator and port. */
  private readonly into = new Map<string, GraphEdge>();

  constructor(dataflow: DataflowParts) {
    this.edges = [...edgesOf(dataflow)];
    for (const operator of dataflow.operators) {
      this.operators.set(operatorAddress(dataflow.id, operator.scope, operator.node), operator);
    }
    for (const edge of this.edges) {
      this.into.set(`${scopeOfEdge(edge.address)} ${edge.to.operator} ${edge.to.port}`, edge);
    }
  }

  /** The operator at an address, unless it is a scope. */
  operator(address: string): OperatorParts | undefined {
    return this.operators.get(address);
  }

  /** What has passed an edge: what the output at its start has sent. O(depth of scopes). */
  over(edge: GraphEdge): Amount {
    const within = scopeOfEdge(edge.address);
    const { operator, port } = edge.from;
    if (operator === within) return this.arrived(within.slice(0, within.lastIndexOf(".")), operator, port);
    return this.left(operator, port);
  }

  /** What has left an output of an operator or scope. */
  left(operator: string, port: number): Amount {
    const parts = this.operators.get(operator);
    // What leaves a scope is what arrives at its boundary inside.
    return parts === undefined ? this.arrived(operator, operator, port) : (parts.outputs[port] ?? nothing);
  }

  /** What was sent to an input of an operator or scope, or to the boundary of the scope `within` itself. */
  arrived(within: string, operator: string, port: number): Amount {
    const edge = this.into.get(`${within} ${operator} ${port}`);
    return edge === undefined ? nothing : this.over(edge);
  }
}
