// What a program sees of checkpoints: what it may ask for, what it starts from, and each way in which that can't be.

import { describe, expect, it } from "vitest";
import { readCatalogue } from "../../src/checkpoint/catalogue.ts";
import {
  barrier,
  CheckpointError,
  type CheckpointOptions,
  type CheckpointStore,
  capture,
  eventLog,
  exchange,
  type Input,
  input,
  inspect,
  integers,
  mapState,
  memoryStore,
  type Probe,
  pair,
  pipeline,
  probe,
  product,
  type Rows,
  replay,
  rows,
  sequencer,
  solo,
  source,
  unary,
  type Worker,
} from "../../src/index.ts";
import { simulate } from "../../src/simulation/index.ts";

interface Counting {
  readonly worker: Worker;
  readonly words: Input<number, Rows<string>>;
  readonly done: Probe<number>;
  readonly out: string[];
}

function build(worker: Worker, out: string[], name = "count", schema?: string): Omit<Counting, "worker" | "out"> {
  return worker.dataflow(function counting(scope) {
    const words = input<string>(scope);
    const done = words.stream.pipe(
      exchange((word: string) => word),
      unary<number, Rows<string>, Rows<string>>(name, pipeline, rows(), (info) => {
        const counts = new Map<string, number>();
        info.state({ ...mapState(counts), ...(schema === undefined ? {} : { schema }) });
        return (port, output) =>
          port.forEach((right, batch) => {
            const session = output.session(right);
            for (const word of batch.data) {
              counts.set(word, (counts.get(word) ?? 0) + 1);
              session.give(word);
              out.push(`${right.time}: ${word} ${counts.get(word)}`);
            }
          });
      }),
      probe(),
    );
    return { words, done };
  });
}

/** A worker that counts words. */
function counting(
  options: Partial<CheckpointOptions> & { store: CheckpointStore },
  name?: string,
  schema?: string,
): Counting {
  const worker = solo({ checkpoints: options });
  const out: string[] = [];
  return { worker, out, ...build(worker, out, name, schema) };
}

/** Takes a checkpoint at each of some times, with a word in each. */
function taken(store: CheckpointStore, times: readonly number[], options: Partial<CheckpointOptions> = {}): Counting {
  const run = counting({ store, ...options });
  for (const time of times) {
    run.words.advanceTo(time);
    run.words.send("a");
    const checkpoint = run.worker.checkpoint(time, { note: time });
    run.words.advanceTo(time + 1);
    run.worker.stepWhile(() => !checkpoint.durable);
  }
  return run;
}

