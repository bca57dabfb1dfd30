import { library } from "../../scripts/tsup-options.ts";

export default library({ jetstream: "src/jetstream/index.ts" });
