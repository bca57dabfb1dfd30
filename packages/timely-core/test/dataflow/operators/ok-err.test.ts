import { describe, expect, it } from "vitest";
import { concat, map, okErr } from "../../../src/index.ts";
import { outputsOf } from "../run.ts";

describe("okErr", () => {
  it("divides results and mistakes", () => {
    const outputs = outputsOf<string, string>(
      [
        [0, "1", "x"],
        [2, "y", "4"],
      ],
      (stream) => {
        const { ok, err } = stream.pipe(
          okErr((text: string) => {
            const value = Number(text);
            return Number.isNaN(value) ? { ok: false, error: `${text} is no number` } : { ok: true, value };
          }),
        );
        return ok.pipe(
          map((value) => `ten times: ${value * 10}`),
          concat(err),
        );
      },
    );
    expect([...outputs].sort()).toEqual([
      [0, "ten times: 10"],
      [0, "x is no number"],
      [2, "ten times: 40"],
      [2, "y is no number"],
    ]);
  });
});