describe("checkpoints of one worker", () => {
  it("go on in a program that runs several times", () => {
    const store = memoryStore();
    const worker = solo({ checkpoints: { store } });
    const { words } = build(worker, []);
    words.send("a");
    worker.checkpoint(1);
    words.close();
    worker.run();
    const other = build(worker, []);
    other.words.send("b");
    const second = worker.checkpoint(5);
    other.words.close();
    worker.run();
    expect(second.durable).toBe(true);
    const third = worker.checkpoint(6);
    worker.step();
    expect(third.durable).toBe(true);
    const out: string[] = [];
    const again = solo({ checkpoints: { store } });
    for (const { words } of [build(again, out), build(again, out)]) {
      words.advanceTo(7);
      words.send("a", "b");
      words.close();
    }
    again.run();
    expect(out).toEqual(["7: a 2", "7: b 1", "7: a 1", "7: b 2"]);
  });

  it("start a run where another one was", () => {
    const store = memoryStore();
    const first = taken(store, [3]);
    first.words.send("a");
    first.words.flush();
    first.worker.step();
    expect(first.out).toEqual(["3: a 1", "4: a 2"]);
    const second = counting({ store });
    expect(second.worker.restored).toMatchObject({ id: 1, time: 3, workers: 1, metadata: [{ note: 3 }], skipped: [] });
    expect(second.worker.checkpointed).toBe(3);
    second.words.advanceTo(4);
    second.words.send("a", "b");
    second.words.close();
    second.worker.run();
    expect(second.out).toEqual(["4: a 2", "4: b 1"]);
  });

  it("keep as many as they are told to, and no parts of others", () => {
    const store = memoryStore();
    store.write("0000000000000001-7.part", new Uint8Array(3));
    taken(store, [1, 2, 5, 6], { keep: 3 });
    expect(store.list().sort()).toEqual(
      [2, 3, 4].flatMap((id) => [`000000000000000${id}-0.part`, `000000000000000${id}.manifest`]),
    );
  });

  it("on a grid cover whole groups of times, and cost one for all that are passed together", () => {
    const store = memoryStore();
    const run = counting({ store, every: 10 });
    run.words.send("a");
    run.words.advanceTo(1_000_000_009);
    run.worker.stepWhile(() => run.done.lessThan(1_000_000_009));
    run.worker.step();
    expect(run.worker.checkpointed).toBe(999_999_999);
    run.words.send("b");
    run.words.advanceTo(1_000_000_010);
    run.worker.stepWhile(() => run.done.lessThan(1_000_000_010));
    run.worker.step();
    expect(run.worker.checkpointed).toBe(1_000_000_009);
    expect(store.list()).toHaveLength(4);
    const next = counting({ store, every: 10 });
    expect(next.worker.restored?.time).toBe(1_000_000_009);
    expect(() => run.worker.checkpoint(1_000_000_020)).toThrow(/takes checkpoints by itself/);
  });

  it("take a last one when all inputs have closed", () => {
    const store = memoryStore();
    const run = counting({ store, every: 10 });
    run.words.send("a");
    run.words.close();
    run.worker.run();
    expect(counting({ store, every: 10 }).worker.restored?.time).toBe(9);
  });

  it("start from a given one, or from none, and give up those that came after it", () => {
    const store = memoryStore();
    taken(store, [1, 2, 3], { keep: 5 });
    expect(counting({ store, restore: false }).worker.restored).toBeUndefined();
    expect(() => counting({ store, restore: 9 })).toThrow(/no checkpoint 9: the store holds 3, 2, 1/);
    const run = counting({ store, restore: 2, keep: 5 });
    expect(run.worker.restored?.time).toBe(2);
    run.words.advanceTo(3);
    run.worker.checkpoint(7);
    run.words.close();
    run.worker.run();
    expect(counting({ store }).worker.restored).toMatchObject({ id: 4, time: 7 });
    expect(
      store
        .list()
        .filter((name) => name.endsWith("manifest"))
        .sort(),
    ).toEqual(["0000000000000001.manifest", "0000000000000002.manifest", "0000000000000004.manifest"]);
  });

  it("do without a checkpoint that is damaged, and say why", () => {
    const store = memoryStore();
    taken(store, [1, 2, 3], { keep: 5 });
    const damage = (name: string, change: (bytes: Uint8Array) => Uint8Array): void => {
      store.write(name, change(store.read(name) as Uint8Array));
    };
    damage("0000000000000003-0.part", (bytes) => bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte)));
    damage("0000000000000002.manifest", (bytes) => bytes.slice(0, -5));
    const { restored } = counting({ store }).worker;
    expect(restored?.id).toBe(1);
    expect(restored?.skipped.map(({ id }) => id)).toEqual([3, 2]);
    expect(restored?.skipped[0]?.reason).toMatch(/checkpoint 3: the part of worker 0, .* another checksum/);
    expect(restored?.skipped[1]?.reason).toMatch(/checkpoint 2: its manifest can't be read/);
    expect(() => counting({ store, restore: 3 })).toThrow(CheckpointError);
    store.remove("0000000000000001-0.part");
    expect(() => counting({ store })).toThrow(/no checkpoint is whole: .* is missing/);
  });

  it("find damage in any byte of a manifest", () => {
    const store = memoryStore();
    taken(store, [1]);
    const name = "0000000000000001.manifest";
    const whole = store.read(name) as Uint8Array;
    for (let at = 0; at < whole.length; at++) {
      store.write(
        name,
        whole.map((byte, i) => (i === at ? byte ^ 0x10 : byte)),
      );
      expect(() => readCatalogue(store, true)).toThrow(CheckpointError);
    }
  });
});

