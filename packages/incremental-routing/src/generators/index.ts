export * from "./abilene.ts";
export * from "./fat-tree.ts";
export { GeneratorError, type GeneratorErrorCode, MAX_LINKS, MAX_NODES } from "./generator-error.ts";
export * from "./grid.ts";
export * from "./jellyfish.ts";
export * from "./jupiter.ts";
export * from "./parse-generator.ts";
export * from "./ring.ts";
export * from "./weighting.ts";
