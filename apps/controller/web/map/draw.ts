// Paints a frame of the map.

import type { Emphasis } from "./scene.ts";
import { nodeRadius, type Scene } from "./scene.ts";
import type { View } from "./view.ts";

/** The page's colours, from its style sheet. */
export interface Colours {
  readonly map: string;
  readonly ink: string;
  readonly link: string;
  readonly node: string;
  readonly accent: string;
  readonly danger: string;
  readonly former: string;
}

/** What a frame shows. */
export interface Frame {
  readonly scene: Scene;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly drawn: Int32Array;
  readonly emphasis: Emphasis;
  /** Links of the route now and before the latest epoch. */
  readonly route: readonly number[];
  readonly former: readonly number[];
  /** Ends of the route. */
  readonly ends: readonly number[];
  /** Nodes whose name is shown in any case. */
  readonly named: readonly number[];
  readonly selectedNode: number | undefined;
  readonly colours: Colours;
}

/** Paints a frame; the canvas's unit is the CSS pixel. */
export function draw(context: CanvasRenderingContext2D, frame: Frame): void {
  const { scene, view, width, height, drawn, emphasis, colours } = frame;
  const { model } = scene;
  context.fillStyle = colours.map;
  context.fillRect(0, 0, width, height);
  context.lineCap = "round";
  const crowd = drawn.length > 2500 ? 2 : drawn.length > 1200 ? 1 : 0;
  const stroke = (links: Iterable<number>, colour: string, line: number, alpha: number, dash: number[] = []) => {
    context.beginPath();
    for (const link of links) {
      const { x1, y1, x2, y2 } = scene.segment(link, view);
      context.moveTo(x1, y1);
      context.lineTo(x2, y2);
    }
    context.setLineDash(dash);
    context.globalAlpha = alpha;
    context.lineWidth = line;
    context.strokeStyle = colour;
    context.stroke();
  };
  stroke(drawn, colours.link, crowd > 0 ? 0.7 : drawn.length > 200 ? 1 : 1.6, [0.9, 0.5, 0.22][crowd] as number);
  if (emphasis.selected.length > 0) stroke(emphasis.selected, colours.ink, 1.4, 0.75);
  drawNodes(context, frame);
  if (emphasis.down.length > 0) stroke(emphasis.down, colours.danger, 2.6, 1);
  if (frame.former.length > 0) stroke(frame.former, colours.former, 3.2, 1, [2, 7]);
  if (frame.route.length > 0) stroke(frame.route, colours.accent, 3.6, 1);
  // A failed link of the former route shows as failed.
  const failed = frame.former.filter((link) => model.linkUp[link] === 0);
  if (failed.length > 0) stroke(failed, colours.danger, 3.2, 1);
  context.setLineDash([]);
  context.globalAlpha = 1;
  drawMarks(context, frame);
  drawNames(context, frame);
}

function drawNodes(context: CanvasRenderingContext2D, { scene, view, width, height, colours }: Frame): void {
  const { model, layout } = scene;
  const radius = nodeRadius(model.nodeCount, view);
  const paint = (up: number, colour: string) => {
    context.globalAlpha = 1;
    context.fillStyle = colour;
    context.beginPath();
    for (let node = 0; node < model.nodeCount; node++) {
      if (model.nodeUp[node] !== up) continue;
      const x = layout.x[node]! * view.scale + view.x;
      const y = layout.y[node]! * view.scale + view.y;
      if (x < -radius || y < -radius || x > width + radius || y > height + radius) continue;
      if (radius < 2.5) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
      else {
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
    }
    context.fill();
  };
  paint(1, colours.node);
  paint(0, colours.danger);
}

/** The ends of the route, and the selected node. */
function drawMarks(context: CanvasRenderingContext2D, { scene, view, ends, selectedNode, colours }: Frame): void {
  const radius = Math.max(4.5, nodeRadius(scene.model.nodeCount, view) + 1.5);
  const ring = (node: number, colour: string, fill: string) => {
    const [x, y] = scene.place(node, view);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fillStyle = fill;
    context.fill();
    context.lineWidth = 2.5;
    context.strokeStyle = colour;
    context.stroke();
  };
  for (const node of ends) ring(node, colours.accent, colours.map);
  if (selectedNode !== undefined) ring(selectedNode, colours.ink, colours.node);
}

/** Names, as many as have room; those that must be there first. */
function drawNames(context: CanvasRenderingContext2D, { scene, view, width, height, named, colours }: Frame): void {
  const { model } = scene;
  const radius = Math.max(4.5, nodeRadius(model.nodeCount, view));
  const taken: { x: number; y: number; width: number }[] = [];
  const inside: number[] = [...named];
  for (let node = 0; node < model.nodeCount && inside.length < 600; node++) {
    const [x, y] = scene.place(node, view);
    if (x > 0 && y > 0 && x < width && y < height) inside.push(node);
  }
  // With this many nodes in sight, names would say nothing.
  const shown = inside.length >= 600 ? named : inside;
  context.font = "12px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const node of shown) {
    const [x, y] = scene.place(node, view);
    const text = model.title(node).slice(0, 40);
    const wide = context.measureText(text).width;
    const left = x + radius + 5 + wide > width ? x - radius - 5 - wide : x + radius + 5;
    const clash = taken.some(
      (other) => Math.abs(other.y - y) < 14 && left < other.x + other.width && other.x < left + wide,
    );
    if (clash) continue;
    taken.push({ x: left, y, width: wide + 6 });
    context.lineWidth = 3.5;
    context.strokeStyle = colours.map;
    context.strokeText(text, left, y);
    context.fillStyle = colours.ink;
    context.fillText(text, left, y);
  }
}
