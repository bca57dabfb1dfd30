// Lines out, as fast as the reader takes them and no faster.
import { once } from "node:events";
import type { Writable } from "node:stream";

/** Characters that are written at once. */
const CHUNK = 2 ** 16;

/** Collects lines into larger writes. What was collected goes out when the event loop turns, so that nobody waits for the next line. */
export class LineWriter {
  readonly #to: Writable;
  #text = "";
  #scheduled = false;

  constructor(to: Writable) {
    this.#to = to;
  }

  /** Adds a line; resolves when there is room for more. */
  async write(line: string): Promise<void> {
    this.#text += `${line}\n`;
    if (this.#text.length >= CHUNK) this.#flush();
    else if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => this.#flush());
    }
    if (this.#to.writableNeedDrain) await once(this.#to, "drain");
  }

  /** Resolves when all lines have been handed to the system. */
  async end(): Promise<void> {
    this.#flush();
    await new Promise<void>((resolve) => this.#to.write("", () => resolve()));
  }

  #flush(): void {
    this.#scheduled = false;
    if (this.#text === "") return;
    this.#to.write(this.#text);
    this.#text = "";
  }
}
