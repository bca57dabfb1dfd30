// How much of a page the engine takes, minified and compressed. The figures are in the README; who makes it bigger says so there.

import { gzipSync } from "node:zlib";
import { expect, it, vi } from "vitest";
import { bundle } from "./bundle.ts";

vi.setConfig({ testTimeout: 120_000 });

/** Kilobytes (1,000 bytes) that a program's entry takes. */
async function kilobytes(program: string): Promise<number> {
  const [entry] = await bundle(program);
  return gzipSync(entry?.code ?? "", { level: 9 }).length / 1000;
}

it("a page that uses one operator stays within its budget", async () => {
  const size = await kilobytes(`
    import { input, inspect, map, solo } from "@limmat/timely-core";
    const worker = solo();
    const feed = worker.dataflow((scope) => {
      const feed = input(scope);
      feed.stream.pipe(map((n) => n + 1), inspect((n) => console.log(n)));
      return feed;
    });
    feed.send(1);
    feed.close();
    worker.run();
  `);
  expect(size).toBeGreaterThan(10);
  expect(size).toBeLessThan(38);
});

it("everything of the main entry stays within its budget", async () => {
  const size = await kilobytes(`export * from "@limmat/timely-core";`);
  expect(size).toBeGreaterThan(20);
  expect(size).toBeLessThan(68);
});

it("everything of the introspection stays within its budget", async () => {
  const size = await kilobytes(`export * from "@limmat/timely-core/introspection";`);
  expect(size).toBeGreaterThan(5);
  expect(size).toBeLessThan(15);
});
