// What the command line understands, and its exit codes: 0 done; 1 something else is in the way; 2 bad arguments or bad input.
import { GENERATOR_FORMS } from "@limmat/incremental-routing";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../package.json" with { type: "json" };
import { CommandError } from "./command-error.ts";
import { type ReplayCommandOptions, replayCommand } from "./replay-command.ts";
import { type ServeCommandOptions, serveCommand } from "./serve-command.ts";

/** The network that is served when none is asked for. */
const DEFAULT_TOPOLOGY = "jupiter";
const MAX_WORKERS = 64;

/** Runs one command line, without the program's own name, and resolves to its exit code. */
export async function controllerCommand(args: readonly string[]): Promise<number> {
  const program = new Command("limmat-controller")
    .description("Keeps all routes of a network current as it changes.")
    .version(manifest.version)
    .exitOverride();
  const generators = Object.values(GENERATOR_FORMS)
    .map((form) => `  ${form}`)
    .join("\n");
  const topologies =
    `\nA network is a file (GraphML, node-link JSON, or an edge list as CSV) or one of\n${generators}\n` +
    "with weights=random:MAX&seed=N after ? where links should differ.";
  const exits = "\nExit codes: 0 done; 1 the port is in use, or another failure; 2 bad arguments or bad input.";

  program
    .command("serve", { isDefault: true })
    .description("Serve a network over HTTP, with a web page, until SIGINT or SIGTERM.")
    .option("--topology <network>", "a file or a generator", DEFAULT_TOPOLOGY)
    .addOption(weightFrom())
    .addOption(weightResolution())
    .option("--port <number>", "port to listen on; 0 takes a free one", wholeNumber(0, 65535), 8080)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addOption(new Option("--token <text>", "what changes must be authorised with").env("LIMMAT_CONTROLLER_TOKEN"))
    .addOption(workers())
    .option("--json", "log one JSON object a line", false)
    .addHelpText("after", `${topologies}\n${exits}`)
    .action(async (options: ServeCommandOptions) => serveCommand(options));

  program
    .command("replay")
    .description("Read changes and questions, one JSON object a line, from standard input; write answers and epochs.")
    .requiredOption("--topology <network>", "a file or a generator")
    .addOption(weightFrom())
    .addOption(weightResolution())
    .addOption(workers())
    .option("--skip-bad", "go on after a bad line, which rejects the changes of its epoch", false)
    .addHelpText("after", `${topologies}\n${exits}`)
    .action(async (options: ReplayCommandOptions) => replayCommand(options));

  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed its own message; help and version come this way too, with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`limmat-controller: ${error.message}\n`);
    return error.exitCode;
  }
}

const weightFrom = () =>
  new Option("--weight-from <name>", "the numeric attribute of a file's links that is their weight");
const weightResolution = () =>
  new Option("--weight-resolution <x>", "round weights to multiples of this").argParser((text) => {
    const value = Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY))
      throw new InvalidArgumentError("It must be a positive number.");
    return value;
  });
const workers = () =>
  new Option("--workers <number>", "threads to spread the destinations over")
    .argParser(wholeNumber(1, MAX_WORKERS))
    .default(1);

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
