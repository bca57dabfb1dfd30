// The base of this package's typed errors, so that a program can tell them from others and switch on `code`.

/** An error of routing input; `code` is stable across releases, and the message names the culprit and the mend. */
export abstract class RoutingError<Code extends string = string> extends Error {
  /** A stable upper-case name of the kind of error, such as "UNKNOWN_LINK". */
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** `value` as it would stand in an error message: quoted, and cut when it is long. */
export function quoted(value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  text ??= String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
