// What a log tells, checked against what the program did; and that nobody hears himself.

import { describe, expect, it } from "vitest";
import { createFabrics, openFabric } from "../../src/communication/index.ts";
import {
  exchange,
  filter,
  flatMap,
  input,
  inspect,
  iterate,
  LogError,
  type LogEvent,
  log,
  logStream,
  map,
  pipeline,
  probe,
  rows,
  type Scope,
  solo,
  unary,
  Worker,
} from "../../src/index.ts";
import { simulate } from "../../src/simulation/index.ts";

type Of<K extends LogEvent["kind"]> = Extract<LogEvent, { kind: K }>;

/** The events of one kind. */
function of<K extends LogEvent["kind"]>(events: readonly LogEvent[], kind: K): Of<K>[] {
  return events.filter((event): event is Of<K> => event.kind === kind);
}

function sum<X>(list: readonly X[], value: (each: X) => number): number {
  return list.reduce((total, each) => total + value(each), 0);
}

/** Counts down every number to zero in a loop, after an exchange. */
function countdown(scope: Scope<number>, seen: (n: number) => void) {
  const numbers = input<number>(scope);
  const done = numbers.stream.pipe(
    exchange((n: number) => n),
    iterate((stream) => {
      const next = stream.pipe(map((n) => n - 1));
      return { again: next.pipe(filter((n) => n > 0)), out: next.pipe(filter((n) => n <= 0)) };
    }),
    inspect(seen),
    probe(),
  );
  return { numbers, done };
}

describe("a full log of one worker", () => {
  const worker = solo();
  const events: LogEvent[] = [];
  const running = log(worker, (more) => events.push(...more), { detail: "full", interval: 0 });
  const { numbers } = worker.dataflow(function loop(scope) {
    return countdown(scope, () => {});
  });
  numbers.send(3, 5);
  worker.step();
  numbers.close();
  worker.run();

  it("tells the graph: every operator where it is, every channel between ports that are there", () => {
    const operators = of(events, "operator");
    expect(operators.map(({ operator, name, within, scope }) => [operator, name, within.join("/"), scope])).toEqual([
      ["0", "loop", "", true],
      ["0.1", "input", "loop", false],
      ["0.2", "exchange", "loop", false],
      ["0.3", "iterate", "loop", true],
      ["0.4", "inspect", "loop", false],
      ["0.5", "probe", "loop", false],
      ["0.3.1", "feedback", "loop/iterate", false],
      ["0.3.2", "concat", "loop/iterate", false],
      ["0.3.3", "map", "loop/iterate", false],
      ["0.3.4", "filter", "loop/iterate", false],
      ["0.3.5", "filter", "loop/iterate", false],
    ]);
    const known = new Set(operators.map(({ operator }) => operator));
    const channels = of(events, "channel");
    for (const { from, to } of channels)
      expect([known.has(from.operator), known.has(to.operator)]).toEqual([true, true]);
    const names = channels.map(
      ({ from, to, pact }) => `${from.operator}.${from.port}>${to.operator}.${to.port} ${pact}`,
    );
    expect(names).toContain("0.1.0>0.2.0 exchange");
    expect(names).toContain("0.2.0>0.3.0 pipeline");
    expect(names).toContain("0.3.0>0.3.2.0 pipeline");
    expect(names).toContain("0.3.4.0>0.3.1.0 pipeline");
    expect(names).toContain("0.3.5.0>0.3.0 pipeline");
    expect(names).toContain("0.3.0>0.4.0 pipeline");
    expect(new Set(channels.map(({ channel }) => channel)).size).toBe(channels.length);
  });

  it("tells every message, sent and received: 3 and 5 go round three and five times", () => {
    const messages = of(events, "messages");
    const [intoMap] = of(events, "channel").filter(({ to }) => to.operator === "0.3.3");
    for (const direction of ["sent", "received"] as const) {
      const those = messages.filter((event) => event.channel === intoMap?.channel && event.direction === direction);
      expect(sum(those, ({ records }) => records)).toBe(3 + 5);
      expect(those.every(({ messages, bytes, peer }) => messages === 1 && bytes === 0 && peer === 0)).toBe(true);
    }
  });

  it("tells progress that adds up: what is produced is consumed, what is held at the start is released", () => {
    const left = new Map<string, number>();
    for (const { operator, scope } of of(events, "operator")) {
      if (scope) continue;
      for (const { from } of of(events, "channel")) {
        // Every output holds the least time at the start, and progress says nothing of it.
        if (from.operator === operator) left.set(`${operator} output ${from.port} ${least(operator)}`, 1);
      }
    }
    for (const { list } of of(events, "progress")) {
      for (const { operator, at, port, time, diff } of list ?? []) {
        const key = `${operator} ${at} ${port} ${JSON.stringify(time)}`;
        left.set(key, (left.get(key) ?? 0) + diff);
      }
    }
    // Both numbers entered the loop and left it: what crosses its boundary is told on one side, and implied on the other.
    expect([...left].filter(([, count]) => count !== 0).sort()).toEqual([
      ["0.3 input 0 0", 2],
      ['0.3 input 0 {"outer":0,"inner":2}', 1],
      ['0.3 input 0 {"outer":0,"inner":4}', 1],
      ['0.3 output 0 {"outer":0,"inner":0}', 2],
      ["0.4 input 0 0", -2],
    ]);
  });

  it("tells when operators ran: inside the scope that they are in", () => {
    const runs = of(events, "schedule");
    const loops = runs.filter(({ operator }) => operator === "0.3");
    expect(loops.length).toBeGreaterThan(0);
    for (const { operator, at, duration } of runs.filter((run) => run.operator.startsWith("0.3."))) {
      const around = loops.some((loop) => loop.at <= at && at + duration <= loop.at + loop.duration + 0.01);
      expect(around, operator).toBe(true);
    }
  });

  it("tells held capabilities, the end, and nothing afterwards", () => {
    const held = of(events, "held").filter(({ operator }) => operator === "0.1");
    expect(held.map(({ count }) => count)).toEqual([1, 0]);
    expect(of(events, "shutdown").map(({ dataflow }) => dataflow)).toEqual(["0"]);
    const before = events.length;
    running.close();
    worker.dataflow((scope) => countdown(scope, () => {}).numbers.close());
    worker.run();
    expect(events.length).toBe(before);
  });
});

