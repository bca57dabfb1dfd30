// The typed error of importers.

import { RoutingError } from "../network/routing-error.ts";

/** What can be wrong with a file that should hold a network. */
export type FormatErrorCode =
  | "SYNTAX"
  | "STRUCTURE"
  | "UNSUPPORTED"
  | "BAD_ID"
  | "DUPLICATE_ID"
  | "UNKNOWN_NODE"
  | "BAD_WEIGHT"
  | "TOO_LARGE";

/** A file that cannot be read as a network. */
export class FormatError extends RoutingError<FormatErrorCode> {
  /** The line at fault, counted from 1, where the format has lines. */
  readonly line: number | undefined;

  constructor(code: FormatErrorCode, message: string, line?: number) {
    super(code, line === undefined ? message : `line ${line}: ${message}`);
    this.line = line;
  }
}

/** Importers refuse texts of more characters than this. */
export const MAX_TEXT_LENGTH = 2 ** 27;

/**
 * Refuses a text that is too long to be read into memory several times over.
 *
 * @throws FormatError TOO_LARGE beyond MAX_TEXT_LENGTH.
 */
export function checkLength(text: string): void {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new FormatError("TOO_LARGE", `the text has ${text.length} characters; at most ${MAX_TEXT_LENGTH} are read`);
  }
}
