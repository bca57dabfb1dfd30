// The network that a command is asked to work on: a file, or a generator's name with its parameters.
import { readFile } from "node:fs/promises";
import { isGenerator, parseGenerator, RoutingError, readTopology, type Topology } from "@limmat/incremental-routing";
import { CommandError } from "./command-error.ts";

/**
 * Reads or generates a network.
 *
 * @param spec a generator such as `jupiter` or `fat-tree:8`, else the name of a file.
 * @param weightFrom the attribute of the file's links to take weights from.
 * @throws CommandError with exit code 2, naming the file and the place in it.
 */
export async function loadTopology(spec: string, weightFrom?: string): Promise<Topology> {
  try {
    if (!isGenerator(spec)) {
      return readTopology(spec, await readFile(spec, "utf8"), weightFrom === undefined ? {} : { weightFrom });
    }
    if (weightFrom !== undefined) {
      throw new CommandError(2, `--weight-from is about files; ${spec} is generated: write ${spec}?weights=random:100`);
    }
    return parseGenerator(spec).generate();
  } catch (error) {
    throw badTopology(spec, error);
  }
}

/** `error` as a CommandError that names the network it came from; an error of any other kind is given back as it is. */
export function badTopology(spec: string, error: unknown): unknown {
  if (error instanceof RoutingError) return new CommandError(2, `${spec}: ${error.code}: ${error.message}`);
  if (error instanceof Error && "syscall" in error) {
    const { code } = error as NodeJS.ErrnoException;
    const mend = code === "ENOENT" ? "; there is no such file, and no such generator either" : "";
    return new CommandError(2, `${spec}: ${code}${mend || `: ${error.message}`}`);
  }
  return error;
}
