// What the command line understands, and its exit codes: 0 done, whatever was found; 2 bad arguments or bad input.
import { DeviceTreeError, MemoryMapError, memoryMap, memoryMapToJson, parseDeviceTree } from "@limmat/hw-address-model";
import { Command, CommanderError } from "commander";
import manifest from "../package.json" with { type: "json" };
import { formatMemoryMap } from "./format-memory-map.ts";
import { InputError, readInput } from "./read-input.ts";

const BAD_INPUT = 2;

/** Runs one command line, without the program's own name, and resolves to its exit code. */
export async function verifierCommand(args: readonly string[]): Promise<number> {
  const program = new Command("limmat-verifier")
    .description("Says what a machine's processors and devices can reach, from the machine's own description.")
    .version(manifest.version)
    .exitOverride();
  program
    .command("memory-map")
    .description("List the processor's physical address space as a device tree blob describes it.")
    .argument("<file>", "the device tree blob (.dtb), or - for standard input")
    .option("--json", "print one JSON document, with addresses as hexadecimal strings")
    .addHelpText(
      "after",
      "\nExit codes: 0 the map was printed, whatever it shows; 2 the arguments or the blob are bad.\n" +
        "Example: limmat-verifier memory-map /sys/firmware/fdt",
    )
    .action(async (file: string, options: { json?: true }) => {
      await printMemoryMap(file, options.json === true);
    });
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    // Commander has printed its own message; help and version come this way too, with code 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_INPUT;
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`limmat-verifier: ${error.message}\n`);
    return BAD_INPUT;
  }
}

async function printMemoryMap(file: string, json: boolean): Promise<void> {
  const bytes = await readInput(file);
  const name = file === "-" ? "standard input" : file;
  try {
    const map = memoryMap(parseDeviceTree(bytes));
    process.stdout.write(json ? `${JSON.stringify(memoryMapToJson(map))}\n` : formatMemoryMap(map));
  } catch (error) {
    if (error instanceof DeviceTreeError || error instanceof MemoryMapError) {
      throw new InputError(`${name}: ${error.code}: ${error.message}`);
    }
    throw error;
  }
}
