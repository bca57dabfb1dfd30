// Hostile input: who is kept out, and what is too much.
import { createConnection } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkHost, isLoopback } from "../../src/api/access.ts";
import { MAX_BODY_BYTES, MAX_CHANGES, MAX_PATHS } from "../../src/api/schemas.ts";
import { readEvents, type Service, startService } from "./service.ts";

/** Sends bytes as they are, and answers all that comes back. */
function raw(url: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(Number(new URL(url).port), "127.0.0.1", () => socket.write(bytes));
    let text = "";
    socket.setEncoding("latin1").on("data", (data) => {
      text += data;
    });
    socket.on("close", () => resolve(text)).on("error", reject);
  });
}

const down = [{ op: "link-down", link: "denver--kansas-city" }];

describe("a service on a loopback address", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService("abilene", { limits: { followers: 2 } });
  });
  afterAll(async () => {
    expect(service.routing.epoch).toBe(0);
    expect(service.defects).toEqual([]);
    await service.close();
  });

  it("answers to no other name (DNS rebinding), for reading neither", async () => {
    for (const path of ["/", "/api/topology", "/api/events", "/health"]) {
      const reply = await raw(
        service.url,
        `GET ${path} HTTP/1.1\r\nHost: rebound.example:8080\r\nConnection: close\r\n\r\n`,
      );
      expect(reply).toMatch(/^HTTP\/1.1 403 /);
      expect(reply).toContain('"code":"FOREIGN_HOST"');
    }
    for (const host of ["localhost", "127.0.0.1:1", "[::1]:8080"]) {
      const reply = await raw(service.url, `GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect(reply).toMatch(/^HTTP\/1.1 200 /);
    }
  });

  it("refuses what a page of another site can send", async () => {
    const refused: [headers: Record<string, string>, status: number, code: string][] = [
      [{ origin: "https://evil.example" }, 403, "CROSS_SITE"],
      [{ origin: "null" }, 403, "CROSS_SITE"],
      [{ origin: "http://127.0.0.1:1" }, 403, "CROSS_SITE"],
      [{ "sec-fetch-site": "cross-site" }, 403, "CROSS_SITE"],
      [{ "sec-fetch-site": "same-site" }, 403, "CROSS_SITE"],
      [{ "content-type": "text/plain" }, 415, "NOT_JSON"],
      [{ "content-type": "application/x-www-form-urlencoded" }, 415, "NOT_JSON"],
      [{ "content-type": "application/jsonp" }, 415, "NOT_JSON"],
    ];
    for (const [headers, status, code] of refused) {
      for (const path of ["/api/changes", "/api/paths"]) {
        const { json } = await service.call("post", path, { body: down, headers });
        expect(json).toMatchObject({ status, code });
      }
    }
    // No header lets other sites read.
    const { headers } = await service.call("get", "/api/topology", { headers: { origin: "https://evil.example" } });
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  it("refuses bodies that are too large, announced or not", async () => {
    const large = JSON.stringify(down) + " ".repeat(MAX_BODY_BYTES);
    expect((await service.call("post", "/api/changes", { body: large })).json).toMatchObject({ status: 413 });
    const head =
      "POST /api/changes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n";
    const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
    const chunked = await raw(service.url, `${head}Transfer-Encoding: chunked\r\n\r\n${chunk.repeat(80)}0\r\n\r\n`);
    expect(chunked).toMatch(/^HTTP\/1.1 413 /);
    const announced = await raw(service.url, `${head}Content-Length: 99999999999\r\n\r\n`);
    expect(announced).toMatch(/^HTTP\/1.1 413 /);
  });

  it("refuses bodies that are none", async () => {
    const cases: [unknown, number, string][] = [
      ["", 400, "BAD_JSON"],
      ["[", 400, "BAD_JSON"],
      ["[".repeat(100_000), 400, "BAD_JSON"],
      ["null", 422, "NOT_AN_ARRAY"],
      [{ op: "link-down", link: "denver--kansas-city" }, 422, "NOT_AN_ARRAY"],
      [[], 422, "EMPTY"],
      [Array(Math.max(MAX_CHANGES, MAX_PATHS) + 1).fill(0), 422, "TOO_MANY"],
    ];
    for (const [body, status, code] of cases) {
      for (const path of ["/api/changes", "/api/paths"]) {
        expect((await service.call("post", path, { body })).json).toMatchObject({ status, code });
      }
    }
    const prototype = '[{"op":"link-down","__proto__":{"link":"denver--kansas-city"}}]';
    expect((await service.call("post", "/api/changes", { body: prototype })).json).toMatchObject({
      code: "MISSING_FIELD",
    });
    expect((await service.call("post", "/api/paths", { body: [{ from: "denver", to: 7 }] })).json).toMatchObject({
      status: 422,
      index: 0,
      field: "to",
    });
    expect((await service.call("post", "/api/changes?groups=maybe", { body: down })).json).toMatchObject({
      status: 400,
      field: "groups",
    });
  });

  it("has room for so many followers", async () => {
    const held = await Promise.all([1, 2].map(() => fetch(`${service.url}/api/events`)));
    const refused = await service.call("get", "/api/events");
    expect(refused.json).toMatchObject({ status: 503, code: "TOO_MANY_FOLLOWERS" });
    expect(refused.headers.get("retry-after")).toBe("10");
    for (const { body } of held) await body?.cancel();
    // Their places are free again once the server has seen them go.
    await expect.poll(async () => (await service.call("get", "/metrics")).text).toMatch(/^limmat_event_followers 0$/m);
    expect((await readEvents(`${service.url}/api/events`, 1)).length).toBe(1);
  });
});

describe("a service with a token", () => {
  it("takes changes with it only, and reads without", async () => {
    const service = await startService("abilene", { access: { host: "0.0.0.0", token: "open sesame" } });
    try {
      for (const authorization of ["", "Bearer", "Bearer open", "Bearer open sesame ", "Basic open sesame"]) {
        const { json, headers } = await service.call("post", "/api/changes", {
          body: down,
          headers: { authorization },
        });
        // Trailing space is no part of a header's value.
        if (authorization.endsWith(" ")) expect(json.epoch).toBe(1);
        else {
          expect(json).toMatchObject({ status: 401, code: "TOKEN_WANTED" });
          expect(headers.get("www-authenticate")).toBe("Bearer");
        }
      }
      expect((await service.call("get", "/api/paths?from=denver&to=chicago")).status).toBe(200);
      // Others reach it by names that it does not know.
      const reply = await raw(service.url, "GET /health HTTP/1.1\r\nHost: router.example\r\nConnection: close\r\n\r\n");
      expect(reply).toMatch(/^HTTP\/1.1 200 /);
    } finally {
      await service.close();
    }
  });
});

describe("names of this machine", () => {
  it("are these", () => {
    for (const host of ["127.0.0.1", "127.1.2.3", "::1", "localhost"]) expect(isLoopback(host)).toBe(true);
    for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example", "localhost.example"]) {
      expect(isLoopback(host)).toBe(false);
    }
    expect(() => checkHost(new Request("http://x/"), { host: "127.0.0.1" })).toThrow(/localhost/);
  });
});
