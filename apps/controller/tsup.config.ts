import { defineConfig, type Options } from "tsup";
import { program } from "../../scripts/tsup-options.ts";

// The page is one bundle for browsers, with its dependencies inside.
const page: Options = {
  entry: { main: "web/main.tsx" },
  outDir: "dist/web",
  publicDir: "web/public",
  format: "esm",
  target: "es2022",
  platform: "browser",
  tsconfig: "web/tsconfig.json",
  noExternal: [/./],
  minify: true,
  sourcemap: false,
  clean: true,
};

const server: Options = { ...(program({ main: "src/main.ts" }) as Options), clean: ["!web/**"] };

export default defineConfig([server, page]);
