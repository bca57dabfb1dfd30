// The one tsup configuration of the workspace: ESM, declarations, source maps, each entry at the top of `dist`.
// Chunks shared by entries land beside them, so `new URL("./worker.js", import.meta.url)` holds in every built file.
import { defineConfig } from "tsup";

type Entries = Record<string, string>;

const common = {
  format: "esm",
  target: "node20",
  platform: "node",
  sourcemap: true,
  clean: true,
  // tsup 8 strips the `node:` prefix unless told.
  removeNodeProtocol: false,
} as const;

// A published package. tsup 8 sets `baseUrl` for declarations, which TypeScript 6 reports as deprecated.
export const library = (entry: Entries) =>
  defineConfig({ ...common, entry, dts: { entry, compilerOptions: { ignoreDeprecations: "6.0" } } });

// A program that nobody imports.
export const program = (entry: Entries) => defineConfig({ ...common, entry });
