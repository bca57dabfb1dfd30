export { Antichain, type Frontier } from "./antichain.ts";
export { integers } from "./integer.ts";
export { MutableAntichain } from "./mutable-antichain.ts";
export { type Product, pair, product } from "./product.ts";
export type { SummaryDomain, TimeDomain, TimeKey } from "./time-domain.ts";
export { unit } from "./unit.ts";
