// Reads a whole file or standard input, up to a size that no device tree comes near.
import { createReadStream } from "node:fs";

/** The most bytes that are read: 16 MiB; kernels themselves accept blobs of 2 MiB. */
const MAX_INPUT_BYTES = 16 * 1024 * 1024;

/** Input that cannot be read or used; the message names the file. */
export class InputError extends Error {
  override readonly name = "InputError";
}

/**
 * The bytes of a file, or of standard input where the name is `-`.
 *
 * @throws InputError when it cannot be read or has more than 16 MiB.
 */
export async function readInput(file: string): Promise<Uint8Array> {
  const name = file === "-" ? "standard input" : file;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of file === "-" ? process.stdin : createReadStream(file)) {
      length += chunk.length;
      if (length > MAX_INPUT_BYTES) {
        throw new InputError(`${name}: input-too-large: more than 16 MiB; a device tree blob has at most a few MiB`);
      }
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new InputError(`${name}: ${code ?? "unreadable"}: ${message}`);
  }
  return Buffer.concat(chunks);
}
