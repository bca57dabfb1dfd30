// A whole run of N workers in one thread: the production engine over the production rings, under a seeded scheduler that stalls workers,
// delays and interleaves messages, and cuts work into pieces wherever real threads might (engine rules 18 and 19).

import type { CheckpointOptions } from "../checkpoint/checkpointer.ts";
import { createFabrics, type Fabric, openFabric } from "../communication/index.ts";
import { LimmatError } from "../errors.ts";
import { type ArenaConfig, createArena } from "../memory/arena-config.ts";
import { Arena, ArenaError } from "../memory/index.ts";
import type { Pace } from "../worker/pace.ts";
import { Worker } from "../worker/worker.ts";
import { type Coverage, emptyCoverage, observe } from "./coverage.ts";
import { Random } from "./random.ts";

/**
 * What one worker's program does: builds dataflows, feeds inputs, and yields wherever the scheduler may let others go on. It is given
 * random numbers of its own, from the same seed.
 */
export type Program = (worker: Worker, random: Random) => Generator<void, void, void>;

/** What is simulated. */
export interface SimulationOptions {
  /** Decides everything: the same seed, program and options give the same run. */
  readonly seed: number;
  /** The number of workers. */
  readonly workers: number;
  /** Scheduler actions after which the run counts as stuck. Default 1,000,000. */
  readonly limit?: number;
  /**
   * Gives the workers arenas, of slabs as small as 64 KiB: one for all, or one for each of several `processes` that the workers are dealt
   * to in equal parts, so that programs meet workers with whom they share nothing.
   */
  readonly arena?: ArenaConfig & {
    /** How many arenas there are. Default 1. */
    readonly processes?: number;
  };
  /** The checkpoints of the run. Whoever simulates a crash throws from a program, and runs the next one on the same store. */
  // biome-ignore lint/suspicious/noExplicitAny: times of any domain
  readonly checkpoints?: CheckpointOptions<any>;
}

/** A run that did not end: a frontier that never drained, or a message that never arrived. Replays from its seed. */
export class LivenessError extends LimmatError {
  /** The seed that replays the run. */
  readonly seed: number;

  constructor(seed: number, message: string) {
    super("LIVENESS", `seed ${seed}: ${message}`);
    this.seed = seed;
  }
}

/** A worker with its program and the whims of its thread. */
class Actor {
  readonly worker: Worker;
  readonly fabric: Fabric;
  /** Scheduler actions for which the thread stands still. */
  stalled = 0;
  private readonly temper: Temper;
  private readonly program: Generator<void, void, void>;
  private ended = false;
  private left = false;

  constructor(worker: Worker, fabric: Fabric, temper: Temper, program: Generator<void, void, void>) {
    this.worker = worker;
    this.fabric = fabric;
    this.temper = temper;
    this.program = program;
  }

  /** Lets the program or the worker go on; false when the thread is parked: its program has ended and nothing woke the worker. */
  act(random: Random): boolean {
    const { worker } = this;
    const woken = worker.isBusy || this.temper.owesFlush;
    if (!this.ended && (!woken || random.chance(0.3))) this.ended = this.program.next().done === true;
    else if (woken) worker.step();
    else if (this.canLeave) this.leave();
    else return false;
    return true;
  }

  /** Does what `run` does at its end. */
  private leave(): void {
    this.left = true;
    this.worker.leave();
  }

  private get canLeave(): boolean {
    return this.ended && !this.left && !this.worker.hasDataflows && this.worker.takesCheckpoints;
  }

  get hasEnded(): boolean {
    return this.ended && !this.worker.hasDataflows && this.worker.isFlushed && !this.canLeave;
  }

  get canAct(): boolean {
    return !this.ended || this.worker.isBusy || this.temper.owesFlush || this.canLeave;
  }
}

/**
 * Runs a program on every worker of a simulated run until all dataflows have ended, and returns what of the engine's rarer paths the
 * schedule went through. Throws what the workers throw (in development mode, so that a batch behind its receiver's frontier is a
 * `SafetyError`), and `LivenessError` when the run can't end.
 */
