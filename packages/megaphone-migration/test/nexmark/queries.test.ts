// NEXMark's queries, native and migratable, answer what the oracle answers: whatever workers there are, and whatever moves where and when.
import { assert, integer, property, record } from "fast-check";
import { describe, expect, it } from "vitest";
import { type Answer, oracle } from "../oracle/nexmark.ts";
import { runQuery, type Subject, someEvents, windows } from "./run-query.ts";

/** The queries that answer at once, not when a window closes. */
const atOnce = [1, 2, 3, 8];

function expected({ query }: Subject, seed: number): Answer[] {
  return (oracle[query - 1] as (typeof oracle)[number])(someEvents(seed), windows);
}

/** Answers in one order; without their times where events come before these. */
function comparable({ query, exact }: Subject, answers: readonly Answer[]): string[] {
  const timed = exact || !atOnce.includes(query);
  return answers.map(({ at, record }) => JSON.stringify(timed ? [at, record] : record)).sort();
}

for (const query of [1, 2, 3, 4, 5, 6, 7, 8] as const) {
  describe(`query ${query}`, () => {
    it("has answers, mostly", () => {
      const answered = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((seed) => {
        return expected({ query, form: "native", exact: true }, seed).length > 0;
      });
      expect(answered.length).toBeGreaterThan(query === 2 ? 1 : 4);
    });

    for (const form of ["native", "migratable"] as const) {
      it(`is answered by the ${form} form on one worker`, () => {
        for (let seed = 1; seed <= 10; seed++) {
          const subject = { query, form, exact: seed % 2 === 0 };
          const { answers } = runQuery(subject, someEvents(seed), seed);
          expect(comparable(subject, answers), `seed ${seed}`).toEqual(comparable(subject, expected(subject, seed)));
        }
      });

      it(`is answered by the ${form} form under any schedule`, () => {
        let moved = 0;
        assert(
          property(record({ seed: integer({ min: 1, max: 1e6 }), workers: integer({ min: 1, max: 3 }) }), (run) => {
            const { seed, workers } = run;
            const subject = { query, form, exact: seed % 2 === 0 };
            const { answers, installed } = runQuery(subject, someEvents(seed), seed, workers);
            moved += installed;
            expect(comparable(subject, answers)).toEqual(comparable(subject, expected(subject, seed)));
          }),
          { numRuns: 25, seed: query },
        );
        // The first two queries have no state.
        if (form === "migratable" && query > 2) expect(moved).toBeGreaterThan(0);
      });
    }
  });
}
