// A drawing's promises: boxes lie in their scopes and beside each other, channels join the ports they say and cross no box.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { snapshot } from "../../src/introspection/index.ts";
import { layOut, type PlacedBox } from "../../src/introspection/layout/layout.ts";
import type { DataflowSnapshot } from "../../src/introspection/snapshot.ts";
import { anyDataflow, nestedWorker } from "./sample.ts";

const size = () => ({ width: 100, height: 50 });
const slack = 0.6;

function check(dataflow: DataflowSnapshot): void {
  const { boxes, channels, width, height } = layOut(dataflow, size);
  expect(boxes.map(({ operator }) => operator.address).sort()).toEqual(
    dataflow.operators.map(({ address }) => address).sort(),
  );
  expect(channels.length).toBe(dataflow.channels.length);
  const byAddress = new Map(boxes.map((box) => [box.operator.address, box]));
  const whole = { x: 0, y: 0, width, height };
  const around = (box: PlacedBox) => byAddress.get(box.operator.within) ?? whole;
  for (const box of boxes) {
    const outer = around(box);
    expect(box.x).toBeGreaterThanOrEqual(outer.x - slack);
    expect(box.y).toBeGreaterThanOrEqual(outer.y - slack);
    expect(box.x + box.width).toBeLessThanOrEqual(outer.x + outer.width + slack);
    expect(box.y + box.height).toBeLessThanOrEqual(outer.y + outer.height + slack);
    for (const other of boxes) {
      if (other === box || other.operator.within !== box.operator.within) continue;
      const apart =
        other.x >= box.x + box.width ||
        box.x >= other.x + other.width ||
        other.y >= box.y + box.height ||
        box.y >= other.y + other.height;
      if (!apart) throw new Error(`${box.operator.address} and ${other.operator.address} overlap`);
    }
  }
  for (const { channel, curves } of channels) {
    const from = byAddress.get(channel.from.operator) ?? whole;
    const to = byAddress.get(channel.to.operator) ?? whole;
    const first = curves[0] as readonly number[];
    const last = curves[curves.length - 1] as readonly number[];
    // From inside, a scope's inputs are at its top edge.
    const startsAt = channel.from.operator === channel.within ? from.y : from.y + from.height;
    const endsAt = channel.to.operator === channel.within ? to.y + to.height : to.y;
    expect(first[1]).toBeCloseTo(startsAt, 3);
    expect(last[7]).toBeCloseTo(endsAt, 3);
    expect(first[0]).toBeGreaterThan(from.x);
    expect(first[0]).toBeLessThan(from.x + from.width);
    let at: readonly number[] = first;
    // Only boxes of the same scope can be in the way: the channel stays inside its own.
    const near = boxes.filter(({ operator }) => operator.within === channel.within);
    const inside = byAddress.get(channel.within) ?? whole;
    for (const [i, curve] of curves.entries()) {
      if (i > 0) expect([curve[0], curve[1]]).toEqual([at[6], at[7]]);
      at = curve;
      for (let step = 0; step <= 20; step++) {
        const { x, y } = point(curve, step / 20);
        const stays =
          x >= inside.x - slack &&
          x <= inside.x + inside.width + slack &&
          y >= inside.y - slack &&
          y <= inside.y + inside.height + slack;
        if (!stays) throw new Error(`channel ${channel.address} leaves its scope at ${x}, ${y}`);
        for (const box of near) {
          const into =
            x > box.x + slack && x < box.x + box.width - slack && y > box.y + slack && y < box.y + box.height - slack;
          if (into) throw new Error(`channel ${channel.address} crosses ${box.operator.address}`);
        }
      }
    }
  }
}

/** A point of a Bézier curve, by De Casteljau. */
function point(curve: readonly number[], t: number): { x: number; y: number } {
  const along = (axis: number) => {
    let values = [0, 2, 4, 6].map((i) => curve[i + axis] as number);
    while (values.length > 1) values = values.slice(1).map((value, i) => (values[i] as number) * (1 - t) + value * t);
    return values[0] as number;
  };
  return { x: along(0), y: along(1) };
}

describe("a dataflow's drawing", () => {
  it("is right for two nested loops", () => {
    const { worker } = nestedWorker();
    const [dataflow] = snapshot(worker).dataflows;
    check(dataflow as DataflowSnapshot);
  });

  it("is right for any graph", () => {
    fc.assert(fc.property(anyDataflow, check), { numRuns: 300 });
  });

  it("is the same whatever the figures are, so that nothing jumps when they change", () => {
    const { worker, numbers } = nestedWorker();
    const place = () => layOut(snapshot(worker).dataflows[0] as DataflowSnapshot, size).boxes.map(({ x, y }) => [x, y]);
    const before = place();
    for (let i = 0; i < 1000; i++) numbers.send(i);
    numbers.advanceTo(12345);
    for (let i = 0; i < 100; i++) worker.step();
    expect(place()).toEqual(before);
  });

  it("of thousands of operators does not take for ever", () => {
    const operators = Array.from({ length: 3000 }, (_, i) => ({
      address: `0.${i + 1}`,
      name: "map",
      within: "0",
      scope: false,
      inputs: [{ frontier: [], records: 0, batches: 0, waiting: 0 }],
      outputs: [{ frontier: [], records: 0, batches: 0, waiting: 0 }],
      held: [],
      heldCount: 0,
      workers: [],
    }));
    const channels = operators.slice(1).map(({ address }, i) => ({
      address: `0:${i}-${i + 1}`,
      within: "0",
      from: { operator: `0.${Math.max(1, i - (i % 7))}`, port: 0 },
      to: { operator: address, port: 0 },
      pact: "pipeline",
      sent: { messages: 0, records: 0, bytes: 0 },
      records: 0,
    }));
    expect(layOut({ address: "0", name: "many", operators, channels }, size).boxes.length).toBe(3000);
  });
});
