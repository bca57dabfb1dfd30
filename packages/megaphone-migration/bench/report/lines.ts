// What a record says, by case and metric.
import type { RecordedMeasurement } from "./record.ts";

/** Points of a curve. */
export type Points = readonly (readonly [x: number, y: number])[];

/** Finds measurements. */
export class Lines {
  private readonly all: readonly RecordedMeasurement[];

  constructor(all: readonly RecordedMeasurement[]) {
    this.all = all;
  }

  /** Those whose cases have names that match, in the order of the record. */
  matching(name: RegExp): readonly RecordedMeasurement[] {
    return this.all.filter((each) => name.test(each.case));
  }

  /** The names of cases that match, each once. */
  cases(name: RegExp): string[] {
    return [...new Set(this.matching(name).map((each) => each.case))];
  }

  /** One measurement, if it was made. */
  find(name: string, metric: string): RecordedMeasurement | undefined {
    return this.all.find((each) => each.case === name && each.metric === metric);
  }

  /** Its value; NaN if it was not made. */
  value(name: string, metric: string): number {
    return this.find(name, metric)?.value ?? Number.NaN;
  }

  /** Its curve; none if it was not made. */
  points(name: string, metric: string): Points {
    return this.find(name, metric)?.points ?? [];
  }

  /** All that bars were set for. */
  get barred(): readonly RecordedMeasurement[] {
    return this.all.filter(({ bar }) => bar !== undefined);
  }
}
