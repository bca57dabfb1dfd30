// Builds the programs of a package that nobody imports: `bench/*.ts` and `examples/*.ts`, each file its own entry,
// so that a program's worker module is `new URL("./name.js", import.meta.url)`. Run in a package's folder.
import { existsSync, readdirSync } from "node:fs";
import { defineConfig, type Options } from "tsup";

const programsIn = (folder: string): Options[] => {
  const entry = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ts")) : [];
  return entry.length === 0
    ? []
    : [
        {
          entry: entry.map((name) => `${folder}/${name}`),
          outDir: `${folder}/dist`,
          format: "esm",
          target: "node20",
          platform: "node",
          sourcemap: true,
          clean: true,
          removeNodeProtocol: false,
          noExternal: ["@limmat/bench"],
        },
      ];
};

export default defineConfig(["bench", "examples"].flatMap(programsIn));
