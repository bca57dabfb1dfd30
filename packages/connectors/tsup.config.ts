import { library } from "../../scripts/tsup-options.ts";

export default library({ etcd: "src/etcd/index.ts", jetstream: "src/jetstream/index.ts" });