/** The least time of an operator's scope, as JSON. */
function least(operator: string): string {
  return operator.startsWith("0.3.") ? '{"outer":0,"inner":0}' : "0";
}

describe("a log between several workers", () => {
  /** Runs under a seed with every worker logged; answers each worker's events. */
  function run(seed: number, detail: "full" | "summary"): LogEvent[][] {
    const logs: LogEvent[][] = [[], [], []];
    simulate({ seed, workers: 3 }, function* (worker, random) {
      const running = log(worker, (events) => logs[worker.index]?.push(...events), { detail, interval: 5 });
      const { numbers } = worker.dataflow((scope) => countdown(scope, () => {}));
      for (let time = 0; time < 4; time++) {
        numbers.advanceTo(time);
        for (let i = 0; i < 5; i++) numbers.send(random.below(6));
        yield;
      }
      numbers.close();
      while (worker.hasDataflows) yield;
      running.close();
    });
    return logs;
  }

  it("what one sent to another is what that received from it, whatever the schedule", () => {
    for (let seed = 0; seed < 25; seed++) {
      const logs = run(seed, "full");
      const went = (direction: string, own: number, peer: number) => {
        const those = of(logs[own] ?? [], "messages").filter((e) => e.direction === direction && e.peer === peer);
        const records = new Map<string, number>();
        for (const e of those) records.set(e.channel, (records.get(e.channel) ?? 0) + e.records);
        return { messages: those.length, bytes: sum(those, (e) => e.bytes), records: [...records].sort() };
      };
      for (let from = 0; from < 3; from++) {
        for (let to = 0; to < 3; to++)
          expect(went("sent", from, to), `seed ${seed}`).toEqual(went("received", to, from));
      }
    }
  });

  it("the progress that one sent is, summed, what every other received from it", () => {
    for (let seed = 0; seed < 25; seed++) {
      const logs = run(seed, "full");
      const total = (events: readonly Of<"progress">[]) => {
        const counts = new Map<string, number>();
        for (const { list } of events) {
          for (const { operator, at, port, time, diff } of list ?? []) {
            const key = `${operator} ${at} ${port} ${JSON.stringify(time)}`;
            counts.set(key, (counts.get(key) ?? 0) + diff);
          }
        }
        return [...counts].filter(([, count]) => count !== 0).sort();
      };
      const progress = logs.map((events) => of(events, "progress"));
      for (let from = 0; from < 3; from++) {
        const sent = total(progress[from]?.filter((e) => e.direction === "sent") ?? []);
        for (let to = 0; to < 3; to++) {
          if (to === from) continue;
          const received = progress[to]?.filter((e) => e.direction === "received" && e.peer === from) ?? [];
          expect(total(received), `seed ${seed}, ${from} to ${to}`).toEqual(sent);
        }
      }
    }
  });

  it("a summary adds up to what the full log tells", () => {
    for (let seed = 0; seed < 25; seed++) {
      const full = run(seed, "full");
      const short = run(seed, "summary");
      for (let worker = 0; worker < 3; worker++) {
        const remote = of(full[worker] ?? [], "messages").filter(({ peer }) => peer !== worker);
        const summed = of(short[worker] ?? [], "messages");
        for (const direction of ["sent", "received"] as const) {
          const here = (list: Of<"messages">[]) => list.filter((event) => event.direction === direction);
          expect(sum(here(summed), (e) => e.messages)).toBe(here(remote).length);
          expect(sum(here(summed), (e) => e.records)).toBe(sum(here(remote), (e) => e.records));
          expect(sum(here(summed), (e) => e.bytes)).toBe(sum(here(remote), (e) => e.bytes));
        }
        for (const direction of ["sent", "received"] as const) {
          const here = (list: LogEvent[] = []) => of(list, "progress").filter((event) => event.direction === direction);
          expect(sum(here(short[worker]), (e) => e.batches)).toBe(here(full[worker]).length);
        }
        const runs = of(full[worker] ?? [], "schedule");
        const activity = of(short[worker] ?? [], "activity");
        for (const operator of new Set(runs.map((event) => event.operator))) {
          const those = activity.filter((event) => event.operator === operator);
          expect(sum(those, (e) => e.activations)).toBe(runs.filter((event) => event.operator === operator).length);
        }
        const into = of(short[worker] ?? [], "activity").filter(({ operator }) => operator === "0.2");
        expect(sum(into, (e) => e.recordsIn)).toBe(sum(into, (e) => e.recordsOut));
      }
      const read = short.flatMap((events) => of(events, "activity").filter(({ operator }) => operator === "0.2"));
      expect(sum(read, (e) => e.recordsIn)).toBe(3 * 4 * 5);
    }
  });
});

