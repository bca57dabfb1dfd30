// Bundles a test's worker thread from source, since Node 20 does not load TypeScript in a worker.

import { fileURLToPath } from "node:url";
import { build, type Rollup } from "vite";

/** Returns the JavaScript of the module at `url` with everything it imports but Node's own modules. */
export async function bundle(url: URL): Promise<string> {
  const outputs = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "es2022",
      ssr: true,
      rollupOptions: { input: fileURLToPath(url), output: { format: "es", codeSplitting: false } },
    },
  });
  const [output] = Array.isArray(outputs) ? outputs : [outputs as Rollup.RollupOutput];
  const [chunk] = (output as Rollup.RollupOutput).output;
  return chunk.code;
}
