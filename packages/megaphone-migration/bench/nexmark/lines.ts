// How many lines of code a query takes: without comments, imports and empty lines, as in the paper's table 1. What both forms have in
// common and does nothing, such as layouts, is not counted; parts that they share are.

/** The lines of code of a module. */
export function linesOfCode(source: string): number {
  const code = source
    .replace(/^import\s[^;]*;/gm, "")
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/^\s*\/\/.*$/gm, "");
  return code.split("\n").filter((line) => line.trim() !== "").length;
}

/** The modules that a query is made of, from this folder. */
export function modulesOf(query: number, form: "native" | "migratable"): string[] {
  const closed = query === 4 || query === 6 ? [`${form}/closed-auctions.ts`] : [];
  const best = query === 7 ? ["best-bids.ts"] : [];
  return [`${form}/q${query}.ts`, ...closed, ...best];
}
