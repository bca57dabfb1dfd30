// Half of the simulation suite; see `schedules-suite.ts`.

import { describeHalf } from "./schedules-suite.ts";

describeHalf(1);
