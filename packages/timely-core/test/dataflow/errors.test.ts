// What is refused while a dataflow is built, and what is reported while it runs.

import { describe, expect, it } from "vitest";
import {
  broadcasting,
  concat,
  connectLoop,
  enter,
  feedback,
  filter,
  flatMap,
  GraphError,
  type InputPort,
  input,
  LimmatError,
  leave,
  map,
  OperatorBuilder,
  OperatorError,
  PlacedError,
  ProtocolError,
  pipeline,
  probe,
  type Rows,
  rows,
  type Scope,
  StalledError,
  type Stream,
  solo,
  unary,
} from "../../src/index.ts";
import { ZeroDelayCycleError } from "../../src/progress/index.ts";
import { type Program, simulate } from "../../src/simulation/index.ts";
import { bench, outputsOf } from "./run.ts";

type Numbers<T> = Stream<T, Rows<number>>;

/** Operators of one name that divide their input over the workers in different ways. */
const byMap = () => unary<number, Rows<number>, Rows<number>>("move", pipeline, rows<number>(), drain);
const byExchange = () => unary<number, Rows<number>, Rows<number>>("move", broadcasting, rows<number>(), drain);

function drain() {
  return (port: InputPort<number, Rows<number>>): void => port.forEach(() => {});
}

function caughtFrom(act: () => void): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("OperatorError", () => {
  it("wraps what an operator throws, and says where", () => {
    const cause = new RangeError("no 13 please");
    const caught = caughtFrom(() =>
      outputsOf<number, number>([[0, 12, 13]], (stream) =>
        stream.pipe(
          map((n) => {
            if (n === 13) throw cause;
            return n;
          }),
        ),
      ),
    ) as OperatorError;
    expect(caught).toBeInstanceOf(OperatorError);
    expect(caught.cause).toBe(cause);
    expect(caught.code).toBe("OPERATOR");
    expect(caught.place.operator).toBe("map");
    expect(caught.place.worker).toBe(0);
    expect(caught.message).toContain("no 13 please");
  });

  it("wraps what is no Error, and leaves the engine's own errors as they are", () => {
    const text = caughtFrom(() =>
      outputsOf<number, number>([[0, 1]], (stream) =>
        stream.pipe(
          flatMap(() => {
            throw "a string";
          }),
        ),
      ),
    );
    expect((text as OperatorError).cause).toBe("a string");
    const placed = new PlacedError("TEST", { dataflow: "d", operator: "o", worker: 7 }, "mine");
    const own = caughtFrom(() =>
      outputsOf<number, number>([[0, 1]], (stream) =>
        stream.pipe(
          map((): number => {
            throw placed;
          }),
        ),
      ),
    );
    expect(own).toBe(placed);
  });
});

describe("GraphError", () => {
  const inScopes = (build: (scope: Scope<number>, stream: Numbers<number>) => void) =>
    caughtFrom(() => solo().dataflow((scope) => build(scope, input<number>(scope).stream)));

  it("for a stream of another scope, naming both scopes and the operator", () => {
    const caught = inScopes((scope, stream) => {
      scope.region("inside", (inner) => {
        const entered = stream.pipe(enter(inner));
        entered.pipe(concat(stream));
      });
    });
    expect(caught).toBeInstanceOf(GraphError);
    expect((caught as GraphError).message).toMatch(/concat.*inside.*enter\(\).*leave\(\)/);
  });

  it("for entering a scope that is not nested directly", () => {
    const caught = inScopes((scope, stream) => {
      scope.region("outer", (outer) => outer.region("inner", (inner) => stream.pipe(enter(inner))));
    });
    expect(caught).toBeInstanceOf(GraphError);
    expect((caught as GraphError).message).toContain("inner");
  });

  it("for leaving to a scope that is not the one around", () => {
    const caught = inScopes((scope, stream) => {
      scope.region("outer", (outer) => {
        const entered = stream.pipe(enter(outer));
        outer.region("inner", (inner) => entered.pipe(enter(inner), leave(scope)));
      });
    });
    expect(caught).toBeInstanceOf(GraphError);
  });

  it("for a cycle that is closed twice", () => {
    const caught = inScopes((scope, stream) => {
      const loop = feedback(scope, rows<number>(), 1);
      stream.pipe(connectLoop(loop));
      stream.pipe(connectLoop(loop));
    });
    expect(caught).toBeInstanceOf(GraphError);
  });

  it("for an operator that is built twice, with its place", () => {
    const caught = inScopes((scope) => {
      const builder = new OperatorBuilder(scope, "double");
      builder.build(() => () => {});
      builder.build(() => () => {});
    });
    expect(caught).toBeInstanceOf(PlacedError);
    expect((caught as PlacedError).code).toBe("GRAPH");
  });
});

