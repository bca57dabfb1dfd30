// Where every operator, scope and channel of a dataflow goes: each scope is a drawing of its own, and a box in that of the scope around it.

import type { ChannelSnapshot, DataflowSnapshot, OperatorSnapshot } from "../snapshot.ts";
import { arrange } from "./arrange.ts";
import type { Arrangement, Block, Curve, Link } from "./blocks.ts";

/** A placed operator or scope. */
export interface PlacedBox {
  readonly operator: OperatorSnapshot;
  /** How many scopes it is in. */
  readonly depth: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A placed channel. */
export interface PlacedChannel {
  readonly channel: ChannelSnapshot;
  readonly curves: readonly Curve[];
}

/** A placed dataflow. */
export interface DataflowLayout {
  readonly width: number;
  readonly height: number;
  /** Scopes before what is inside them. */
  readonly boxes: readonly PlacedBox[];
  readonly channels: readonly PlacedChannel[];
}

/** The size of an operator's box. */
export type BoxSize = (operator: OperatorSnapshot) => { readonly width: number; readonly height: number };

/** The room around what is in a scope, and that for its name. */
const padding = 18;
/** The height of a scope's name. */
export const titleHeight = 26;

/** One scope as it was arranged. */
interface Arranged {
  readonly operators: readonly OperatorSnapshot[];
  /** The blocks of the scope's own inputs and outputs come after those of its operators. */
  readonly blocks: readonly Block[];
  readonly channels: readonly ChannelSnapshot[];
  readonly arrangement: Arrangement;
  readonly inputs: number;
}

/** Lays a dataflow out. */
export function layOut(dataflow: DataflowSnapshot, sizeOf: BoxSize): DataflowLayout {
  const inside = new Map<string, OperatorSnapshot[]>();
  const between = new Map<string, ChannelSnapshot[]>();
  const add = <X>(map: Map<string, X[]>, key: string, value: X) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [value]);
    else list.push(value);
  };
  for (const operator of dataflow.operators) add(inside, operator.within, operator);
  for (const channel of dataflow.channels) add(between, channel.within, channel);
  const arranged = new Map<string, Arranged>();
  const measure = (address: string, inputs: number, outputs: number): Arranged => {
    const operators = inside.get(address) ?? [];
    const channels = between.get(address) ?? [];
    const blocks = operators.map((operator) => {
      if (!operator.scope) return plainBlock(operator, sizeOf(operator));
      return scopeBlock(operator, measure(operator.address, operator.inputs.length, operator.outputs.length), sizeOf);
    });
    const port = { width: 8, height: 0, tops: [4], bottoms: [4] };
    for (let i = 0; i < inputs; i++) blocks.push({ ...port, rank: "first" });
    for (let i = 0; i < outputs; i++) blocks.push({ ...port, rank: "last" });
    const numbers = new Map(operators.map((operator, i) => [operator.address, i]));
    const links = channels.map(({ from, to }): Link => {
      const own = (operator: string) => operator === address;
      return {
        from: own(from.operator) ? operators.length + from.port : (numbers.get(from.operator) ?? 0),
        output: own(from.operator) ? 0 : from.port,
        to: own(to.operator) ? operators.length + inputs + to.port : (numbers.get(to.operator) ?? 0),
        input: own(to.operator) ? 0 : to.port,
      };
    });
    const result = { operators, blocks, channels, arrangement: arrange(blocks, links), inputs };
    arranged.set(address, result);
    return result;
  };
  measure(dataflow.address, 0, 0);
  const boxes: PlacedBox[] = [];
  const placed: PlacedChannel[] = [];
  const put = (address: string, left: number, top: number, depth: number, bounds: { top: number; bottom: number }) => {
    const { operators, blocks, channels, arrangement } = arranged.get(address) as Arranged;
    operators.forEach((operator, i) => {
      const { width, height } = blocks[i] as Block;
      const x = left + (arrangement.x[i] as number);
      const y = top + (arrangement.y[i] as number);
      boxes.push({ operator, depth, x, y, width, height });
      if (operator.scope) {
        put(operator.address, x + padding, y + titleHeight, depth + 1, { top: y, bottom: y + height });
      }
    });
    channels.forEach((channel, i) => {
      const curves = (arrangement.routes[i] as readonly Curve[]).map((curve) => shift(curve, left, top));
      // From the edge of the scope to where its inside begins, and back.
      const [first, last] = [curves[0] as Curve, curves[curves.length - 1] as Curve];
      if (channel.from.operator === address) curves.unshift(upright(first[0], bounds.top, first[1]));
      if (channel.to.operator === address) curves.push(upright(last[6], last[7], bounds.bottom));
      placed.push({ channel, curves });
    });
  };
  const { arrangement } = arranged.get(dataflow.address) as Arranged;
  put(dataflow.address, 0, 0, 0, { top: 0, bottom: arrangement.height });
  return { width: arrangement.width, height: arrangement.height, boxes, channels: placed };
}

function plainBlock({ inputs, outputs }: OperatorSnapshot, { width, height }: ReturnType<BoxSize>): Block {
  const evenly = (ports: readonly unknown[]) => ports.map((_, i) => (width * (i + 1)) / (ports.length + 1));
  return { width, height, tops: evenly(inputs), bottoms: evenly(outputs) };
}

function scopeBlock(operator: OperatorSnapshot, inner: Arranged, sizeOf: BoxSize): Block {
  const { arrangement, operators, inputs } = inner;
  const portX = (i: number) => padding + (arrangement.x[operators.length + i] ?? 0) + 4;
  return {
    width: Math.max(arrangement.width + 2 * padding, sizeOf(operator).width),
    height: arrangement.height + titleHeight + padding,
    tops: operator.inputs.map((_, i) => portX(i)),
    bottoms: operator.outputs.map((_, i) => portX(inputs + i)),
  };
}

function shift(curve: Curve, x: number, y: number): Curve {
  return curve.map((value, i) => value + (i % 2 === 0 ? x : y)) as unknown as Curve;
}

function upright(x: number, from: number, to: number): Curve {
  return [x, from, x, from, x, to, x, to];
}
