// Where nodes stand on the map: by their positions, with what is too dense folded, and by springs where there are none.
import type { NetworkModel } from "../model/network-model.ts";

/** Places of nodes, x to the right and y downwards, 1000 wide. */
export interface Layout {
  readonly x: Float64Array;
  readonly y: Float64Array;
  readonly width: number;
  readonly height: number;
}

const WIDTH = 1000;
/** Height of a layered drawing. */
const LAYERED_HEIGHT = 620;
/** Rows with more nodes than this are folded. */
const ROW = 640;
/** Networks without positions are laid out by springs up to this size. */
const SPRINGS = 500;

/** Lays a network out; the same network always in the same way. */
export function layOut(model: NetworkModel): Layout {
  const x = new Float64Array(model.nodeCount);
  const y = new Float64Array(model.nodeCount);
  const placed = new Uint8Array(model.nodeCount);
  let geographic = false;
  model.positions.forEach((position, node) => {
    if (position === null) return;
    placed[node] = 1;
    if (position.latitude !== undefined && position.longitude !== undefined) {
      geographic = true;
      const latitude = Math.max(-80, Math.min(80, position.latitude)) * (Math.PI / 180);
      x[node] = position.longitude;
      y[node] = -Math.log(Math.tan(Math.PI / 4 + latitude / 2)) * (180 / Math.PI);
    } else {
      x[node] = position.x ?? 0;
      y[node] = position.y ?? 0;
    }
  });
  const layers = geographic ? undefined : layersOf(y, placed);
  if (placed.includes(1)) placeBetweenNeighbours(model, x, y, placed);
  else if (model.nodeCount <= SPRINGS) springs(model, x, y);
  else circle(x, y);
  if (layers !== undefined) foldRows(x, y, layers);
  const height = scale(x, y, layers !== undefined);
  spread(x, y);
  return { x, y, width: WIDTH, height };
}

/** The nodes of each layer where nearly all nodes share a few heights, as in a Clos fabric; undefined otherwise. */
function layersOf(y: Float64Array, placed: Uint8Array): number[][] | undefined {
  const layers = new Map<number, number[]>();
  for (let node = 0; node < y.length; node++) {
    if (placed[node] !== 1) continue;
    const layer = layers.get(y[node]!);
    if (layer !== undefined) layer.push(node);
    else if (layers.size === 12) return undefined;
    else layers.set(y[node]!, [node]);
  }
  const widest = Math.max(0, ...[...layers.values()].map(({ length }) => length));
  return layers.size >= 2 && layers.size <= 6 && widest > 2 * layers.size
    ? [...layers.entries()].sort(([a], [b]) => a - b).map(([, nodes]) => nodes)
    : undefined;
}

/** Gives layers equal distances; folds each that is too dense into columns, so that neighbours stay together. */
function foldRows(x: Float64Array, y: Float64Array, layers: readonly number[][]): void {
  const gap = LAYERED_HEIGHT / layers.length;
  layers.forEach((nodes, layer) => {
    nodes.sort((a, b) => x[a]! - x[b]!);
    let rows = 1;
    while (nodes.length / rows > ROW) rows *= 2;
    const columns = Math.ceil(nodes.length / rows);
    const pitch = Math.min((gap * 0.45) / rows, 12);
    nodes.forEach((node, place) => {
      if (rows > 1) x[node] = (WIDTH * (Math.floor(place / rows) + 0.5)) / columns;
      y[node] = layer * gap + ((place % rows) - (rows - 1) / 2) * pitch;
    });
  });
}

/** Puts nodes without a position where their neighbours are, in rounds from the placed ones outwards. */
function placeBetweenNeighbours(model: NetworkModel, x: Float64Array, y: Float64Array, placed: Uint8Array): void {
  for (let round = 0; round < 50; round++) {
    const reached: number[] = [];
    for (let node = 0; node < x.length; node++) {
      if (placed[node] === 1) continue;
      let [sumX, sumY, near] = [0, 0, 0];
      for (const link of model.linksAt(node)) {
        const other = model.from[link] === node ? model.to[link]! : model.from[link]!;
        if (placed[other] !== 1) continue;
        sumX += x[other]!;
        sumY += y[other]!;
        near++;
      }
      if (near === 0) continue;
      x[node] = sumX / near;
      y[node] = sumY / near;
      reached.push(node);
    }
    if (reached.length === 0) break;
    for (const node of reached) placed[node] = 1;
  }
  const rest = [...placed.keys()].filter((node) => placed[node] !== 1);
  const known = [...placed.keys()].filter((node) => placed[node] === 1);
  const [left, right] = range(known.map((node) => x[node]!));
  const bottom = range(known.map((node) => y[node]!))[1];
  rest.forEach((node, place) => {
    x[node] = left + ((right - left) * (place + 0.5)) / rest.length;
    y[node] = bottom + (right - left || 1) * 0.08;
  });
}

