// The one-worker engine and the page of a snapshot in a real browser, without cross-origin isolation, with and without leave to compile
// strings.

import { readFileSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Input, input, map, type Rows, type Scope, solo, type Worker } from "../../src/index.ts";
import { pageUpdate, snapshot, toPage, withRates } from "../../src/introspection/index.ts";
import { hostileNames, nestedWorker } from "../introspection/sample.ts";
import { type BundledFile, bundle } from "./bundle.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const program = process.env.LIMMAT_CHROMIUM;
const absent = process.env.LIMMAT_CHROMIUM_ABSENT ?? (program === undefined ? "LIMMAT_CHROMIUM is not set" : "");
const note = absent === "" ? "" : ` (skipped: ${absent})`;

describe.skipIf(absent !== "")(`in Chromium${note}`, () => {
  let browser: Browser;
  let server: Server;
  let address = "";
  /** What is served, by path. */
  const served = new Map<string, { type: string; body: string; policy?: string }>();
  const streams = new Set<ServerResponse>();
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: program as string,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    server = createServer((request, response) => {
      if (request.url === "/events") {
        response.writeHead(200, { "content-type": "text/event-stream" });
        streams.add(response);
        return;
      }
      const file = served.get(request.url ?? "");
      response.writeHead(file === undefined ? 404 : 200, {
        "content-type": file?.type ?? "text/plain",
        ...(file?.policy === undefined ? {} : { "content-security-policy": file.policy }),
      });
      response.end(file?.body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await browser?.close();
    for (const stream of streams) stream.end();
    await new Promise((resolve) => (server === undefined ? resolve(0) : server.close(resolve)));
  });

  async function open(path: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    complaints.length = 0;
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("dialog", (dialog) => {
      complaints.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(address)) complaints.push(`asks ${request.url()}`);
    });
    await page.goto(`${address}${path}`);
    return page;
  }

  describe("a bundled program", () => {
    let files: BundledFile[];
    beforeAll(async () => {
      files = await bundle(readFileSync(fileURLToPath(new URL("./fixtures/program.js", import.meta.url)), "utf8"));
      for (const { name, code } of files) served.set(`/${name}`, { type: "text/javascript", body: code });
    });

    it.each([
      ["may compile strings", "default-src 'none'; script-src 'self' 'unsafe-eval'", true],
      ["may compile none", "default-src 'none'; script-src 'self'", false],
    ])("counts, loops, launches and simulates where it %s", async (_, policy, allowed) => {
      const body = `<!doctype html><script type="module" src="/${files[0]?.name}"></script>`;
      served.set("/program", { type: "text/html", body, policy });
      const page = await open("/program");
      await page.waitForFunction(() => "result" in globalThis);
      const result = JSON.parse(await page.evaluate(() => (globalThis as unknown as { result: string }).result));
      await page.close();
      const sixes = [0, 3, 6, 9, 12, 15, 18].map((key) => `n${key % 4}:${2 * key}`);
      expect(result).toEqual({
        eval: allowed,
        shared: false,
        words: { counts: { a: 4, rose: 3, is: 3, daisy: 1, not: 1 }, operators: expect.any(Number), page: true },
        table: sixes,
        client: { totals: [6], workers: 3 },
        simulated: new Array(20).fill(15),
        pipeline: "pipeline",
      });
      expect(complaints).toEqual([]);
    });
  });

  describe("the page of a snapshot", () => {
    /** A worker that is named so that markup breaks, and has done something. */
    function busy(name: string): { worker: Worker; numbers: Input<number, Rows<number>> } {
      const { worker, numbers } = nestedWorker(name);
      snapshot(worker);
      numbers.send(1, 20, 300);
      numbers.advanceTo(3);
      while (worker.isBusy) worker.step();
      return { worker, numbers };
    }

    it("shows names as they are, runs none of them, and asks for nothing", async () => {
      const worker = solo();
      for (const name of hostileNames) {
        const build = {
          [name]: (scope: Scope<number>) => {
            const feed = input<number>(scope, name);
            feed.stream.pipe(map((n) => n));
          },
        }[name] as (scope: Scope<number>) => void;
        worker.dataflow(build);
      }
      served.set("/names", { type: "text/html", body: toPage(snapshot(worker), { title: hostileNames[0] as string }) });
      const page = await open("/names");
      expect(await page.title()).toBe(hostileNames[0]);
      const count = await page.locator("#dataflow option").count();
      expect(count).toBe(hostileNames.length);
      for (let i = 0; i < count; i++) {
        await page.selectOption("#dataflow", { index: i });
        await page.hover(".operator");
        const details = (await page.locator("#details").textContent()) ?? "";
        expect(details).toContain(`${hostileNames[i]?.replaceAll("\r", "")} (operator ${i}.1)`.slice(0, 10).trimEnd());
      }
      expect(complaints).toEqual([]);
      await page.close();
    });

    it("tells all of an operator that is pointed at, and keeps one that is clicked", async () => {
      const { worker } = busy("kept");
      served.set("/kept", { type: "text/html", body: toPage(snapshot(worker)) });
      const page = await open("/kept");
      const details = page.locator("#details");
      await page.hover(".operator[data-address='0.1']");
      expect(await details.textContent()).toContain("numbers (operator 0.1)");
      expect(await details.textContent()).toContain("worker 0 holds 3");
      await page.click(".operator[data-address='0.2']");
      await page.mouse.move(5, 5);
      expect(await details.textContent()).toContain("exchange (operator 0.2)");
      expect(await details.textContent()).toContain("input 0: frontier {3}");
      await page.hover(".operator[data-address='0.3.3.3']");
      expect(await details.textContent()).toContain("input 0: frontier {(3, 0, 0)}");
      await page.close();
    });

    it("has labels that fit their boxes", async () => {
      const { worker } = busy("fitting");
      served.set("/fitting", { type: "text/html", body: toPage(snapshot(worker)) });
      const page = await open("/fitting");
      // As text: this package is checked without the types of a page.
      const wide = await page.evaluate(`[...document.querySelectorAll(".operator")].flatMap((group) => {
        const box = group.querySelector("rect").getBBox();
        return [...group.querySelectorAll("text")].flatMap((text) => {
          const { x, width } = text.getBBox();
          return x >= box.x && x + width <= box.x + box.width ? [] : [text.textContent + " is " + width + " wide"];
        });
      })`);
      expect(wide).toEqual([]);
      await page.close();
    });

    it("shows what a stream of updates brings, and that it has lost it", async () => {
      const { worker, numbers } = busy("live");
      const first = snapshot(worker);
      served.set("/live", { type: "text/html", body: toPage(first, { source: "/events" }) });
      const page = await open("/live");
      await vi.waitUntil(() => streams.size === 1);
      for (let i = 0; i < 100; i++) numbers.send(i);
      numbers.advanceTo(77);
      while (worker.isBusy) worker.step();
      const [stream] = streams;
      stream?.write(`data: ${pageUpdate(withRates(snapshot(worker), first))}\n\n`);
      // Asked from here: waitForFunction evaluates text in the page again and again, which the page's policy forbids.
      const drawing = (): Promise<string | null> => page.locator("#drawing").textContent();
      await vi.waitUntil(async () => (await drawing())?.includes("{77}"), { timeout: 10_000 });
      expect(await page.locator("#state").textContent()).toContain("live");
      expect(await page.locator("#drawing").textContent()).toMatch(/%.*\/s in/);
      numbers.close();
      worker.run();
      stream?.write(`data: ${pageUpdate(snapshot(worker))}\n\n`);
      await vi.waitUntil(async () => (await drawing()) === "", { timeout: 10_000 });
      streams.clear();
      stream?.destroy();
      await page.waitForSelector("#state.lost");
      expect(complaints).toEqual([]);
      await page.close();
    });
  });
});
