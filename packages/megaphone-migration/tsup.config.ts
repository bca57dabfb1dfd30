import { library } from "../../scripts/tsup-options.ts";

export default library({ index: "src/index.ts" });
