// The map: a canvas that shows the network, and turns clicks into failures.
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Answer } from "../model/api.ts";
import type { NetworkModel } from "../model/network-model.ts";
import { from, network, revision, route, routeBefore, selected, to, toggleLink } from "../model/state.ts";
import { type Colours, draw } from "./draw.ts";
import { layOut } from "./layout.ts";
import { type Emphasis, Scene } from "./scene.ts";
import { fit, type View, zoomed } from "./view.ts";

/** The network as it is laid out, and how it is seen. */
export const scene = signal<Scene | undefined>(undefined);
export const view = signal<View>({ scale: 1, x: 0, y: 0 });
/** Links in sight, and how many of them are drawn. */
const density = signal({ drawn: 0, of: 0 });

const size = signal({ width: 0, height: 0 });
const scheme = matchMedia("(prefers-color-scheme: dark)");
const recoloured = signal(0);
scheme.addEventListener("change", () => recoloured.value++);

/** Shows all of the network. */
function showAll(): void {
  const { width, height } = size.peek();
  const { layout } = scene.peek() ?? {};
  if (layout !== undefined && width > 0) view.value = fit(layout, width, height);
}

/** Zooms about the middle. */
function zoom(factor: number): void {
  const { width, height } = size.peek();
  view.value = zoomed(view.peek(), factor, width / 2, height / 2);
}

function linksOf(model: NetworkModel, answer: Answer | undefined): number[] {
  return (answer?.links ?? []).flatMap((id) => model.link(id) ?? []);
}

function emphasisOf(model: NetworkModel, routes: readonly number[]): Emphasis {
  const down: number[] = [];
  for (let link = 0; link < model.linkCount; link++) if (model.linkUp[link] === 0) down.push(link);
  const chosen = selected.value;
  const links = chosen === undefined ? [] : chosen.kind === "link" ? [chosen.index] : [...model.linksAt(chosen.index)];
  return { routes, down, selected: links };
}

function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    map: colour("map"),
    ink: colour("ink"),
    link: colour("link"),
    node: colour("node"),
    accent: colour("accent"),
    danger: colour("danger"),
    former: colour("former"),
  };
}

/** Follows the network: another set of nodes or links is laid out anew and shown whole. */
function followNetwork(): () => void {
  let laid: string | undefined;
  return effect(() => {
    const model = network.value;
    if (model === undefined) return;
    const shape = `${model.name} ${model.nodeCount}`;
    scene.value = new Scene(model, layOut(model));
    if (laid !== shape) showAll();
    laid = shape;
  });
}

/** Keeps the canvas painted, at most once a frame; `last` keeps what the pointer can meet. */
function followState(canvas: HTMLCanvasElement, last: { drawn: Int32Array; emphasis: Emphasis }): () => void {
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  let frame = 0;
  const dispose = effect(() => {
    const current = scene.value;
    const { width, height } = size.value;
    const seen = view.value;
    revision.value;
    recoloured.value;
    if (current === undefined || width === 0) return;
    const { model } = current;
    const now = linksOf(model, route.value);
    const former = linksOf(model, routeBefore.value);
    const emphasis = emphasisOf(model, [...now, ...former]);
    const ends = [from.value, to.value].flatMap((id) => model.node(id) ?? []);
    const chosen = selected.value;
    const selectedNode = chosen?.kind === "node" ? chosen.index : undefined;
    const way = [route.value, routeBefore.value].flatMap((answer) => answer?.path ?? []);
    const named = [
      ...new Set([
        ...ends,
        ...(selectedNode === undefined ? [] : [selectedNode]),
        ...way.flatMap((id) => model.node(id) ?? []),
      ]),
    ];
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const { drawn, of } = current.links(seen, width, height);
      last.drawn = drawn;
      last.emphasis = emphasis;
      const ratio = devicePixelRatio || 1;
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const colours = coloursOf(canvas);
      draw(context, {
        scene: current,
        view: seen,
        width,
        height,
        drawn,
        emphasis,
        route: now,
        former,
        ends,
        named,
        selectedNode,
        colours,
      });
      canvas.dataset.drawn = String(model.epoch);
      if (density.peek().drawn !== drawn.length || density.peek().of !== of)
        density.value = { drawn: drawn.length, of };
    });
  });
  return () => {
    cancelAnimationFrame(frame);
    dispose();
  };
}

