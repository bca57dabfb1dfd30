// Programs with state of every kind, each with an oracle.

import {
  aggregate,
  broadcast,
  byKey,
  type Capability,
  concat,
  connectLoop,
  delay,
  delayBatch,
  exchange,
  feedback,
  filter,
  integers,
  iterate,
  keys,
  map,
  OperatorBuilder,
  type Product,
  pair,
  pipeline,
  product,
  type Rows,
  reclock,
  rows,
  type Stream,
  stateMachine,
  type Through,
  type TimeDomain,
  toStream,
  unaryFrontier,
  values,
} from "../../src/index.ts";
import type { Random } from "../../src/simulation/index.ts";
import type { Lanes, Restartable } from "./crashes.ts";

type Keyed = string;

/** Lanes of letters over ascending integer times, with gaps. */
function letters(random: Random): Lanes<number, Keyed> {
  return Array.from({ length: 3 }, () => {
    let time = 0;
    return Array.from({ length: random.below(8) }, () => {
      time += random.below(4);
      return { time, records: Array.from({ length: random.below(4) }, () => random.pick(["a", "b", "c", "d", "e"])) };
    });
  });
}

/** Up to four ascending integers. */
function someTimes(random: Random): number[] {
  let time = -1;
  return Array.from({ length: 1 + random.below(4) }, () => (time += 1 + random.below(5)));
}

/**
 * For each time at which a key comes, once nothing can come there any more: how often it has come at that time and before, in the partial
 * order. State: what came of each key at which time.
 */
function totals<T>(domain: TimeDomain<T>): Through<Stream<T, Rows<Keyed>>, Stream<T, Rows<string>>> {
  return unaryFrontier<T, Rows<Keyed>, Rows<string>>(
    "totals",
    byKey((key: Keyed) => key),
    rows(),
    (initial, info) => {
      const seen = new Map<Keyed, { time: T; count: number }[]>();
      const open = new Map<string, { right: Capability<T>; key: Keyed }>();
      info.state({
        schema: "totals",
        save(to) {
          for (const [key, history] of seen) {
            to.keyed(keys.hash(key), (writer) => {
              writer.utf8(key);
              writer.varint(history.length);
              for (const { time, count } of history) {
                domain.codec.write(time, writer);
                writer.varint(count);
              }
            });
          }
          if (open.size > 0) {
            for (const { right, key } of open.values()) {
              to.keyed(keys.hash(key), (writer) => {
                writer.utf8(`pending ${key}`);
                domain.codec.write(right.time, writer);
              });
            }
          }
        },
        load(from) {
          from.keyed((reader) => {
            const key = reader.utf8();
            if (key.startsWith("pending ")) {
              const right = initial.delayed(domain.codec.read(reader));
              open.set(`${key.slice(8)} ${domain.key(right.time)}`, { right, key: key.slice(8) });
              return;
            }
            const history = Array.from({ length: reader.varint() }, () => ({
              time: domain.codec.read(reader),
              count: reader.varint(),
            }));
            seen.set(key, history);
          });
        },
      });
      initial.release();
      return (input, output) => {
        input.forEach((right, batch) => {
          for (const key of batch.data) {
            const history = seen.get(key) ?? [];
            seen.set(key, history);
            const entry = history.find(({ time }) => domain.compare(time, right.time) === 0);
            if (entry === undefined) history.push({ time: right.time, count: 1 });
            else entry.count += 1;
            const name = `${key} ${domain.key(right.time)}`;
            if (!open.has(name)) open.set(name, { right: right.retain(), key });
          }
        });
        for (const [name, { right, key }] of open) {
          if (input.frontier.lessEqual(right.time)) continue;
          let sum = 0;
          for (const { time, count } of seen.get(key) ?? []) if (domain.lessEqual(time, right.time)) sum += count;
          output.session(right).give(`${key} ${sum}`);
          right.release();
          open.delete(name);
        }
      };
    },
  );
}

function* totalsOf<T>(domain: TimeDomain<T>, fed: readonly (readonly [T, Keyed])[]): Generator<readonly [T, string]> {
  const done = new Set<string>();
  for (const [at, key] of fed) {
    const name = `${key} ${domain.key(at)}`;
    if (done.has(name)) continue;
    done.add(name);
    yield [at, `${key} ${fed.filter(([time, other]) => other === key && domain.lessEqual(time, at)).length}`];
  }
}

