// Finds frontiers that stand still for no reason: capabilities that somebody forgot to release (engine rule 5). In development only.

import type { DataflowParts, OperatorParts } from "../dataflow/context.ts";
import type { Place } from "../dataflow/errors.ts";

/** A capability that holds up everything downstream although nothing can come any more that its operator could wait for. */
export interface StuckFrontier {
  /** Whose it is. */
  readonly place: Place;
  /** Its time. */
  readonly time: unknown;
  /** For how long that has been so, in milliseconds. */
  readonly milliseconds: number;
  /** All of it as a sentence, with what to do. */
  readonly message: string;
}

interface Suspect {
  readonly time: unknown;
  readonly since: number;
  reported: boolean;
}

/**
 * Looks at what is held now and then. A capability is suspect while it has no name, none of its operator's inputs has a batch to read or can
 * still get one at or before its time, and the operator waits for no timer, other thread or credit.
 */
export class Watchdog {
  /** When to look next, on the worker's clock. */
  due: number;
  private readonly after: number;
  private readonly report: (stuck: StuckFrontier) => void;
  private suspects = new Map<unknown, Suspect>();

  /** Reports a suspect once, when it has been one for `after` milliseconds. */
  constructor(after: number, now: number, report: (stuck: StuckFrontier) => void) {
    this.after = after;
    this.due = now + after / 2;
    this.report = report;
  }

  /** Whether a suspect is still to be reported, so that a worker that sleeps has to wake for the next look. */
  get isWary(): boolean {
    for (const { reported } of this.suspects.values()) if (!reported) return true;
    return false;
  }

  /** Looks at everything that is held. O(operators and capabilities). */
  look(now: number, dataflows: Iterable<DataflowParts>, isExcused: (dataflow: DataflowParts) => boolean): void {
    const suspects = new Map<unknown, Suspect>();
    for (const dataflow of dataflows) {
      if (isExcused(dataflow)) continue;
      for (const operator of dataflow.operators) {
        if (operator.outputs.every(({ held }) => held.size === 0) || isWaiting(operator)) continue;
        for (const { held } of operator.outputs) {
          for (const capability of held) {
            if (capability.reason !== undefined || mayStillCome(operator, capability.time)) continue;
            const known = this.suspects.get(capability);
            const same = known !== undefined && known.time === capability.time;
            const suspect: Suspect = same ? known : { time: capability.time, since: now, reported: false };
            suspects.set(capability, suspect);
            if (suspect.reported || now - suspect.since < this.after) continue;
            suspect.reported = true;
            this.report(describe(operator.place, capability.time, now - suspect.since));
          }
        }
      }
    }
    this.suspects = suspects;
    this.due = now + this.after / 2;
  }
}

function isWaiting({ inputs, isWaiting }: OperatorParts): boolean {
  return isWaiting() || inputs.some((input) => input.waiting().batches > 0);
}

function mayStillCome({ scope, inputs }: OperatorParts, time: unknown): boolean {
  return inputs.some(({ location }) => scope.frontier(location).lessEqual(time));
}

function describe(place: Place, time: unknown, milliseconds: number): StuckFrontier {
  const message =
    `operator ${place.operator} of dataflow ${place.dataflow} on worker ${place.worker} has held a capability for ${JSON.stringify(time)} ` +
    `for ${Math.round(milliseconds)} ms although nothing can come any more that it could wait for: release() it, or give it a name ` +
    `if it is held on purpose, capability.named("why")`;
  return { place, time, milliseconds, message };
}

/** Where nobody else listens: on the standard error of a process at once, as a thread that then blocks would never print it. */
export function printStuck({ message }: StuckFrontier): void {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => { writeSync(file: number, text: string): void } };
  };
  const files = process?.getBuiltinModule?.("node:fs");
  if (files === undefined) console.warn(message);
  else files.writeSync(2, `${message}\n`);
}
