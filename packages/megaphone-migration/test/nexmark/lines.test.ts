import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { linesOfCode, modulesOf } from "../../bench/nexmark/lines.ts";

it("counts neither comments nor imports nor empty lines", () => {
  const source = [
    "// What it is for.",
    'import { a } from "a";',
    "import {",
    "  b,",
    '} from "b";',
    "",
    "/**",
    " * A function.",
    " */",
    "export function f() {",
    "  // Why.",
    "  return a(b); // more",
    "}",
  ];
  expect(linesOfCode(source.join("\n"))).toBe(3);
});

it("knows the modules of every query", () => {
  for (const form of ["native", "migratable"] as const) {
    for (let query = 1; query <= 8; query++) {
      for (const module of modulesOf(query, form)) {
        const source = readFileSync(new URL(`../../bench/nexmark/${module}`, import.meta.url), "utf8");
        expect(linesOfCode(source)).toBeGreaterThanOrEqual(3);
      }
    }
  }
});
