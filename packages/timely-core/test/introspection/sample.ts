// Dataflows to look at: a worked one of two nested loops, and random ones that no worker ever built.

import fc from "fast-check";
import {
  broadcast,
  concat,
  exchange,
  filter,
  type Input,
  input,
  iterate,
  map,
  probe,
  type Rows,
  type Scope,
  solo,
  type Worker,
} from "../../src/index.ts";
import type { DataflowSnapshot, OperatorSnapshot, PortSnapshot } from "../../src/introspection/index.ts";

/** Two loops, one in the other, beside a broadcast. */
export function nested(scope: Scope<number>): Input<number, Rows<number>> {
  const numbers = input<number>(scope, "numbers");
  const once = numbers.stream.pipe(
    exchange((n: number) => n),
    iterate((outer) => {
      const halved = outer.pipe(
        iterate((stream) => {
          const next = stream.pipe(map((n) => n >> 1));
          return { again: next.pipe(filter((n) => n > 3)), out: next.pipe(filter((n) => n <= 3)) };
        }),
        map((n) => n - 1),
      );
      return { again: halved.pipe(filter((n) => n > 0)), out: halved.pipe(filter((n) => n <= 0)) };
    }),
  );
  once.pipe(concat(numbers.stream.pipe(broadcast<number, Rows<number>>())), probe());
  return numbers;
}

/** A worker with such a dataflow, of that name. */
export function nestedWorker(name = "loops"): { worker: Worker; numbers: Input<number, Rows<number>> } {
  const worker = solo();
  const build = { [name]: (scope: Scope<number>) => nested(scope) }[name] as typeof nested;
  return { worker, numbers: worker.dataflow(build) };
}

/** Names that break what is careless. */
export const hostileNames = [
  `</script><script>alert(1)</script>`,
  `"]; evil [label="`,
  `\\N \\G &lt;b&gt; &amp;`,
  `<img src=x onerror=alert(1)>`,
  `it's "quoted" -> a`,
  `two\nlines\r\nand\u2028more`,
  `control \u0000\u0007 \ud800 half`,
  `]]> <!-- `,
  `\u5f20\u4f1f \ud83d\ude00`,
  `a name that is much longer than what a box has room for, by far`,
  "",
  "__proto__",
];

function port(records: number): PortSnapshot {
  return { frontier: [{ workers: [0], times: ["0"] }], records, batches: 1, waiting: 0 };
}

/** A dataflow of random scopes, operators and channels, in which cycles are frequent. */
export const anyDataflow: fc.Arbitrary<DataflowSnapshot> = fc
  .record({
    /** For every node but the root: the scope it is in (an earlier scope), whether it is one, and how many ports it has. */
    nodes: fc.array(
      fc.record({
        parent: fc.nat(),
        scope: fc.boolean(),
        inputs: fc.integer({ min: 0, max: 3 }),
        outputs: fc.integer({ min: 0, max: 3 }),
        name: fc.oneof(fc.constantFrom("map", "exchange", ...hostileNames), fc.string()),
      }),
      { maxLength: 24 },
    ),
    channels: fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }),
  })
  .map(({ nodes, channels }) => {
    const scopes = ["0"];
    const counts = new Map<string, number>();
    const operators = nodes.map(({ parent, scope, inputs, outputs, name }): OperatorSnapshot => {
      const within = scopes[parent % scopes.length] as string;
      const node = (counts.get(within) ?? 0) + 1;
      counts.set(within, node);
      const address = `${within}.${node}`;
      if (scope) scopes.push(address);
      const share = { worker: 0, activations: 1, busy: node, recordsIn: 3, recordsOut: 4 };
      return {
        address,
        name,
        within,
        scope,
        inputs: Array.from({ length: inputs }, () => port(3)),
        outputs: Array.from({ length: outputs }, () => port(4)),
        held: [],
        heldCount: 0,
        workers: [share],
      };
    });
    type End = { operator: string; port: number };
    const starts = new Map<string, End[]>();
    const ends = new Map<string, End[]>();
    const ports = (map: Map<string, End[]>, within: string, operator: string, list: readonly unknown[]) => {
      map.set(within, [...(map.get(within) ?? []), ...list.map((_, i) => ({ operator, port: i }))]);
    };
    for (const { address, within, scope, inputs, outputs } of operators) {
      ports(starts, within, address, outputs);
      ports(ends, within, address, inputs);
      // A scope's inputs are where channels start inside, and its outputs where they end.
      if (scope) ports(starts, address, address, inputs);
      if (scope) ports(ends, address, address, outputs);
    }
    const usable = scopes.filter((scope) => starts.get(scope)?.length && ends.get(scope)?.length);
    const made = channels.flatMap(([a, b], i) => {
      const within = usable[i % (usable.length || 1)];
      if (within === undefined) return [];
      const [from, to] = [starts.get(within) ?? [], ends.get(within) ?? []];
      const none = { messages: 0, records: 0, bytes: 0 };
      return [
        {
          address: `${within}:${i}-${i}`,
          within,
          from: from[a % from.length] as End,
          to: to[b % to.length] as End,
          pact: ["pipeline", "exchange", "broadcast"][a % 3] as string,
          sent: none,
          records: a,
        },
      ];
    });
    return { address: "0", name: "random", operators, channels: made };
  });
