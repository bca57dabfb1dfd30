// What the machines of the simulation suite put out, said without any order of execution: the outputs of a record depend on which others
// of its key are before it, and on nothing else (Megaphone, section 3, for partially ordered times).

import type { TimeDomain } from "@limmat/timely-core";

/** A record, and post-dated work: `hops` times it comes back, each time later by `by`. */
export interface Job {
  readonly key: number;
  readonly value: number;
  readonly hops: number;
  readonly by: number;
}

/** What a job becomes when it comes back. */
export function returned({ key, value, hops, by }: Job): Job {
  return { key, value: value + 1, hops: hops - 1, by };
}

/** What a job causes by going round a loop, if anything. */
export function goneRound({ key, value }: Pick<Job, "key" | "value">): Job | undefined {
  return value < 4 ? { key: (key + 1) % 7, value: value + 2, hops: 0, by: 0 } : undefined;
}

/** The rules of one dataflow. */
export interface Rules<T> {
  readonly domain: TimeDomain<T>;
  /** A time after `time`. */
  later(time: T, by: number): T;
  /** The time of what goes round the loop, where there is one. */
  round?(time: T): T;
}

/** All outputs, given all inputs. */
export function machineOutputs<T>(rules: Rules<T>, fed: readonly (readonly [T, Job])[]): [T, string][] {
  const { domain } = rules;
  const all: { time: T; job: Job; due: boolean }[] = fed.map(([time, job]) => ({ time, job, due: false }));
  for (const { time, job } of all) {
    if (job.hops > 0) all.push({ time: rules.later(time, job.by), job: returned(job), due: true });
    const again = rules.round === undefined ? undefined : goneRound(job);
    if (again !== undefined) all.push({ time: rules.round?.(time) as T, job: again, due: false });
  }
  return all.map(({ time, job: { key, value }, due }) => {
    let sum = 0;
    for (const other of all) {
      if (other.job.key !== key || !domain.lessEqual(other.time, time)) continue;
      const isSame = domain.compare(other.time, time) === 0;
      // Of one time, post-dated work sees all records, and nothing else sees anything.
      if (!isSame || (due && !other.due)) sum += other.job.value;
    }
    return [time, `key ${key}, value ${value} after ${sum}`];
  });
}
