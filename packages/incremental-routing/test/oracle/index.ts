export * from "./arbitrary-changes.ts";
export * from "./naive-network.ts";
export * from "./shared-data.ts";
export * from "./shortest-paths.ts";