const running: Restartable<number, Keyed> = {
  name: "running totals, asked for",
  domain: integers,
  draw: letters,
  chain: someTimes,
  build: (stream) => stream.pipe(totals(integers)),
  expect: (fed) => totalsOf(integers, fed),
};

const onGrid: Restartable<number, Keyed> = {
  name: "running totals, on a grid, through two operators",
  domain: integers,
  draw: letters,
  build: (stream) =>
    stream.pipe(
      totals(integers),
      map((line: string) => line.slice(0, 1)),
      totals(integers),
    ),
  // A key comes out of the first once a time, so the second counts times.
  expect: (fed) => {
    const once = [...new Map(fed.map(([time, key]) => [`${time} ${key}`, [time, key] as const])).values()];
    return totalsOf(integers, once);
  },
};

const plane = product(integers, integers);
type Point = Product<number, number>;

/** Lanes that climb a plane, each its own way. */
function climbing(random: Random): Lanes<Point, Keyed> {
  return Array.from({ length: 3 }, () => {
    let [x, y] = [0, 0];
    return Array.from({ length: random.below(7) }, () => {
      if (random.chance(0.5)) x += random.below(3);
      else y += random.below(3);
      return { time: pair(x, y), records: Array.from({ length: random.below(4) }, () => random.pick(["a", "b", "c"])) };
    });
  });
}

const partial: Restartable<Point, Keyed> = {
  name: "running totals in a partial order",
  domain: plane,
  draw: climbing,
  chain(random) {
    let [x, y] = [0, 0];
    return Array.from({ length: 1 + random.below(4) }, () => {
      x += random.below(3);
      y += 1 + random.below(3);
      return pair(x, y);
    });
  },
  build: (stream) => stream.pipe(totals(plane)),
  expect: (fed) => totalsOf(plane, fed),
};

/** Counts each key in windows of three times, and answers at the last time of each: work that is pending across a checkpoint. */
function windows(): Through<Stream<number, Rows<Keyed>>, Stream<number, Rows<string>>> {
  return unaryFrontier<number, Rows<Keyed>, Rows<string>>(
    "windows",
    byKey((key: Keyed) => key),
    rows(),
    (initial, info) => {
      const open = new Map<number, { right: Capability<number>; counts: Map<Keyed, number> }>();
      info.state({
        save(to) {
          for (const [end, { counts }] of open) {
            for (const entry of counts)
              to.keyed(keys.hash(entry[0]), (writer) => values.write([end, ...entry], writer));
          }
        },
        load(from) {
          from.keyed((reader) => {
            const [end, key, count] = values.read(reader) as [number, Keyed, number];
            if (!open.has(end)) open.set(end, { right: initial.delayed(end), counts: new Map() });
            open.get(end)?.counts.set(key, count);
          });
        },
      });
      initial.release();
      return (input, output) => {
        input.forEach((right, batch) => {
          const end = right.time - (right.time % 3) + 2;
          if (!open.has(end)) open.set(end, { right: right.delayed(end), counts: new Map() });
          const { counts } = open.get(end) as { counts: Map<Keyed, number> };
          for (const key of batch.data) counts.set(key, (counts.get(key) ?? 0) + 1);
        });
        for (const [end, { right, counts }] of open) {
          if (input.frontier.lessEqual(end)) continue;
          const session = output.session(right);
          for (const [key, count] of counts) session.give(`${key} ${count}`);
          right.release();
          open.delete(end);
        }
      };
    },
  );
}

