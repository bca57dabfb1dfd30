import { library } from "../../scripts/tsup-options.ts";

export default library({
  index: "src/index.ts",
  introspection: "src/introspection/index.ts",
  simulation: "src/simulation/index.ts",
  worker: "src/worker/thread-entry.ts",
});
