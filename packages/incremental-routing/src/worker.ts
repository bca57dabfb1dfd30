// What worker threads import: the routing dataflow, as a module for `launch`.

export { routes as default } from "./dataflow/routes.ts";
