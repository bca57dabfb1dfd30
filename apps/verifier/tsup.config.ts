import { program } from "../../scripts/tsup-options.ts";

export default program({ main: "src/main.ts" });
