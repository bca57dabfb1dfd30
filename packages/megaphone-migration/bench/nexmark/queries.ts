// All queries by number, in both forms.
import type { StatefulOptions } from "@limmat/megaphone-migration";
import type { Columns, Fields, Stream } from "@limmat/timely-core";
import type { Events } from "./events/records.ts";
import { q1 as m1 } from "./migratable/q1.ts";
import { q2 as m2 } from "./migratable/q2.ts";
import { q3 as m3 } from "./migratable/q3.ts";
import { q4 as m4 } from "./migratable/q4.ts";
import { q5 as m5 } from "./migratable/q5.ts";
import { q6 as m6 } from "./migratable/q6.ts";
import { q7 as m7 } from "./migratable/q7.ts";
import { q8 as m8 } from "./migratable/q8.ts";
import { q1 as n1 } from "./native/q1.ts";
import { q2 as n2 } from "./native/q2.ts";
import { q3 as n3 } from "./native/q3.ts";
import { q4 as n4 } from "./native/q4.ts";
import { q5 as n5 } from "./native/q5.ts";
import { q6 as n6 } from "./native/q6.ts";
import { q7 as n7 } from "./native/q7.ts";
import { q8 as n8 } from "./native/q8.ts";
import type { Windows } from "./windows.ts";

/** The numbers of the queries. */
export type QueryNumber = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What a query answers; which columns depends on the query. */
export type Answers = Stream<number, Columns<Fields>>;

type Native = (events: Events, windows: Windows) => Answers;
type Migratable = (events: Events, moving: StatefulOptions<number>, windows: Windows) => Answers;

/** The queries with timely-core's operators alone. */
export const native: Readonly<Record<QueryNumber, Native>> = {
  1: n1,
  2: n2,
  3: n3,
  4: n4,
  5: n5,
  6: n6,
  7: n7,
  8: n8,
};

/** The queries whose state moves as a control stream says. */
export const migratable: Readonly<Record<QueryNumber, Migratable>> = {
  1: m1,
  2: m2,
  3: m3,
  4: m4,
  5: m5,
  6: m6,
  7: m7,
  8: m8,
};
