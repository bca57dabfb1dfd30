// Programs bundled as a user of the built package bundles them: by Vite, from a folder of their own in which the package is installed.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rollup } from "vite";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A file of a bundle. */
export interface BundledFile {
  readonly name: string;
  readonly code: string;
}

/** The bundle of a program that may import the package: its entry first, then what that loads later. */
export async function bundle(program: string): Promise<BundledFile[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "limmat-bundle-"));
  try {
    mkdirSync(path.join(folder, "node_modules", "@limmat"), { recursive: true });
    symlinkSync(root, path.join(folder, "node_modules", "@limmat", "timely-core"), "dir");
    const entry = path.join(folder, "program.js");
    writeFileSync(entry, program);
    const made = (await build({
      root: folder,
      configFile: false,
      // What only Node has is left out with a warning: it is loaded by what a page can't ask for.
      logLevel: "error",
      resolve: { conditions: ["import", "module", "browser", "default"] },
      build: {
        write: false,
        minify: true,
        target: "es2022",
        rollupOptions: { input: entry, preserveEntrySignatures: "strict", output: { entryFileNames: "program.js" } },
      },
    })) as Rollup.RollupOutput;
    const files = made.output.flatMap((file) =>
      file.type === "chunk" ? [{ name: file.fileName, code: file.code, entry: file.isEntry }] : [],
    );
    return files.sort((a, b) => Number(b.entry) - Number(a.entry)).map(({ name, code }) => ({ name, code }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
