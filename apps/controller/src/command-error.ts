// A failure that ends a command with one line on stderr and an exit code.

/** Arguments or input that cannot be used: exit code 2. Whatever else keeps a command from its work: 1. */
export type FailureCode = 1 | 2;

/** A failure whose message is all there is to show. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: FailureCode;

  constructor(exitCode: FailureCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
