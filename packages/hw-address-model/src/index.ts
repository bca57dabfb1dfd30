export * from "./device-tree/index.ts";
export * from "./interval/index.ts";
