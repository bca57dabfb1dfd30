// The built page in a real browser: it draws the network, and a click on a link shows the reroute.
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { loadPage } from "../../src/api/page.ts";
import { type Service, startService } from "../api/service.ts";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const program = process.env.LIMMAT_CHROMIUM;
const absent = process.env.LIMMAT_CHROMIUM_ABSENT ?? (program === undefined ? "LIMMAT_CHROMIUM is not set" : "");
const note = absent === "" ? "" : ` (skipped: ${absent})`;

describe.skipIf(absent !== "")(`the page in Chromium${note}`, () => {
  let browser: Browser;
  let service: Service;
  let page: Page;
  const complaints: string[] = [];

  const open = async (network: string): Promise<void> => {
    service = await startService(network, { page: await loadPage() });
    page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(service.url)) complaints.push(`asks ${request.url()}`);
    });
    await page.goto(service.url);
    await page.waitForSelector("canvas[data-drawn]");
  };
  const shut = async (): Promise<void> => {
    await page.close();
    await service.close();
    expect(complaints).toEqual([]);
    expect(service.defects).toEqual([]);
  };

  /** How many pixels of a part of the map are near a colour of the style sheet. */
  const count = (colour: string, box?: { x: number; y: number; size: number }): Promise<number> =>
    page.evaluate(
      ([name, part]) => {
        const canvas = document.querySelector("canvas") as HTMLCanvasElement;
        const context = canvas.getContext("2d") as CanvasRenderingContext2D;
        const ratio = canvas.width / canvas.getBoundingClientRect().width;
        const area = part
          ? [part.x - part.size, part.y - part.size, 2 * part.size, 2 * part.size].map((value) =>
              Math.round(value * ratio),
            )
          : [0, 0, canvas.width, canvas.height];
        const { data } = context.getImageData(...(area as [number, number, number, number]));
        const hex = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
        const wanted = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
        let found = 0;
        for (let i = 0; i < data.length; i += 4) {
          if (wanted.every((value, channel) => Math.abs(value - (data[i + channel] as number)) < 24)) found++;
        }
        return found;
      },
      [colour, box] as const,
    );
  const wayOf = (kind: string): Promise<string[]> => page.locator(`[data-kind=${kind}] .node`).allTextContents();
  const counter = async (name: string): Promise<number> =>
    Number((await page.locator(`[data-counter=${name}] dd`).textContent())?.replaceAll(",", ""));

  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: program as string,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  afterAll(() => browser?.close());

  it("draws the network, and a click on a link of the map shows the failure and its effect", async () => {
    await open("abilene");
    expect(await count("node")).toBeGreaterThan(500);
    expect(await count("accent")).toBeGreaterThan(500);
    expect(await count("danger")).toBe(0);
    await expect
      .poll(() => wayOf("present"))
      .toEqual(["Seattle", "Denver", "Kansas City", "Indianapolis", "Chicago", "New York"]);
    expect(await wayOf("former")).toEqual([]);

    // A link of the route says where the map has its middle.
    const link = page.locator('[data-kind=present] [data-link="denver--kansas-city"]');
    const [x, y] = [Number(await link.getAttribute("data-x")), Number(await link.getAttribute("data-y"))];
    expect(await count("accent", { x, y, size: 4 })).toBeGreaterThan(5);
    await page.locator("canvas").click({ position: { x, y } });

    await expect
      .poll(() => wayOf("present"))
      .toEqual(["Seattle", "Sunnyvale", "Los Angeles", "Houston", "Atlanta", "Washington DC", "New York"]);
    expect(await wayOf("former")).toEqual(["Seattle", "Denver", "Kansas City", "Indianapolis", "Chicago", "New York"]);
    expect([await counter("pairs"), await counter("sets")]).toEqual([28, 31]);
    expect(await counter("groups")).toBe(service.log[0]?.groupsChanged);
    expect(await counter("ms")).toBeGreaterThan(0);
    await expect.poll(() => count("danger", { x, y, size: 4 })).toBeGreaterThan(5);
    expect(await count("former")).toBeGreaterThan(100);
    expect(await page.locator("[data-epoch='1']").textContent()).toContain("Denver – Kansas City failed");
    expect(service.log.map(({ applied }) => applied)).toEqual([[{ op: "link-down", link: "denver--kansas-city" }]]);

    await page.locator("canvas").click({ position: { x, y } });
    await expect
      .poll(() => wayOf("present"))
      .toEqual(["Seattle", "Denver", "Kansas City", "Indianapolis", "Chicago", "New York"]);
    await expect.poll(() => count("danger")).toBe(0);
    expect(service.log[1]?.applied).toEqual([{ op: "link-up", link: "denver--kansas-city" }]);
    await shut();
  });

  it("works with the keyboard, and shows what others do", async () => {
    await open("abilene");
    await page.getByLabel("From", { exact: true }).fill("houston");
    await page.getByLabel("To", { exact: true }).fill("chicago");
    await page.keyboard.press("Enter");
    await expect.poll(() => wayOf("present")).toEqual(["Houston", "Atlanta", "Indianapolis", "Chicago"]);
    await service.call("post", "/api/changes", { body: [{ op: "node-down", node: "indianapolis" }] });
    await expect.poll(() => wayOf("present")).toEqual(["Houston", "Atlanta", "Washington DC", "New York", "Chicago"]);
    expect(await page.locator(".down li").allTextContents()).toEqual([expect.stringContaining("Indianapolis")]);
    await page.getByRole("button", { name: "Restore all" }).focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => wayOf("present")).toEqual(["Houston", "Atlanta", "Indianapolis", "Chicago"]);
    await page.getByRole("button", { name: "fail link houston--atlanta" }).last().focus();
    await page.keyboard.press("Enter");
    await expect.poll(() => wayOf("present")).toEqual(["Houston", "Kansas City", "Indianapolis", "Chicago"]);
    await page.getByLabel("To", { exact: true }).fill("atlantis");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.getByRole("alert").textContent()).toContain("atlantis");
    // The refused request shows in the browser's console.
    expect(complaints.splice(0)).toEqual([expect.stringContaining("404")]);
    await shut();
  });

  it("follows a network that becomes another", async () => {
    await open("ring:6");
    const shown = () => page.locator(".network").textContent();
    await expect.poll(shown).toContain("6 nodes · 6 links · epoch 0");
    await service.call("post", "/api/changes", { body: [{ op: "node-add", node: "late" }] });
    await expect.poll(shown).toContain("7 nodes · 6 links · epoch 1");
    await shut();
  });

  it("stays usable on a large fabric", async () => {
    await open("fat-tree:16");
    await expect.poll(async () => (await wayOf("present")).length).toBe(5);
    expect(await count("node")).toBeGreaterThan(300);
    const link = page.locator("[data-kind=present] [data-link]").nth(1);
    const id = await link.getAttribute("data-link");
    await page.locator("canvas").click({
      position: { x: Number(await link.getAttribute("data-x")), y: Number(await link.getAttribute("data-y")) },
    });
    await expect.poll(async () => (await wayOf("former")).length).toBe(5);
    expect(service.log[0]?.applied).toEqual([{ op: "link-down", link: id }]);
    await shut();
  });
});
