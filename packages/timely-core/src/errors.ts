// The base of every typed error of this package, so that a program can tell them from others and switch on `code`.

/** An error of the engine; `code` is stable across releases and the message names the culprit and the mend. */
export class LimmatError extends Error {
  /** A stable upper-case name of the kind of error, such as "DECODE". */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
