// The command line of the examples: what they take in a fixed order, words that switch something on, how the run is spread (`-w` workers,
// and `-n`, `-p`, `-h` for several processes), and `--help`.
import { type CommandLine, configFromArguments } from "@limmat/timely-core";

/** What an example was given: its numbers, texts and words by name, and what `execute` takes. */
type Given<A> = {
  readonly [K in keyof A]: A[K] extends boolean ? boolean : A[K] extends string ? string : number;
} & { readonly config: Omit<CommandLine, "rest"> };

/**
 * Reads the arguments of the example `name`. `parameters` lists what it takes in order, with the default of each number or text; `false`
 * stands for a word that switches on what it names. Prints the usage and ends the process on `--help`, and on arguments that are none.
 */
export async function commandLine<A extends Record<string, number | string | boolean>>(
  name: string,
  about: string,
  parameters: A,
): Promise<Given<A>> {
  const order = Object.keys(parameters);
  const shown = order.map((key) =>
    parameters[key] === false ? `[${key}]` : `[${key.toUpperCase()}=${parameters[key]}]`,
  );
  const usage = `usage: node ${name}.js ${[...shown, "[-w WORKERS=1]"].join(" ")}\n${about}`;
  const refuse = (why: string): never => {
    console.error(`${name}: ${why}\n${usage}`);
    process.exit(2);
  };
  if (process.argv.includes("--help")) {
    console.log(usage);
    process.exit(0);
  }
  const { rest, ...config } = await configFromArguments().catch((error: Error) => refuse(error.message));
  const given: Record<string, number | string | boolean> = { ...parameters };
  const expected = order.filter((key) => parameters[key] !== false);
  for (const text of rest) {
    if (parameters[text] === false) {
      given[text] = true;
      continue;
    }
    const next = expected.shift();
    if (next === undefined || text.startsWith("-")) return refuse(`${text} is not what this takes`);
    if (typeof parameters[next] === "string") {
      given[next] = text;
      continue;
    }
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < 0) refuse(`${next.toUpperCase()} is a whole number, not ${text}`);
    given[next] = value;
  }
  return { ...given, config } as Given<A>;
}