function circle(x: Float64Array, y: Float64Array): void {
  for (let node = 0; node < x.length; node++) {
    const angle = (2 * Math.PI * node) / x.length;
    x[node] = Math.sin(angle);
    y[node] = -Math.cos(angle);
  }
}

/** Springs along links and repulsion between all nodes (Fruchterman and Reingold, 1991), cooling down. */
function springs(model: NetworkModel, x: Float64Array, y: Float64Array): void {
  circle(x, y);
  const { nodeCount, linkCount } = model;
  const ideal = 2 / Math.sqrt(nodeCount || 1);
  const moveX = new Float64Array(nodeCount);
  const moveY = new Float64Array(nodeCount);
  const rounds = 300;
  for (let round = 0; round < rounds; round++) {
    moveX.fill(0);
    moveY.fill(0);
    for (let a = 0; a < nodeCount; a++) {
      for (let b = a + 1; b < nodeCount; b++) {
        const dx = x[a]! - x[b]! || 1e-6;
        const dy = y[a]! - y[b]!;
        const push = (ideal * ideal) / (dx * dx + dy * dy);
        moveX[a]! += dx * push;
        moveY[a]! += dy * push;
        moveX[b]! -= dx * push;
        moveY[b]! -= dy * push;
      }
    }
    for (let link = 0; link < linkCount; link++) {
      const [a, b] = [model.from[link]!, model.to[link]!];
      const dx = x[a]! - x[b]!;
      const dy = y[a]! - y[b]!;
      const pull = Math.hypot(dx, dy) / ideal;
      moveX[a]! -= dx * pull;
      moveY[a]! -= dy * pull;
      moveX[b]! += dx * pull;
      moveY[b]! += dy * pull;
    }
    const heat = 0.15 * (1 - round / rounds);
    for (let node = 0; node < nodeCount; node++) {
      const length = Math.hypot(moveX[node]!, moveY[node]!) || 1;
      // A weak pull to the middle keeps parts that are not connected from flying off.
      x[node]! += (moveX[node]! / length) * Math.min(length, heat) - x[node]! * 0.01;
      y[node]! += (moveY[node]! / length) * Math.min(length, heat) - y[node]! * 0.01;
    }
  }
}

/** Scales to the width of the map; gives the height. */
function scale(x: Float64Array, y: Float64Array, layered: boolean): number {
  const [left, right] = range(x);
  const [top, bottom] = range(y);
  const size = Math.max(right - left, bottom - top) || 1;
  const factor = WIDTH / (layered ? right - left || 1 : size);
  const down = layered ? 1 : factor;
  for (let node = 0; node < x.length; node++) {
    x[node] = (x[node]! - left) * factor + (layered ? 0 : (WIDTH - (right - left) * factor) / 2);
    y[node] = (y[node]! - top) * down;
  }
  return (bottom - top) * down;
}

/** Moves nodes that stand on the very same place onto a small circle around it. */
function spread(x: Float64Array, y: Float64Array): void {
  const places = new Map<string, number[]>();
  for (let node = 0; node < x.length; node++) {
    const key = `${x[node]!.toFixed(1)} ${y[node]!.toFixed(1)}`;
    const nodes = places.get(key);
    if (nodes === undefined) places.set(key, [node]);
    else nodes.push(node);
  }
  for (const nodes of places.values()) {
    if (nodes.length === 1) continue;
    const radius = 4 + nodes.length;
    nodes.forEach((node, place) => {
      const angle = (2 * Math.PI * place) / nodes.length;
      x[node]! += radius * Math.cos(angle);
      y[node]! += radius * Math.sin(angle);
    });
  }
}

function range(values: Iterable<number>): [least: number, most: number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return [least, most];
}