describe("what can't be", () => {
  it("a checkpoint without a store", () => {
    const worker = solo();
    build(worker, []);
    expect(() => worker.checkpoint(1)).toThrow(/no store/);
  });

  it("a checkpoint that is asked for too late", () => {
    const run = counting({ store: memoryStore() });
    run.words.advanceTo(5);
    run.words.send("a");
    run.words.flush();
    run.worker.step();
    expect(() => run.worker.checkpoint(4)).toThrow(
      /checkpoint at 4 was asked for too late: operator count of dataflow counting on worker 0 has worked on later times/,
    );
  });

  it("times that don't ascend", () => {
    const run = taken(memoryStore(), [3]);
    expect(() => run.worker.checkpoint(3)).toThrow(/can't follow/);
  });

  it("input that the checkpoint covers already", () => {
    const store = memoryStore();
    taken(store, [3]);
    const run = counting({ store });
    run.words.send("a");
    expect(() => run.words.flush()).toThrow(
      /operator input of dataflow counting on worker 0 sends at integers time 0, which/,
    );
  });

  it("a program without an operator that has state, or with another one", () => {
    const store = memoryStore();
    taken(store, [3]);
    expect(() => counting({ store }, "sum")).toThrow(
      /no state of operator sum of dataflow counting on worker 0 \(sum\)/,
    );
    const worker = solo({ checkpoints: { store } });
    expect(() =>
      worker.dataflow(function counting(scope) {
        input<string>(scope);
      }),
    ).toThrow(/checkpoint 1 has state of count of dataflow counting, which is not built any more/);
  });

  it("state of another form", () => {
    const store = memoryStore();
    taken(store, [3]);
    expect(() => counting({ store }, "count", "v2")).toThrow(
      /in the form "map of values -> .*", where "v2 -> .*" is wanted/,
    );
  });

  it("a dataflow that is not built at the next checkpoint", () => {
    const store = memoryStore();
    taken(store, [3]);
    const worker = solo({ checkpoints: { store } });
    worker.dataflow(function other(scope) {
      input<string>(scope);
    });
    expect(() => worker.checkpoint(9)).toThrow(/state of dataflow counting, which this run has not built/);
  });

  it("another run on the same store", () => {
    const store = memoryStore();
    const one = counting({ store });
    taken(store, [3]);
    one.worker.checkpoint(4);
    one.words.advanceTo(5);
    expect(() => one.worker.step()).toThrow(/another run wrote checkpoint 1/);
  });

  it("times of another domain", () => {
    const store = memoryStore();
    taken(store, [3]);
    expect(() => solo({ checkpoints: { store, domain: product(integers, integers) } })).toThrow(
      /checkpoint 1 is of times of integers/,
    );
    expect(() =>
      solo({ checkpoints: { store: memoryStore(), every: 3, domain: product(integers, integers) } }),
    ).toThrow(/every is for integer times/);
    const worker = solo({ checkpoints: { store: memoryStore(), domain: product(integers, integers) } });
    worker.dataflow(product(integers, integers), (scope) => input<string, { outer: number; inner: number }>(scope));
    worker.checkpoint(pair(1, 2));
    expect(() => worker.checkpoint(pair(2, 1))).toThrow(/can't follow/);
  });

  it("numbers that are none", () => {
    expect(() => solo({ checkpoints: { store: memoryStore(), every: 0 } })).toThrow(/every is 0/);
    expect(() => solo({ checkpoints: { store: memoryStore(), keep: 0 } })).toThrow(/keep is 0/);
  });
});

describe("other dataflows of the same workers", () => {
  it("with clocks of their own take no part", () => {
    const store = memoryStore();
    for (const from of [0, 4]) {
      simulate({ seed: from, workers: 2, checkpoints: { store, every: 2 } }, function* (worker) {
        expect(worker.restored?.time).toBe(from === 0 ? undefined : from - 1);
        const { words, done } = build(worker, []);
        const rounds = barrier(worker);
        const orders = sequencer<number>(worker);
        orders.push(worker.index);
        for (let time = from; time < from + 2; time++) {
          words.advanceTo(time);
          words.send("a");
          rounds.arrive();
          while (!rounds.reached) yield;
        }
        words.advanceTo(from + 2);
        while (done.lessThan(from + 2)) yield;
        while (orders.length < 2) yield;
        expect([orders.next(), orders.next()].sort()).toEqual([0, 1]);
        rounds.close();
        orders.close();
        words.close();
        yield;
      });
    }
    // Each run takes a last checkpoint at its end, at the next time that is due.
    expect(counting({ store }).worker.restored?.time).toBe(7);
  });

  it("are in it as soon as all workers have built them, until they are dropped", () => {
    const store = memoryStore();
    simulate({ seed: 2, workers: 2, checkpoints: { store, keep: 9 } }, function* (worker) {
      const first = build(worker, []);
      yield;
      worker.checkpoint(1);
      first.words.advanceTo(2);
      const second = build(worker, []);
      yield;
      second.words.send("b");
      second.words.advanceTo(2);
      worker.checkpoint(3);
      second.words.advanceTo(4);
      first.words.advanceTo(4);
      while (worker.checkpointed !== 3) yield;
      worker.drop(1);
      worker.checkpoint(5);
      first.words.close();
      yield;
    });
    const found = [1, 2, 3].map((id) => readCatalogue(store, id).found?.manifest.dataflows);
    expect(found).toEqual([["counting"], ["counting", "counting#1"], ["counting"]]);
  });

  it("stay in it when they have ended", () => {
    const store = memoryStore();
    const worker = solo({ checkpoints: { store } });
    const ended = build(worker, []);
    const other = build(worker, []);
    ended.words.send("a");
    ended.words.close();
    while (worker.installed().length === 2) worker.step();
    worker.checkpoint(8);
    other.words.close();
    worker.run();
    const again = solo({ checkpoints: { store } });
    const out: string[] = [];
    const counts = build(again, out);
    build(again, out).words.close();
    counts.words.advanceTo(9);
    counts.words.send("a");
    counts.words.close();
    again.run();
    expect(out).toEqual(["9: a 2"]);
  });

  it("that are sources save how far they have come", () => {
    const store = memoryStore();
    const run = (steps: number): number[] => {
      const out: number[] = [];
      const worker = solo({ checkpoints: { store, every: 3 } });
      worker.dataflow(function numbers(scope) {
        source<number, Rows<number>>(scope, rows(), (capability, info) => {
          let next = 0;
          info.state({
            save: (to) => to.own((bytes) => bytes.varint(next)),
            load(from) {
              from.own((bytes) => {
                next = bytes.varint();
              });
            },
          });
          info.activate();
          return (output) => {
            // Far ahead of the checkpoint that comes next: what is sent then is saved with it.
            for (let i = 0; i < 7; i++) {
              capability.downgrade(next);
              output.session(capability).give(next++);
            }
            capability.downgrade(next);
            info.activate();
          };
        }).pipe(inspect((n: number, time) => out.push(n === time ? n : Number.NaN)));
      });
      for (let i = 0; i < steps; i++) worker.step();
      return out;
    };
    const first = run(9);
    const from = readCatalogue(store, true).found?.manifest.time[0] as number;
    const second = run(9);
    expect([...first.filter((n) => n <= from), ...second]).toEqual(
      Array.from({ length: from + 1 + second.length }, (_, i) => i),
    );
    expect(second.length).toBeGreaterThan(20);
  });

  it("replay what the checkpoint does not cover", () => {
    const store = memoryStore();
    const record = eventLog<number, Rows<string>>();
    const recorder = solo();
    const fed = recorder.dataflow((scope) => {
      const fed = input<string>(scope);
      fed.stream.pipe(capture(record));
      return fed;
    });
    for (let time = 0; time < 6; time++) {
      fed.advanceTo(time);
      fed.send(`line ${time}`);
    }
    fed.close();
    recorder.run();
    taken(store, [3]);
    const worker = solo({ checkpoints: { store, restore: 1 } });
    build(worker, []).words.close();
    const out: string[] = [];
    worker.dataflow((scope) => {
      replay(scope, rows<string>(), [record.reader()]).pipe(inspect((line: string) => out.push(line)));
    });
    worker.run();
    expect(out).toEqual(["line 4", "line 5"]);
  });
});

describe("checkpoints of several workers", () => {
  const run = (program: (worker: Worker, words: Input<number, Rows<string>>) => void, seed: number): void => {
    simulate({ seed, workers: 2, checkpoints: { store: memoryStore() } }, function* (worker) {
      const { words } = build(worker, []);
      yield;
      program(worker, words);
      yield;
      words.close();
    });
  };

  it("are the same on all of them, or an error on some", () => {
    for (let seed = 0; seed < 20; seed++) {
      const differ = (worker: Worker, words: Input<number, Rows<string>>): void => {
        worker.checkpoint(3 + worker.index);
        words.advanceTo(9);
      };
      expect(() => run(differ, seed)).toThrow(/asked for different checkpoints/);
    }
  });

  it("need not be asked for by all, as long as nobody goes beyond", () => {
    for (let seed = 0; seed < 20; seed++) {
      run((worker) => {
        if (worker.index === 1) worker.checkpoint(3);
      }, seed);
    }
  });

  it("keep what each worker noted", () => {
    const store = memoryStore();
    simulate({ seed: 1, workers: 2, checkpoints: { store } }, function* (worker) {
      const { words } = build(worker, []);
      worker.checkpoint(3, `worker ${worker.index}`);
      yield;
      words.close();
    });
    expect(counting({ store }).worker.restored).toMatchObject({ workers: 2, metadata: ["worker 0", "worker 1"] });
  });
});
