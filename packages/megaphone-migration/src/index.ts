// Megaphone for Limmat: operators whose state moves between workers while records flow (PVLDB 12(9), 2019).

export * from "./audit/index.ts";
export * from "./bins/index.ts";
export * from "./configuration/index.ts";
export * from "./errors.ts";
export * from "./log/index.ts";
export * from "./operators/index.ts";
export * from "./planner/index.ts";
export * from "./stores/index.ts";
