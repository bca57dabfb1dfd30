// A stranger's first minute with each package: packed, installed alone in an empty project, its README's first example
// run, and what it prints compared with the block that follows it. Needs the built packages and npm's registry.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const execute = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const compiler = path.join(root, "node_modules/.bin/tsc");
const pnpm = path.join(root, "node_modules/.bin/pnpm");
const scratch = mkdtempSync(path.join(tmpdir(), "limmat-packed-"));

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(path.join(root, "packages", folder, "package.json"), "utf8")) as Manifest;

const published = readdirSync(path.join(root, "packages"))
  .filter((folder) => existsSync(path.join(root, "packages", folder, "package.json")))
  .map((folder) => ({ folder, ...manifestOf(folder) }))
  .filter((manifest) => manifest.private !== true);

const tarballs = new Map<string, string>();

const run = async (file: string, args: readonly string[], cwd: string): Promise<string> => {
  try {
    return (await execute(file, args, { cwd, encoding: "utf8" })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[file, ...args].join(" ")} failed\n${stdout ?? ""}${stderr ?? ""}`, { cause: error });
  }
};

/** The packages of the family that a package needs, nearest first; not the package itself. */
const familyOf = (name: string): string[] => {
  const family = new Set<string>([name]);
  for (const member of family)
    for (const { name: owner, dependencies } of published)
      if (owner === member)
        for (const dependency of Object.keys(dependencies ?? {}))
          if (published.some((other) => other.name === dependency)) family.add(dependency);
  family.delete(name);
  return [...family];
};

const fence = /^```(\w*)[^\n]*\n(.*?)^```$/gms;

/** The first ts or js block of a README, and the block after it. */
const exampleOf = (readme: string): { code: string; output: string } => {
  const blocks = [...readme.matchAll(fence)].map(([, language, text]) => ({ language: language!, text: text! }));
  const first = blocks.findIndex(({ language }) => /^(ts|js|typescript|javascript)$/.test(language));
  if (first < 0) throw new Error("README.md has no ts or js block");
  const output = blocks[first + 1];
  if (output === undefined) throw new Error("README.md has no block with the output after its first example");
  return { code: blocks[first]!.text, output: output.text };
};

beforeAll(async () => {
  for (const { folder, name } of published) {
    const cwd = path.join(root, "packages", folder);
    if (!existsSync(path.join(cwd, "dist"))) throw new Error(`packages/${folder}/dist is missing: build first`);
    const target = path.join(scratch, "tarballs", folder);
    await run(pnpm, ["pack", "--pack-destination", target], cwd);
    tarballs.set(name, path.join(target, readdirSync(target)[0]!));
  }
}, 120_000);

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe.each(published)("$name, packed and installed alone", ({ name, folder }) => {
  const project = path.join(scratch, folder);
  const installed = path.join(project, "node_modules", name);

  beforeAll(async () => {
    const fromTarballs = (names: readonly string[]) =>
      Object.fromEntries(names.map((each) => [each, `file:${tarballs.get(each)}`]));
    mkdirSync(project);
    writeFileSync(
      path.join(project, "package.json"),
      JSON.stringify({
        private: true,
        type: "module",
        dependencies: fromTarballs([name]),
        // The family is not in the registry while it is being written.
        overrides: fromTarballs(familyOf(name)),
      }),
    );
    await run("npm", ["install", "--no-audit", "--no-fund"], project);
  }, 300_000);

  test("carries what its manifest and source maps name, and nothing of the workspace", () => {
    const manifest = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8")) as Manifest;
    expect(Object.values(manifest.dependencies ?? {}).filter((range) => /workspace|catalog|file:/.test(range))).toEqual(
      [],
    );
    expect(readdirSync(installed).sort()).toEqual(
      expect.arrayContaining(["README.md", "LICENSE", "dist", "package.json", "src"].sort()),
    );
    expect(readdirSync(installed)).not.toContain("test");
  });

  test("runs its README's first example with the output shown there", async () => {
    const { code, output } = exampleOf(readFileSync(path.join(installed, "README.md"), "utf8"));
    writeFileSync(path.join(project, "example.ts"), code);
    writeFileSync(
      path.join(project, "tsconfig.json"),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: "nodenext",
          target: "es2022",
          lib: ["es2023", "esnext.disposable", "dom"],
          // Nothing but the package is installed: its declarations may name types that only Node's own would bring.
          skipLibCheck: true,
          types: [],
        },
        files: ["example.ts"],
      }),
    );
    await run(compiler, ["-p", project], project);
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
    });
    writeFileSync(path.join(project, "example.js"), outputText);
    expect((await run(process.execPath, ["example.js"], project)).trim()).toBe(output.trim());
  }, 60_000);
});
