// The domain with one time, for computations that have no clock of their own.

import type { Codec } from "../codec/index.ts";
import type { TimeDomain } from "./time-domain.ts";

const codec: Codec<null> = { name: "unit", write() {}, read: () => null };

/** The domain of the single time `null`: its frontier is either `{null}` or empty. */
export const unit: TimeDomain<null, null> = {
  name: "unit",
  total: true,
  minimum: null,
  lessEqual: () => true,
  compare: () => 0,
  join: () => null,
  meet: () => null,
  key: () => 0,
  codec,
  summaries: {
    identity: null,
    resultsIn: () => null,
    compose: () => null,
    lessEqual: () => true,
    codec,
  },
};
