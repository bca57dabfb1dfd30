import { existsSync, readFileSync } from "node:fs";
import { readTopology } from "@limmat/incremental-routing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readEvents, type Service, startService, validator } from "./service.ts";

describe("a service on Abilene", () => {
  let service: Service;
  beforeAll(async () => {
    service = await startService("abilene");
  });
  afterAll(() => service.close());

  it("shows the network in columns", async () => {
    const { json, headers } = await service.call("get", "/api/topology");
    expect(json).toMatchObject({ epoch: 0, name: "abilene" });
    expect(json.nodes.id.length).toBe(11);
    expect(json.nodes.label[0]).toBe("Seattle");
    expect(json.nodes.position[0]).toEqual({ latitude: 47.61, longitude: -122.33 });
    expect(json.links.id[0]).toBe("seattle--sunnyvale");
    expect([json.nodes.id[json.links.from[0]], json.nodes.id[json.links.to[0]]]).toEqual(["seattle", "sunnyvale"]);
    const again = await service.call("get", "/api/topology", {
      headers: { "if-none-match": headers.get("etag") as string },
    });
    expect([again.status, again.text]).toEqual([304, ""]);
  });

  it("answers one pair and many", async () => {
    const { json } = await service.call("get", "/api/paths?from=seattle&to=atlanta");
    expect(json).toEqual({
      epoch: 0,
      from: "seattle",
      to: "atlanta",
      distance: 4,
      nextHops: ["denver", "sunnyvale"],
      path: ["seattle", "denver", "kansas-city", "houston", "atlanta"],
      links: ["seattle--denver", "denver--kansas-city", "kansas-city--houston", "houston--atlanta"],
      pathCount: "3",
    });
    const { epoch, ...path } = json;
    const many = await service.call("post", "/api/paths", {
      body: [
        { from: "seattle", to: "atlanta" },
        { from: "denver", to: "denver" },
      ],
    });
    expect(many.json).toEqual({
      epoch,
      paths: [
        path,
        { from: "denver", to: "denver", distance: 0, nextHops: [], path: ["denver"], links: [], pathCount: "1" },
      ],
    });
  });

  it("applies an epoch, tells followers and the log, and answers as of it", async () => {
    const before = service.routing.epoch;
    let reply: Promise<{ json: unknown }> | undefined;
    const down = [{ op: "link-down", link: "denver--kansas-city" }];
    const events = await readEvents(`${service.url}/api/events`, 2, {}, () => {
      reply = service.call("post", "/api/changes", { body: down });
    });
    const delta = (await reply)?.json as { groupsChanged: number; groups: unknown };
    expect(delta).toMatchObject({
      epoch: before + 1,
      changes: 1,
      pairsChanged: 28,
      nextHopSetsChanged: 31,
      applied: down,
    });
    // Stage 2 is deterministic: denver has no link to kansas-city any more, so one group of its has ended.
    const groups = delta.groups as { node: string; removed: number[]; added: unknown[]; changed: unknown[] }[];
    expect(groups.map(({ node }) => node)).toEqual([...groups.map(({ node }) => node)].sort());
    expect(groups.find(({ node }) => node === "denver")?.removed.length).toBe(1);
    const changed = groups.reduce((sum, g) => sum + g.added.length + g.changed.length + g.removed.length, 0);
    expect(delta.groupsChanged).toBe(changed);
    expect(events.map(({ event, id }) => [event, id])).toEqual([
      ["ready", undefined],
      ["epoch", String(before + 1)],
    ]);
    expect(events[0]?.data.epoch).toBe(before);
    expect(events[1]?.data).toEqual(delta);
    for (const [name, { data }] of [
      ["Ready", events[0]],
      ["Delta", events[1]],
    ] as [string, { data: unknown }][]) {
      const validate = validator(name);
      expect([validate(data), validate.errors]).toEqual([true, null]);
    }
    const { groups: _, ...summary } = delta;
    expect(service.log.at(-1)).toEqual(summary);
    const { json } = await service.call("get", "/api/paths?from=seattle&to=atlanta");
    expect(json).toMatchObject({ epoch: before + 1, distance: 4, nextHops: ["sunnyvale"], pathCount: "1" });
    const topology = (await service.call("get", "/api/topology")).json;
    expect(topology.links.up[topology.links.id.indexOf("denver--kansas-city")]).toBe(false);
    expect(topology.links.up.filter((up: boolean) => !up).length).toBe(1);

    const restored = await service.call("post", "/api/changes?groups=false", {
      body: [{ op: "link-up", link: "denver--kansas-city" }],
    });
    expect(restored.json).toMatchObject({ pairsChanged: 28, nextHopSetsChanged: 31 });
    expect(restored.json).not.toHaveProperty("groups");
  });

  it("answers an unreachable pair, and follows nodes that come and go", async () => {
    const { json } = await service.call("post", "/api/changes", {
      body: [
        { op: "node-add", node: "zurich" },
        { op: "node-drain", node: "houston" },
      ],
    });
    expect(json.pairsChanged).toBeGreaterThan(0);
    expect((await service.call("get", "/api/paths?from=seattle&to=zurich")).json).toMatchObject({
      distance: null,
      nextHops: [],
      path: null,
      links: null,
      pathCount: "0",
    });
    const topology = (await service.call("get", "/api/topology")).json;
    const place = topology.nodes.id.indexOf("zurich");
    expect([topology.nodes.label[place], topology.nodes.position[place]]).toEqual([null, null]);
    expect(topology.nodes.drained[topology.nodes.id.indexOf("houston")]).toBe(true);
    const body = [
      { op: "node-remove", node: "zurich" },
      { op: "node-undrain", node: "houston" },
    ];
    expect((await service.call("post", "/api/changes", { body })).status).toBe(200);
    expect((await service.call("get", "/api/paths?from=seattle&to=zurich")).json).toMatchObject({
      status: 404,
      code: "UNKNOWN_NODE",
      id: "zurich",
    });
  });

  it("rejects a bad epoch whole, and says which change and why", async () => {
    const epoch = service.routing.epoch;
    const good = { op: "link-down", link: "chicago--new-york" };
    const cases: [unknown, object][] = [
      [
        { op: "link-down", link: "nowhere" },
        { status: 409, code: "UNKNOWN_LINK", index: 1, id: "nowhere" },
      ],
      [
        { op: "node-add", node: "denver" },
        { status: 409, code: "NODE_EXISTS", index: 1, id: "denver" },
      ],
      [{ op: "link-down" }, { status: 422, code: "MISSING_FIELD", index: 1, field: "link" }],
      [
        { op: "explode", link: "x" },
        { status: 422, code: "UNKNOWN_OP", index: 1 },
      ],
      [
        { op: "link-weight", link: "chicago--new-york", weight: -1 },
        { status: 422, code: "BAD_WEIGHT", index: 1 },
      ],
      [
        { op: "path", from: "denver", to: "denver" },
        { status: 422, code: "UNKNOWN_OP", index: 1 },
      ],
      [7, { status: 422, code: "NOT_AN_OBJECT", index: 1 }],
    ];
    for (const [bad, expected] of cases) {
      const { json } = await service.call("post", "/api/changes", { body: [good, bad] });
      expect(json).toMatchObject({ type: "about:blank", ...expected });
    }
    expect(service.routing.epoch).toBe(epoch);
    expect(service.routing.network.linkUp[service.routing.network.linkIndex("chicago--new-york") ?? -1]).toBe(1);
  });

  it("says how it is, and counts", async () => {
    expect((await service.call("get", "/health")).json).toMatchObject({
      status: "ok",
      nodes: 11,
      links: 14,
      workers: 1,
    });
    const { text } = await service.call("get", "/metrics");
    expect(text).toMatch(/^limmat_nodes 11$/m);
    expect(text).toMatch(/^limmat_links 14$/m);
    expect(Number(/^limmat_epochs_total (\d+)$/m.exec(text)?.[1])).toBe(service.routing.epoch);
    expect(Number(/^limmat_epoch_seconds_count (\d+)$/m.exec(text)?.[1])).toBe(service.routing.epoch);
    expect(Number(/^limmat_path_requests_total (\d+)$/m.exec(text)?.[1])).toBeGreaterThan(4);
    expect(text).toMatch(/^limmat_requests_refused_total\{code="UNKNOWN_LINK"\} 1$/m);
    expect(text).toMatch(/^process_resident_memory_bytes \d+$/m);
  });

  it("shows its API to people, without scripts", async () => {
    const { text, headers } = await service.call("get", "/docs");
    expect(text).toContain("POST /api/changes");
    expect(text).not.toMatch(/<script|https?:\/\//);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await service.call("get", "/api/nothing")).json).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(service.defects).toEqual([]);
  });
});

describe("a service on a fat-tree", () => {
  it("keeps epochs in order when changes come in at once", async () => {
    const service = await startService("fat-tree:4");
    try {
      const { json } = await service.call("get", "/api/topology");
      const ids: string[] = json.links.id;
      const events = readEvents(`${service.url}/api/events?after=0`, 1 + ids.length);
      await Promise.all(ids.map((link) => service.call("post", "/api/changes", { body: [{ op: "link-down", link }] })));
      expect((await events).slice(1).map(({ id }) => Number(id))).toEqual(ids.map((_, i) => i + 1));
      expect(service.log.map(({ epoch }) => epoch)).toEqual(ids.map((_, i) => i + 1));
      const path = await service.call("get", "/api/paths?from=edge-0-0&to=edge-3-1");
      expect(path.json).toMatchObject({ epoch: ids.length, distance: null });
      const all = ids.map((link) => ({ op: "link-up", link }));
      const up = await service.call("post", "/api/changes", { body: all });
      expect(up.json).toMatchObject({ changes: ids.length, pairsChanged: 20 * 19 });
      const back = await service.call("get", "/api/paths?from=edge-0-0&to=edge-3-1");
      expect(back.json).toMatchObject({ distance: 4, pathCount: "4" });
    } finally {
      await service.close();
    }
  });
});

const file = new URL("../../../../../shared/data/topology-zoo/Geant2012.graphml", import.meta.url);
const absent = existsSync(file) ? "" : " (skipped: ../shared/data is absent)";

describe.skipIf(absent !== "")(`a service on a real network${absent}`, () => {
  it("serves Géant with names and places", async () => {
    const service = await startService(readTopology("Geant2012.graphml", readFileSync(file, "utf8")));
    try {
      const { json } = await service.call("get", "/api/topology");
      expect(json.nodes.label).toContain("CH");
      const pairs = json.nodes.id.map((to: string) => ({ from: json.nodes.id[0], to }));
      const { paths } = (await service.call("post", "/api/paths", { body: pairs })).json;
      expect(paths.every((path: { distance: number | null }) => path.distance !== null)).toBe(true);
    } finally {
      await service.close();
    }
  });
});
