// What worker threads import: the routing dataflow, as a module for `launch`.

// biome-ignore lint/style/noDefaultExport: launch() runs what a module exports by default
export { routes as default } from "./dataflow/routes.ts";
