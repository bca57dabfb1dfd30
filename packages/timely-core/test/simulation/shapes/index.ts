import { frontierShapes } from "./frontiers.ts";
import { graphShapes } from "./graphs.ts";
import { lifetimeShapes } from "./lifetimes.ts";
import { loopShapes } from "./loops.ts";
import { operatorShapes } from "./operators.ts";
import { orderShapes } from "./orders.ts";
import type { Shape } from "./shape.ts";
import { sourceShapes } from "./sources.ts";
import { transportShapes } from "./transport.ts";

export type { Shape } from "./shape.ts";

/** All shapes. */
export const shapes: readonly Shape[] = [
  ...graphShapes,
  ...loopShapes,
  ...frontierShapes,
  ...transportShapes,
  ...lifetimeShapes,
  ...operatorShapes,
  ...orderShapes,
  ...sourceShapes,
];
