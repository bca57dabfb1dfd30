export { allAtOnce } from "./all-at-once.ts";
export { batched } from "./batched.ts";
export { fluid } from "./fluid.ts";
export { join, leave } from "./membership.ts";
export { minimumRounds, optimized } from "./optimized.ts";
export { Plan, type Strategy } from "./plan.ts";
export { loadsOf, type RebalanceOptions, rebalance } from "./rebalance.ts";
export { validate } from "./validate.ts";
