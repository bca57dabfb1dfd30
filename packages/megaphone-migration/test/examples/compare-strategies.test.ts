import { expect, it, vi } from "vitest";

it("takes the steps that the paper's evaluation had (fact sheet, section 3.2)", async () => {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line: string) => void lines.push(line));
  try {
    await import("../../examples/compare-strategies.ts");
  } finally {
    log.mockRestore();
  }
  expect(lines).toEqual([
    "1024 of 4096 bins move",
    "allAtOnce: 1 steps, at most 128 bins a worker",
    "fluid: 1024 steps, at most 1 bins a worker",
    "batched(8): 128 steps, at most 1 bins a worker",
    "optimized: 128 steps, at most 1 bins a worker",
  ]);
});
