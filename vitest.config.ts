// One vitest project per workspace member, named after its folder: `vitest run --project timely-core`.
// Source is resolved through the `@limmat/source` condition; multi-thread tests load the built `dist`, so build first.
// `--mode soak` runs the long programs `test/**/*.soak.ts` instead of the tests.
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { debianEnvironment } from "./scripts/debian.mjs";
import { members } from "./scripts/workspace.mjs";

const conditions = ["@limmat/source"];

export default defineConfig(({ mode }) => {
  const soak = mode === "soak";
  return {
    resolve: { conditions },
    ssr: { resolve: { conditions, externalConditions: conditions } },
    test: {
      // A test then runs on a process's main thread, as users' programs do, and a hung Atomics.wait ends with its process.
      pool: "forks",
      passWithNoTests: true,
      env: debianEnvironment(),
      projects: members().map((folder) => ({
        extends: true,
        test: {
          name: path.basename(folder),
          root: fileURLToPath(new URL(folder, import.meta.url)),
          testTimeout: soak ? 24 * 3600_000 : 30_000,
          include: [soak ? "test/**/*.soak.ts" : "test/**/*.test.ts"],
        },
      })),
      coverage: { include: ["packages/*/src/**"] },
    },
  };
});