describe("ZeroDelayCycleError", () => {
  it("for a cycle that does not advance time, naming its operators", () => {
    const caught = caughtFrom(() =>
      solo().dataflow((scope) => {
        const loop = feedback(scope, rows<number>(), 0);
        const all = input<number>(scope).stream.pipe(concat(loop.stream));
        all.pipe(
          map((n: number) => n - 1),
          connectLoop(loop),
        );
        all.pipe(probe());
      }),
    );
    expect(caught).toBeInstanceOf(ZeroDelayCycleError);
    expect(new Set((caught as ZeroDelayCycleError).operators)).toEqual(new Set(["feedback", "concat", "map"]));
  });

  it("for a cycle of a nested scope through the scope around it", () => {
    const caught = caughtFrom(() =>
      solo().dataflow((scope) => {
        const loop = feedback(scope, rows<number>(), 0);
        scope
          .region("inside", (inner) =>
            loop.stream.pipe(
              enter(inner),
              map((n: number) => n),
              leave(scope),
            ),
          )
          .pipe(connectLoop(loop));
      }),
    );
    expect(new Set((caught as ZeroDelayCycleError).operators)).toEqual(new Set(["feedback", "inside"]));
  });

  it("not where the nested scope never leads from that input to that output", () => {
    const worker = solo();
    worker.dataflow((scope) => {
      const loop = feedback(scope, rows<number>(), 0);
      using source = input<number>(scope);
      scope
        .region("inside", (inner) => {
          loop.stream.pipe(enter(inner), probe());
          return source.stream.pipe(enter(inner), leave(scope));
        })
        .pipe(connectLoop(loop));
    });
    worker.run();
  });
});

describe("StalledError", () => {
  it("for a wait that nobody can end, naming who holds what", () => {
    const { worker, input, probe } = bench<number, number>((stream) => stream);
    input.advanceTo(3);
    const caught = caughtFrom(() => worker.stepWhile(() => probe.lessThan(5)));
    expect(caught).toBeInstanceOf(StalledError);
    expect(caught).toBeInstanceOf(LimmatError);
    expect((caught as StalledError).message).toContain("input of");
    expect((caught as StalledError).message).toContain("holds 3");
    input.close();
    worker.stepWhile(() => probe.lessThan(5));
    expect(() => worker.stepWhile(() => true)).toThrow(/no dataflow holds a capability/);
  });

  it("for running a dataflow whose input stays open", async () => {
    const { worker, input } = bench<number, number>((stream) => stream);
    expect(() => worker.run()).toThrow(StalledError);
    await expect(worker.runAsync()).rejects.toThrow(StalledError);
    input.close();
    await worker.runAsync();
    expect(worker.hasDataflows).toBe(false);
  });
});

describe("ProtocolError", () => {
  it("for adding to a dataflow that runs", () => {
    const worker = solo();
    const stream = worker.dataflow((scope) => {
      using source = input<number>(scope);
      return source.stream;
    });
    expect(() => stream.pipe(map((n: number) => n))).toThrow(ProtocolError);
  });

  it.each<[string, (worker: number) => (stream: Numbers<number>) => void]>([
    ["another operator", (worker) => (stream) => void stream.pipe(worker === 0 ? map((n) => n) : filter(() => true))],
    ["another way to divide records", (worker) => (stream) => void stream.pipe(worker === 0 ? byMap() : byExchange())],
    [
      "operators connected in another way",
      (worker) => (stream) => {
        const mapped = stream.pipe(map((n: number) => n));
        (worker === 0 ? stream : mapped).pipe(map((n: number) => n));
      },
    ],
    [
      "another way into a scope",
      (worker) => (stream) => {
        const mapped = stream.pipe(map((n: number) => n));
        stream.scope.region("inside", (inner) => (worker === 0 ? stream : mapped).pipe(enter(inner)));
      },
    ],
  ])("for workers that built different graphs: %s", (_, through) => {
    const building = (variant: (worker: number) => number): Program =>
      function* (worker) {
        worker.dataflow((scope) => {
          using source = input<number>(scope);
          through(variant(worker.index))(source.stream);
        });
        yield;
      };
    expect(() =>
      simulate(
        { seed: 2, workers: 2 },
        building((worker) => worker),
      ),
    ).toThrow(ProtocolError);
    expect(() =>
      simulate(
        { seed: 2, workers: 2 },
        building(() => 0),
      ),
    ).not.toThrow();
    expect(() =>
      simulate(
        { seed: 2, workers: 2 },
        building(() => 1),
      ),
    ).not.toThrow();
  });
});

describe("an operator that never reads", () => {
  it("holds the frontier at what waits for it, and rests until it is activated", () => {
    let reads = false;
    let activate = () => {};
    const { worker, input, probe } = bench<number, number>((stream) =>
      stream.pipe(
        unary<number, Rows<number>, Rows<number>>("reluctant", pipeline, rows<number>(), (info) => {
          activate = info.activate;
          return (port, output) => {
            if (reads) port.forEach((right, batch) => output.session(right).giveBatch(batch.retain()));
          };
        }),
      ),
    );
    input.advanceTo(2);
    input.send(1);
    input.advanceTo(9);
    for (let i = 0; i < 10; i++) worker.step();
    expect(probe.frontier.elements).toEqual([2]);
    expect(worker.isBusy).toBe(false);
    expect(() => worker.stepWhile(() => probe.lessThan(9))).toThrow(StalledError);
    reads = true;
    activate();
    worker.stepWhile(() => probe.lessThan(9));
    input.close();
    worker.run();
  });
});
