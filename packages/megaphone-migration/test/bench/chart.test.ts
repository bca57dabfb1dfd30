import { expect, test } from "vitest";
import { type Chart, picture } from "../../bench/plot/chart.ts";
import { scaleFor } from "../../bench/plot/scale.ts";

const chart: Chart = {
  title: "Latency & load",
  x: { label: "records", scale: "log" },
  y: { label: "ms", scale: "linear" },
  series: [
    {
      name: "a < b",
      points: [
        [1, 0],
        [10, 5],
        [100, 10],
      ],
      labels: ["", "middle"],
    },
    {
      name: "broken",
      points: [
        [Number.NaN, 1],
        [0, 2],
        [50, Number.NaN],
      ],
    },
  ],
};

test("a logarithmic scale gives equal factors equal lengths, and names round values only", () => {
  const scale = scaleFor({ label: "", scale: "log" }, [0.03, 420], [0, 100], 6);
  expect(scale.at(1) - scale.at(0.1)).toBeCloseTo(scale.at(100) - scale.at(10));
  expect(scale.at(0.03)).toBeGreaterThanOrEqual(0);
  expect(scale.at(420)).toBeLessThanOrEqual(100);
  for (const tick of scale.ticks) expect(String(tick)).toMatch(/^0?\.?0*[125]0*$/);
});

test("a linear scale begins at 0 and ends at or after the largest value", () => {
  const scale = scaleFor({ label: "", scale: "linear" }, [3, 97], [0, 100], 6);
  expect(scale.at(0)).toBe(0);
  expect(scale.at(97)).toBeLessThanOrEqual(100);
  expect(scale.ticks).toEqual([0, 20, 40, 60, 80, 100]);
});

test("no values: a scale all the same", () => {
  for (const kind of ["linear", "log"] as const) {
    const scale = scaleFor({ label: "", scale: kind }, [Number.NaN], [0, 10], 5);
    expect(scale.ticks.every((tick) => Number.isFinite(scale.at(tick)))).toBe(true);
  }
});

test("a picture draws what is finite, names every line once, and escapes what it writes", () => {
  const svg = picture([chart, { ...chart, title: "Again" }], 2);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/a &lt; b/g)).toHaveLength(1);
  expect(svg).toContain("Latency &amp; load");
  expect(svg.match(/<circle/g)).toHaveLength(8); // three points of the one, and the clamped one of the other, twice
  expect(svg.match(/>middle</g)).toHaveLength(2);
  expect(svg).toContain("prefers-color-scheme:dark");
});
