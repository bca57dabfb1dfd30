// The typed error of generators, and the checks of their parameters.

import { quoted, RoutingError } from "../network/routing-error.ts";

/** What can be wrong with a request for a generated network. */
export type GeneratorErrorCode = "UNKNOWN_GENERATOR" | "BAD_PARAMETER" | "TOO_LARGE";

/** A network that cannot be generated as asked; `parameter` names the culprit. */
export class GeneratorError extends RoutingError<GeneratorErrorCode> {
  /** The parameter at fault. */
  readonly parameter: string;

  constructor(code: GeneratorErrorCode, parameter: string, message: string) {
    super(code, message);
    this.parameter = parameter;
  }
}

/** Generators refuse to make more nodes than this. */
export const MAX_NODES = 1_000_000;

/** Generators refuse to make more links than this. */
export const MAX_LINKS = 4_000_000;

/**
 * Gives `value` back when it is an integer of at least `least`.
 *
 * @throws GeneratorError BAD_PARAMETER otherwise.
 */
export function checkInteger(parameter: string, value: number, least: number): number {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new GeneratorError(
      "BAD_PARAMETER",
      parameter,
      `${parameter} is ${quoted(value)}; it must be an integer >= ${least}`,
    );
  }
  return value;
}

/**
 * Checks the size of a network before it is made.
 *
 * @throws GeneratorError TOO_LARGE beyond MAX_NODES or MAX_LINKS.
 */
export function checkSize(parameter: string, nodes: number, links: number): void {
  if (nodes > MAX_NODES || links > MAX_LINKS) {
    throw new GeneratorError(
      "TOO_LARGE",
      parameter,
      `${parameter} asks for ${nodes} nodes and ${links} links; at most ${MAX_NODES} and ${MAX_LINKS} are generated`,
    );
  }
}
