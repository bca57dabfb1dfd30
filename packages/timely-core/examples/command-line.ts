// The command line of the examples: numbers in a fixed order, words that switch something on, `-w N` workers, and `--help`.
import { parseArgs } from "node:util";

/** What an example was given: its numbers and words by name, and how many workers. */
type Given<A> = { readonly [K in keyof A]: A[K] extends boolean ? boolean : number } & { readonly workers: number };

/**
 * Reads the arguments of the example `name`. `parameters` lists what it takes in order, with the default of each number; `false` stands
 * for a word that switches on what it names. Prints the usage and ends the process on `--help`, and on arguments that are none.
 */
export function commandLine<A extends Record<string, number | boolean>>(
  name: string,
  about: string,
  parameters: A,
): Given<A> {
  const order = Object.keys(parameters);
  const shown = order.map((key) =>
    parameters[key] === false ? `[${key}]` : `[${key.toUpperCase()}=${parameters[key]}]`,
  );
  const usage = `usage: node ${name}.js ${[...shown, "[-w WORKERS=1]"].join(" ")}\n${about}`;
  const refuse = (why: string): never => {
    console.error(`${name}: ${why}\n${usage}`);
    process.exit(2);
  };
  const options = { workers: { type: "string", short: "w" }, help: { type: "boolean" } } as const;
  let parsed: { values: { workers?: string; help?: boolean }; positionals: string[] };
  try {
    parsed = parseArgs({ options, allowPositionals: true });
  } catch (error) {
    return refuse((error as Error).message);
  }
  if (parsed.values.help) {
    console.log(usage);
    process.exit(0);
  }
  const whole = (what: string, text: string, least: number): number => {
    const value = Number(text);
    return Number.isSafeInteger(value) && value >= least
      ? value
      : refuse(`${what} is a whole number of at least ${least}, not ${text}`);
  };
  const given: Record<string, number | boolean> = { ...parameters };
  const numbers = order.filter((key) => typeof parameters[key] === "number");
  for (const text of parsed.positionals) {
    const next = numbers[0];
    if (parameters[text] === false) given[text] = true;
    else if (next === undefined) refuse(`${text} is one argument too many`);
    else given[next] = whole(next.toUpperCase(), text, 0);
    if (parameters[text] !== false) numbers.shift();
  }
  return { ...given, workers: whole("WORKERS", parsed.values.workers ?? "1", 1) } as Given<A>;
}
