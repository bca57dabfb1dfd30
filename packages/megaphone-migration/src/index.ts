// Megaphone for Limmat: bins, where they live as a function of time, and plans to move them (PVLDB 12(9), 2019).

export * from "./bins/index.ts";
export * from "./configuration/index.ts";
export * from "./errors.ts";
export * from "./planner/index.ts";
export * from "./stores/index.ts";
