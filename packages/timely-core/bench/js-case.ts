// One case beside libraries of JavaScript, in a process of its own: `js-case.js NAME` prints the records a second of each, as JSON.
// The engine first runs eight other dataflows (engine rule 13); the others run nothing else.
import { solo } from "@limmat/timely-core";
import { jsCases } from "./js/cases.ts";
import { contest } from "./js/contest.ts";
import { warmUp } from "./warm-up.ts";

const found = jsCases.find(({ name }) => name === process.argv[2]);
if (found === undefined) throw new Error(`there is no case ${process.argv[2]}`);
const worker = solo();
warmUp(worker);
const rates = contest(found.contestants(worker), found.records, found.turns);
console.log(JSON.stringify(Object.fromEntries(rates)));