/** Pan by dragging, zoom by wheel or two fingers, click to fail, restore or select. */
function followPointers(canvas: HTMLCanvasElement, last: { drawn: Int32Array; emphasis: Emphasis }): () => void {
  const ends = new AbortController();
  const { signal: aborted } = ends;
  const pointers = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const reachOf = (event: PointerEvent) => (event.pointerType === "touch" ? 16 : 8);
  const under = (event: PointerEvent) =>
    scene.peek()?.at(event.offsetX, event.offsetY, view.peek(), last.drawn, last.emphasis, reachOf(event));
  const on = <K extends keyof HTMLElementEventMap>(type: K, listener: (event: HTMLElementEventMap[K]) => void) =>
    canvas.addEventListener(type, listener, { signal: aborted, passive: false });

  on("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    if (pointers.size === 1) moved = 0;
  });
  on("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      canvas.style.cursor = under(event) === undefined ? "grab" : "pointer";
      return;
    }
    const now = { x: event.offsetX, y: event.offsetY };
    pointers.set(event.pointerId, now);
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (moved < 4) return;
    const other = [...pointers.entries()].find(([id]) => id !== event.pointerId)?.[1];
    const shifted = { ...view.peek(), x: view.peek().x + (now.x - before.x), y: view.peek().y + (now.y - before.y) };
    if (other === undefined) {
      view.value = shifted;
      return;
    }
    const stretch =
      Math.hypot(now.x - other.x, now.y - other.y) / (Math.hypot(before.x - other.x, before.y - other.y) || 1);
    view.value = zoomed(view.peek(), stretch, other.x, other.y);
  });
  const release = (event: PointerEvent) => {
    const click = pointers.delete(event.pointerId) && event.type === "pointerup" && moved < 4 && event.button === 0;
    if (!click) return;
    const target = under(event);
    if (target?.kind === "link") void toggleLink(target.index);
    else selected.value = target;
  };
  on("pointerup", release);
  on("pointercancel", release);
  on("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
    view.value = zoomed(view.peek(), Math.exp(-lines / 400), event.offsetX, event.offsetY);
  });
  on("keydown", (event) => {
    const step = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (step !== undefined) view.value = { ...view.peek(), x: view.peek().x + step[0]!, y: view.peek().y + step[1]! };
    else if (event.key === "+" || event.key === "=") zoom(1.4);
    else if (event.key === "-") zoom(1 / 1.4);
    else if (event.key === "0") showAll();
    else return;
    event.preventDefault();
  });
  return () => ends.abort();
}

/** The map. */
export function NetworkMap() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const last = { drawn: new Int32Array(0), emphasis: { routes: [], down: [], selected: [] } };
    const observer = new ResizeObserver(([entry]) => {
      const { width, height } = (entry as ResizeObserverEntry).contentRect;
      const first = size.peek().width === 0;
      size.value = { width, height };
      if (first) showAll();
    });
    observer.observe(element);
    const ends = [followNetwork(), followState(element, last), followPointers(element, last)];
    return () => {
      observer.disconnect();
      for (const end of ends) end();
    };
  }, []);
  const { drawn, of } = density.value;
  return (
    <div class="map">
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label="Map of the network. Arrow keys move it, plus and minus zoom, 0 shows all."
      />
      <div class="tools">
        <button type="button" onClick={() => zoom(1.6)} aria-label="Zoom in">
          +
        </button>
        <button type="button" onClick={() => zoom(1 / 1.6)} aria-label="Zoom out">
          −
        </button>
        <button type="button" onClick={showAll} aria-label="Show the whole network">
          ⤢
        </button>
      </div>
      <p class="density">
        {drawn < of
          ? `${drawn.toLocaleString("en")} of ${of.toLocaleString("en")} links drawn: zoom in or select a node for the others`
          : ""}
      </p>
    </div>
  );
}