describe("a log as a stream of a dataflow on the same worker", () => {
  it("tells of the others, never of the one it is read in, and ends with them", () => {
    const worker = solo();
    const told: LogEvent[] = [];
    const times: number[] = [];
    worker.dataflow(function reader(scope) {
      const { stream } = logStream(worker, scope, { detail: "full", interval: 0 });
      stream.pipe(
        exchange((event: LogEvent) => event.kind),
        inspect((event: LogEvent, time) => {
          told.push(event);
          times.push(time);
          expect(event.at).toBeGreaterThanOrEqual(time);
        }),
      );
    });
    const { numbers } = worker.dataflow(function worked(scope) {
      return countdown(scope, () => {});
    });
    numbers.send(4);
    numbers.close();
    worker.run();
    expect(worker.hasDataflows).toBe(false);
    expect(of(told, "operator")[0]?.name).toBe("worked");
    expect(told.filter((event) => JSON.stringify(event).includes('"0')).length).toBe(0);
    expect(of(told, "shutdown").map(({ dataflow }) => dataflow)).toEqual(["1"]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("ends when the dataflow that reads it is dropped", () => {
    const worker = solo();
    worker.dataflow((scope) => logStream(worker, scope, { interval: 0 }).stream.pipe(inspect(() => {})));
    const { numbers } = worker.dataflow((scope) => countdown(scope, () => {}));
    numbers.send(3);
    worker.step();
    worker.drop(0);
    numbers.send(4);
    numbers.close();
    worker.run();
    expect(worker.hasDataflows).toBe(false);
    log(worker, () => {}).close(); // the worker is logged no longer
  });

  it("comes to rest when what it tells of does", () => {
    const worker = solo();
    let told = 0;
    const { numbers, done } = worker.dataflow((scope) => countdown(scope, () => {}));
    worker.dataflow((scope) => {
      const { stream } = logStream(worker, scope, { interval: 0 });
      stream.pipe(
        map((event) => event),
        inspect(() => {
          told += 1;
        }),
      );
    });
    numbers.send(7);
    numbers.advanceTo(1);
    worker.stepWhile(() => done.lessThan(1));
    let steps = 0;
    while (worker.isBusy && steps < 100) {
      worker.step();
      steps += 1;
    }
    expect(steps).toBeLessThan(10);
    expect(told).toBeGreaterThan(0);
    numbers.close();
    worker.run();
  });
});

describe("a worker that parks", () => {
  it("tells how long, and delivers what is due while it waits", () => {
    const [descriptor] = createFabrics(2);
    const worker = new Worker(openFabric(descriptor as NonNullable<typeof descriptor>), { parking: { spins: 0 } });
    const deliveries: LogEvent[][] = [];
    const running = log(worker, (events) => deliveries.push(events), { detail: "full", interval: 2 });
    worker.dataflow((scope) => input(scope));
    worker.step();
    for (let i = 0; i < 4; i++) worker.stepOrPark(5);
    const quiet = deliveries.length;
    expect(quiet).toBeGreaterThan(0);
    // Waiting is told with what comes next; it is not news by itself, or a reader would keep its worker awake.
    for (let i = 0; i < 3; i++) worker.stepOrPark(5);
    expect(deliveries.length).toBe(quiet);
    running.close();
    const events = deliveries.flat();
    const parks = of(events, "park");
    const unparks = of(events, "unpark");
    expect(parks.length).toBe(7);
    expect(unparks.length).toBe(7);
    expect(sum(unparks, ({ parked }) => parked)).toBeGreaterThan(10);
    unparks.forEach(({ at, parked }, i) => expect(at - parked).toBeCloseTo(parks[i]?.at ?? 0, 6));
  });
});

describe("starting a log", () => {
  it("of dataflows that run already tells them, and counts from there on", () => {
    const worker = solo();
    const { feed, done } = worker.dataflow((scope) => {
      const feed = input<string>(scope);
      const words = feed.stream.pipe(flatMap((line) => line.split(" ")));
      const done = words.pipe(
        unary("drop", pipeline, rows<string>(), () => (port) => port.forEach(() => {})),
        probe(),
      );
      return { feed, done };
    });
    const send = (line: string) => {
      feed.send(line);
      feed.advanceTo(feed.time + 1);
      worker.stepWhile(() => done.lessThan(feed.time));
    };
    send("a b c d");
    const events: LogEvent[] = [];
    const running = log(worker, (more) => events.push(...more));
    send("e f");
    running.flush();
    send("g");
    running.close();
    const drop = of(events, "operator").find(({ name }) => name === "drop");
    const activity = of(events, "activity").filter(({ operator }) => operator === drop?.operator);
    expect(activity.map(({ recordsIn, recordsOut }) => [recordsIn, recordsOut])).toEqual([
      [2, 0],
      [1, 0],
    ]);
  });

  it("twice is refused, and again after the end of the first is not", () => {
    const worker = solo();
    const first = log(worker, () => {});
    expect(() => log(worker, () => {})).toThrow(LogError);
    expect(() => log(worker, () => {})).toThrow(
      "the log of worker 0 can't be started: it is logged already; close() that log first",
    );
    first.close();
    first.close();
    log(worker, () => {}).close();
  });

  it("with an interval that is none is refused", () => {
    for (const interval of [-1, Number.NaN])
      expect(() => log(solo(), () => {}, { interval })).toThrow("its interval is");
  });

  it("into another worker's dataflow is refused", () => {
    const [first, second] = createFabrics(2).map((descriptor) => new Worker(openFabric(descriptor)));
    expect(() => (first as Worker).dataflow((scope) => logStream(second as Worker, scope))).toThrow(
      "the log of worker 1 can't be started: the scope is one of worker 0",
    );
  });
});
