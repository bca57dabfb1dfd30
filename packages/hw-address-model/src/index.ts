export * from "./interval/index.ts";
