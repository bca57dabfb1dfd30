import { byKey, input, rows, solo } from "@limmat/timely-core";
import { describe, expect, it } from "vitest";
import { BinBitsError, type ControlRecord, mapStore, StatefulOptionError, statefulUnary } from "../../src/index.ts";

function build(options: object): void {
  solo().dataflow((scope) => {
    const stream = input<number>(scope).stream;
    const control = input<ControlRecord>(scope, "control").stream;
    const key = byKey((n: number) => n);
    stream.pipe(
      statefulUnary("op", { key, control, ...options }, rows<number>(), () => ({ store: mapStore(), fold() {} })),
    );
  });
}

describe("options of a stateful operator", () => {
  it.each([
    ["budget", 0],
    ["budget", Number.NaN],
    ["credit", -1],
    ["preCopy", -1],
    ["preCopy", Number.NaN],
    ["gating", "bins"],
  ])("%s %s is refused by name", (option, value) => {
    expect(() => build({ [option]: value })).toThrow(StatefulOptionError);
    expect(() => build({ [option]: value })).toThrow(new RegExp(`^${option} `));
  });

  it("bins beyond 2^20 are refused", () => {
    expect(() => build({ bins: 21 })).toThrow(BinBitsError);
    expect(() => build({})).not.toThrow();
  });
});
