// `replay`: changes and questions from standard input, answers and epochs to standard output (the format is incremental-routing's).
import { ReplayError, Routing, replay } from "@limmat/incremental-routing";
import { CommandError } from "./command-error.ts";
import { badTopology, loadTopology } from "./load-topology.ts";
import { readLines } from "./read-lines.ts";
import { LineWriter } from "./write-lines.ts";

/** What `replay` is asked for. */
export interface ReplayCommandOptions {
  readonly topology: string;
  readonly weightFrom?: string;
  readonly weightResolution?: number;
  readonly workers: number;
  readonly skipBad: boolean;
}

/** Replays standard input; resolves when the last result has been written. */
export async function replayCommand(options: ReplayCommandOptions): Promise<void> {
  const { topology: spec, weightFrom, weightResolution: resolution, workers, skipBad } = options;
  const topology = await loadTopology(spec, weightFrom);
  const routing = await Routing.start(topology, { workers, ...(resolution === undefined ? {} : { resolution }) }).catch(
    (error: unknown) => {
      throw badTopology(spec, error);
    },
  );
  const results = new LineWriter(process.stdout);
  try {
    const onBad = (error: ReplayError) => process.stderr.write(`limmat-controller: ${badLine(error)}\n`);
    for await (const line of replay(routing, readLines(process.stdin), { skipBad, onBad })) await results.write(line);
  } catch (error) {
    throw error instanceof ReplayError ? new CommandError(2, badLine(error)) : error;
  } finally {
    await results.end();
    // Reading stops at an error, and whoever writes must not wait for us.
    process.stdin.destroy();
    await routing.close();
  }
}

function badLine(error: ReplayError): string {
  return `standard input: ${error.code}: ${error.message}`;
}
