import { abilene, jupiter, type Topology } from "@limmat/incremental-routing";
import { describe, expect, it } from "vitest";
import { layOut } from "../../web/map/layout.ts";
import { MAX_LINES, Scene } from "../../web/map/scene.ts";
import { fit, zoomed } from "../../web/map/view.ts";
import { modelOf } from "./model.ts";

const sceneOf = (topology: Topology): Scene => {
  const model = modelOf(topology);
  return new Scene(model, layOut(model));
};
const nothing = { routes: [], down: [], selected: [] };

describe("a scene", () => {
  it("finds the link under the middle of each, and the node under each", () => {
    const scene = sceneOf(abilene());
    const view = fit(scene.layout, 900, 600);
    const { drawn } = scene.links(view, 900, 600);
    expect(drawn.length).toBe(14);
    for (const link of drawn) {
      const { x1, y1, x2, y2 } = scene.segment(link, view);
      expect(scene.at((x1 + x2) / 2, (y1 + y2) / 2, view, drawn, nothing, 8)).toEqual({ kind: "link", index: link });
    }
    for (let node = 0; node < 11; node++) {
      const [x, y] = scene.place(node, view);
      expect(x > 0 && x < 900 && y > 0 && y < 600).toBe(true);
      expect(scene.at(x + 1, y - 1, view, drawn, nothing, 8)).toEqual({ kind: "node", index: node });
    }
    expect(scene.at(5, 5, view, drawn, nothing, 8)).toBeUndefined();
  });

  it("keeps parallel links apart, whichever way they run", () => {
    const nodes = ["a", "b"].map((id) => ({ id }));
    const link = (id: string, from: string, to: string) => ({ id, from, to, forward: 1, backward: 1 });
    const scene = sceneOf({ nodes, links: [link("1", "a", "b"), link("2", "b", "a"), link("3", "a", "b")] });
    const view = fit(scene.layout, 900, 600);
    const middles = [0, 1, 2].map((index) => {
      const { x1, y1, x2, y2 } = scene.segment(index, view);
      return [(x1 + x2) / 2, (y1 + y2) / 2] as const;
    });
    const apart = (a: number, b: number) =>
      Math.hypot((middles[a]?.[0] ?? 0) - (middles[b]?.[0] ?? 0), (middles[a]?.[1] ?? 0) - (middles[b]?.[1] ?? 0));
    expect(apart(0, 1)).toBeCloseTo(5);
    expect(apart(1, 2)).toBeCloseTo(5);
    expect(apart(0, 2)).toBeCloseTo(10);
  });

  it("draws a sample of too many links, the same again at every frame, and all that are in sight from close by", () => {
    const scene = sceneOf(jupiter());
    const view = fit(scene.layout, 1000, 700);
    const whole = scene.links(view, 1000, 700);
    expect(whole.of).toBe(98_304);
    expect(whole.drawn.length).toBeGreaterThan(MAX_LINES * 0.8);
    expect(whole.drawn.length).toBeLessThanOrEqual(MAX_LINES * 1.2);
    const sample = [...whole.drawn];
    expect([...scene.links(view, 1000, 700).drawn]).toEqual(sample);
    // What was drawn stays when there is room for more.
    const [x, y] = scene.place(0, view);
    const close = zoomed(view, 4, x, y);
    const closer = new Set(scene.links(close, 1000, 700).drawn);
    const inSight = (link: number) => {
      const { x1, y1, x2, y2 } = scene.segment(link, close);
      return Math.max(x1, x2) > 1 && Math.min(x1, x2) < 999 && Math.max(y1, y2) > 1 && Math.min(y1, y2) < 699;
    };
    for (const link of sample) if (inSight(link)) expect(closer.has(link)).toBe(true);
    const near = scene.links(zoomed(view, 100, x, y), 1000, 700);
    expect(near.drawn.length).toBe(near.of);
  });

  it("zooms about a pixel that stays where it is", () => {
    const view = { scale: 2, x: 30, y: -40 };
    const nearer = zoomed(view, 3, 100, 200);
    expect((100 - nearer.x) / nearer.scale).toBeCloseTo((100 - view.x) / view.scale);
    expect((200 - nearer.y) / nearer.scale).toBeCloseTo((200 - view.y) / view.scale);
  });
});