const windowed: Restartable<number, Keyed> = {
  name: "windows that are open across checkpoints",
  domain: integers,
  draw: letters,
  chain: someTimes,
  build: (stream) => stream.pipe(windows()),
  *expect(fed) {
    const counts = new Map<string, number>();
    for (const [time, key] of fed) {
      const name = `${time - (time % 3) + 2} ${key}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    for (const [name, count] of counts) yield [Number(name.split(" ")[0]), `${name.split(" ")[1]} ${count}`];
  },
};

/** Sends each record on at once, two times later: records that cross the cut. */
function ahead(): Through<Stream<number, Rows<Keyed>>, Stream<number, Rows<Keyed>>> {
  return unaryFrontier<number, Rows<Keyed>, Rows<Keyed>>("ahead", pipeline, rows(), (initial, info) => {
    info.state({ save() {}, load() {} });
    initial.release();
    return (input, output) =>
      input.forEach((right, batch) => {
        using later = right.delayed(right.time + 2);
        output.session(later).giveBatch(batch.retain());
      });
  });
}

const crossing: Restartable<number, Keyed> = {
  name: "records sent ahead of their time, on a grid",
  domain: integers,
  draw: letters,
  build: (stream) => stream.pipe(ahead(), totals(integers)),
  expect: (fed) =>
    totalsOf(
      integers,
      fed.map(([time, key]) => [time + 2, key] as const),
    ),
};

const loop: Restartable<number, number> = {
  name: "a cycle through times, on a grid",
  domain: integers,
  draw: (random) =>
    letters(random).map((lane) =>
      lane.map(({ time, records }) => ({ time, records: records.map((key) => key.charCodeAt(0) - 97) })),
    ),
  build: (stream, scope) => {
    const again = feedback<number, Rows<number>>(scope, rows(), 1);
    const all = stream.pipe(concat(again.stream));
    all.pipe(
      map((n: number) => n - 1),
      filter((n: number) => n >= 0),
      exchange((n: number) => n),
      connectLoop(again),
    );
    return all.pipe(map(String), totals(integers));
  },
  expect: (fed) =>
    totalsOf(
      integers,
      fed.flatMap(([time, n]) => Array.from({ length: n + 1 }, (_, i) => [time + i, String(n - i)] as const)),
    ),
};

const nested: Restartable<number, number> = {
  name: "state inside a loop",
  domain: integers,
  draw: loop.draw,
  chain: someTimes,
  build: (stream) =>
    stream.pipe(
      iterate<number, Rows<number>, Rows<string>>((inner) => {
        const out = inner.pipe(map(String), totals(product(integers, integers)));
        const again = inner.pipe(
          map((n: number) => n - 1),
          filter((n: number) => n >= 0),
          exchange((n: number) => n),
        );
        return { again, out };
      }),
    ),
  expect: (fed) => {
    const inside = fed.flatMap(([time, n]) =>
      Array.from({ length: n + 1 }, (_, i) => [pair(time, i), String(n - i)] as const),
    );
    return [...totalsOf(plane, inside)].map(([{ outer }, line]) => [outer, line] as const);
  },
};

/** Joins two streams by key, each record with all of the other side, at the join of their times. */
const joined: Restartable<Point, Keyed> = {
  name: "a join in a partial order",
  domain: plane,
  draw: climbing,
  chain: partial.chain as NonNullable<typeof partial.chain>,
  build(stream, scope) {
    const builder = new OperatorBuilder<Point>(scope, "join");
    const byLetter = byKey((key: Keyed) => key);
    const left = builder.input(stream.pipe(filter((key: Keyed) => key !== "a")), byLetter);
    const right = builder.input(stream.pipe(filter((key: Keyed) => key !== "b")), byLetter);
    const [output, result] = builder.output<Rows<string>>(rows());
    builder.build(([initial]) => {
      const sides = [new Map<Keyed, Point[]>(), new Map<Keyed, Point[]>()] as const;
      builder.info.state({
        save(to) {
          sides.forEach((side, number) => {
            for (const [key, times] of side)
              to.keyed(keys.hash(key), (writer) => values.write([number, key, times], writer));
          });
        },
        load(from) {
          from.keyed((reader) => {
            const [number, key, times] = values.read(reader) as [0 | 1, Keyed, Point[]];
            sides[number].set(key, times);
          });
        },
      });
      initial?.release();
      return () => {
        [left, right].forEach((port, number) => {
          port.forEach((capability, batch) => {
            const { time } = capability;
            for (const key of batch.data) {
              const own = sides[number as 0 | 1];
              own.set(key, [...(own.get(key) ?? []), time]);
              for (const other of sides[(1 - number) as 0 | 1].get(key) ?? []) {
                using later = capability.delayed(plane.join(time, other));
                output.session(later).give(key);
              }
            }
          });
        });
      };
    });
    return result;
  },
  *expect(fed) {
    for (const [one, key] of fed) {
      for (const [other, same] of fed) if (key === same && key === "c") yield [plane.join(one, other), key];
    }
  },
};

/** Sends for each record of a key how often the key had come before its time; at every fourth time the key is forgotten. */
const machine: Restartable<number, Keyed> = {
  name: "a state machine",
  domain: integers,
  draw: letters,
  chain: someTimes,
  build: (stream) =>
    stream.pipe(
      stateMachine({
        key: (letter: Keyed) => letter,
        initial: () => ({ at: -1, before: 0, sum: 0 }),
        step(state, letter, give: (line: string) => void, time: number) {
          if (state.at !== time) Object.assign(state, { at: time, before: state.sum });
          state.sum += 1;
          give(`${letter} ${state.before}`);
          return time % 4 === 3 ? undefined : state;
        },
        hash: (letter) => letter.charCodeAt(0),
      }),
    ),
  *expect(fed) {
    const counts = new Map<Keyed, number>();
    const times = [...new Set(fed.map(([time]) => time))].sort((a, b) => a - b);
    for (const time of times) {
      for (const letter of ["a", "b", "c", "d", "e"]) {
        const { length } = fed.filter(([at, other]) => at === time && other === letter);
        const before = counts.get(letter) ?? 0;
        // A key that is forgotten starts anew with the next record, of the same time too.
        for (let i = 0; i < length; i++) yield [time, `${letter} ${time % 4 === 3 && i > 0 ? 0 : before}`];
        if (length > 0) counts.set(letter, time % 4 === 3 ? 0 : before + length);
      }
    }
  },
};

/** How many records of each letter are moved to each time, by `delay` and then by `delayBatch`. */
const delays: Restartable<number, Keyed> = {
  name: "records that are delayed, on a grid",
  domain: integers,
  draw: letters,
  build: (stream) =>
    stream.pipe(
      delay((letter: Keyed, time) => time + (letter.charCodeAt(0) % 3)),
      delayBatch((time) => time - (time % 4) + 3),
      aggregate({
        key: (letter: Keyed) => letter,
        initial: () => 0,
        fold: (sum) => sum + 1,
        emit: (letter, sum) => `${letter} ${sum}`,
      }),
    ),
  *expect(fed) {
    const counts = new Map<string, [number, Keyed, number]>();
    for (const [time, letter] of fed) {
      const at = time + (letter.charCodeAt(0) % 3);
      const end = at - (at % 4) + 3;
      const entry = counts.get(`${end} ${letter}`) ?? [end, letter, 0];
      entry[2] += 1;
      counts.set(`${end} ${letter}`, entry);
    }
    for (const [time, letter, sum] of counts.values()) yield [time, `${letter} ${sum}`];
  },
};

/** Letters other than `a` wait for the next `a` on any worker. */
const held: Restartable<number, Keyed> = {
  name: "a stream held until a clock ticks",
  domain: integers,
  draw: letters,
  chain: someTimes,
  build: (stream) =>
    stream.pipe(
      filter((letter: Keyed) => letter !== "a"),
      reclock(
        stream.pipe(
          filter((letter: Keyed) => letter === "a"),
          broadcast(),
        ),
      ),
    ),
  *expect(fed) {
    const ticks = fed.filter(([, letter]) => letter === "a").map(([time]) => time);
    for (const [time, letter] of fed) {
      const later = ticks.filter((tick) => tick >= time);
      if (letter !== "a" && later.length > 0) yield [Math.min(...later), letter];
    }
  },
};

/** Letters that are known from the start, counted with those that come. */
const known: Restartable<number, Keyed> = {
  name: "records known from the start, on a grid",
  domain: integers,
  draw: letters,
  build: (stream, scope) =>
    toStream(scope, scope.index === 0 ? ["a", "b", "a"] : []).pipe(concat(stream), totals(integers)),
  expect: (fed) => totalsOf(integers, [[0, "a"] as const, [0, "b"] as const, [0, "a"] as const, ...fed]),
};

export const programs: readonly Restartable<never, never>[] = [
  running,
  onGrid,
  partial,
  windowed,
  crossing,
  loop,
  nested,
  joined,
  machine,
  delays,
  held,
  known,
] as unknown as readonly Restartable<never, never>[];