export function simulate(options: SimulationOptions, program: Program): Coverage {
  const { seed, workers, limit = 1_000_000 } = options;
  const random = new Random(seed);
  const coverage = emptyCoverage();
  let clock = 0;
  // Each seed has its own choppiness, so that some runs are broken into crumbs and some are smooth.
  const choppiness = random.below(100) / 100;
  const fabrics = createFabrics(workers, {
    dataRingBytes: 2 ** (8 + random.below(5)),
    progressRingBytes: 2 ** (6 + random.below(5)),
    shared: false,
  });
  const arenas = arenasOf(options);
  const actors = fabrics.map((descriptor) => {
    const fabric = openFabric(descriptor);
    const pace = new Temper(random, choppiness);
    const worker = new Worker(fabric, {
      development: true,
      generation: seed >>> 0,
      pace,
      now: () => clock,
      stuckAfter: 0,
      ...(arenas === undefined ? {} : { arena: arenas[fabric.index] as Arena }),
      ...(options.checkpoints === undefined ? {} : { checkpoints: options.checkpoints }),
    });
    return new Actor(worker, fabric, pace, program(worker, new Random(seed + 0x9e3779b9 * (fabric.index + 1))));
  });
  for (let action = 0, idle = 0; action < limit; action++) {
    clock += random.below(3);
    const actor = random.pick(actors);
    if (actor.stalled > 0) {
      actor.stalled -= 1;
      continue;
    }
    if (random.chance(0.01)) actor.stalled = random.below(50);
    if (actor.act(random)) {
      idle = 0;
      observe(coverage, actor.worker, actor.fabric);
      continue;
    }
    coverage.parked += 1;
    idle += 1;
    if (idle % (8 * workers) !== 0 || actors.some((each) => each.canAct)) continue;
    if (actors.every((each) => each.hasEnded)) return coverage;
    // Time passes while everybody sleeps.
    const timer = Math.min(...actors.map((each) => (each.hasEnded ? Number.POSITIVE_INFINITY : each.worker.nextTimer)));
    if (timer <= Number.MAX_VALUE) {
      clock = Math.max(clock, timer);
      continue;
    }
    throw new LivenessError(seed, `after ${action} actions nothing is left to do, but ${describe(actors)}`);
  }
  throw new LivenessError(seed, `the run did not end within ${limit} actions: ${describe(actors)}`);
}

/** The arena of each worker as it sees it. */
function arenasOf({ workers, arena }: SimulationOptions): Arena[] | undefined {
  if (arena === undefined) return undefined;
  const { processes = 1 } = arena;
  const each = workers / processes;
  if (!Number.isInteger(each)) throw new ArenaError(`${workers} workers can't be dealt to ${processes} processes.`);
  return Array.from({ length: processes }, (_, process) => {
    const descriptor = createArena(arena, each, false, process);
    return Array.from({ length: each }, (_, allocator) => new Arena(descriptor, { allocator }));
  }).flat();
}

/** A pace by dice. */
class Temper implements Pace {
  /** Whether something may stand in the links unpublished because a flush was left out. */
  owesFlush = false;
  private readonly random: Random;
  private readonly choppiness: number;

  constructor(random: Random, choppiness: number) {
    this.random = random;
    this.choppiness = choppiness;
  }

  messages(): number {
    return this.some(4);
  }

  operators(): number {
    return this.some(3);
  }

  batches(): number {
    return this.some(3);
  }

  piece(): number {
    return 1 + this.some(4);
  }

  flushes(): boolean {
    this.owesFlush = this.random.chance(this.choppiness / 2);
    return !this.owesFlush;
  }

  private some(most: number): number {
    return this.random.chance(this.choppiness) ? this.random.below(most) : Number.POSITIVE_INFINITY;
  }
}

function describe(actors: readonly Actor[]): string {
  const parts = actors.flatMap(({ worker }) =>
    worker.held().map(({ operator, time }) => `worker ${worker.index}: ${operator} holds ${JSON.stringify(time)}`),
  );
  const running = actors.filter(({ worker }) => worker.hasDataflows).map(({ worker }) => worker.index);
  return `workers ${running.join(", ")} have not ended; ${parts.slice(0, 6).join("; ") || "no capability is held"}`;
}
