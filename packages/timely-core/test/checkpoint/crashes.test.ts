// Programs that crash at any moment and start again with another number of workers put out what the oracle says, each record once; and
// they would not without any one part of the cut.

import { afterAll, describe, expect, it } from "vitest";
import { DataflowCuts } from "../../src/checkpoint/dataflow-cuts.ts";
import { Gate } from "../../src/checkpoint/gate.ts";
import { OperatorState } from "../../src/dataflow/operator-state.ts";
import { noTorture, type Restartable, tortureAll } from "./crashes.ts";
import { programs } from "./programs.ts";

describe("restarts from checkpoints under simulated schedules", () => {
  const total = noTorture();

  it.each(programs.map((program) => [program.name, program] as const))("%s", (_, program) => {
    tortureAll(program, 0, 120, total);
  });

  afterAll(() => {
    process.stdout.write(`${JSON.stringify(total)}\n`);
    expect(total.restored).toBeGreaterThan(100);
    expect(total.rescaled).toBeGreaterThan(50);
  });
});

/** Changes a method of a class while `act` runs. */
function withMethod(type: { prototype: object }, name: string, method: unknown, act: () => void): void {
  const original = Object.getOwnPropertyDescriptor(type.prototype, name) as PropertyDescriptor;
  Object.defineProperty(
    type.prototype,
    name,
    "get" in original ? { ...original, get: method as () => unknown } : { ...original, value: method },
  );
  try {
    act();
  } finally {
    Object.defineProperty(type.prototype, name, original);
  }
}

const sent = Gate.prototype.sent;

const mutants: readonly (readonly [name: string, type: { prototype: object }, method: string, changed: unknown])[] = [
  ["a gate that admits everything", Gate, "admits", () => true],
  [
    "records past the cut are not saved",
    Gate,
    "sent",
    function (this: Gate<unknown>, ...[output, time, batch, layout]: Parameters<typeof sent>) {
      const { crossings } = this;
      this.crossings = [];
      sent.call(this, output, time, batch, layout);
      this.crossings = crossings;
    },
  ],
  ["the cut is made before all of its records have come", OperatorState, "everyTime", () => true],
  [
    "the checkpoint does not wait for what is on its way to the end",
    DataflowCuts,
    "savedTo",
    function (this: DataflowCuts, number: number) {
      const { cuts } = this as unknown as { cuts: { saved: { from: number; to: number }[] }[] };
      const found = cuts.map(({ saved }) => saved.find(({ from, to }) => from <= number && number <= to)?.to);
      return found.includes(undefined) ? undefined : Math.min(...(found as number[]));
    },
  ],
];

describe("mutants of the cut", () => {
  it.each(mutants)("%s", (_, type, method, changed) => {
    let caught: unknown;
    withMethod(type, method, changed, () => {
      for (let first = 0; caught === undefined && first < 2000; first += 10) {
        for (const program of programs as readonly Restartable<never, never>[]) {
          try {
            tortureAll(program, first, 10, noTorture());
          } catch (error) {
            caught ??= error;
          }
        }
      }
    });
    expect(caught).toBeInstanceOf(Error);
  });
});
