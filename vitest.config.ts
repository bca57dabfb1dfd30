// One vitest project per package, named after its folder: `vitest run --project timely-core`.
// Source is resolved through the `@limmat/source` condition; multi-thread tests load the built `dist`, so build first.
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

const folders = ["packages", "apps"].flatMap((group) =>
  existsSync(`${root}${group}`)
    ? readdirSync(`${root}${group}`)
        .filter((name) => existsSync(`${root}${group}/${name}/package.json`))
        .map((name) => ({ name, path: `${root}${group}/${name}` }))
    : [],
);

const conditions = ["@limmat/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    // A test then runs on a process's main thread, as users' programs do, and a hung Atomics.wait ends with its process.
    pool: "forks",
    passWithNoTests: true,
    projects: folders.map(({ name, path }) => ({
      extends: true,
      root: path,
      test: { name, root: path, include: ["test/**/*.test.ts"] },
    })),
    coverage: { include: ["packages/*/src/**"] },
  },
});
