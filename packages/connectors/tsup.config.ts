import { library } from "../../scripts/tsup-options.ts";

export default library({
  etcd: "src/etcd/index.ts",
  file: "src/file/index.ts",
  jetstream: "src/jetstream/index.ts",
  lmdb: "src/lmdb/index.ts",
});
