// One epoch as it is told to others: over HTTP, as an event and on the log.
import type { Change, EpochDelta } from "@limmat/incremental-routing";
import type { z } from "zod";
import type { deltaSchema } from "../api/schemas.ts";

/** What an epoch changed, without the groups themselves. */
export type EpochSummary = Omit<z.input<typeof deltaSchema>, "groups">;

/** An epoch, and its JSON with and without groups. */
export interface EpochRecord {
  readonly summary: EpochSummary;
  readonly full: string;
  readonly brief: string;
}

/** The record of an epoch that just ended. */
export function epochRecord(delta: EpochDelta, applied: readonly Change[], time = new Date()): EpochRecord {
  let groupsChanged = 0;
  let groupsResized = 0;
  for (const { added, changed, resized, removed } of delta.groups) {
    groupsChanged += added.length + changed.length + removed.length;
    groupsResized += resized.length;
  }
  const summary: EpochSummary = {
    epoch: delta.epoch,
    time: time.toISOString(),
    changes: delta.changes,
    pairsChanged: delta.pairsChanged,
    nextHopSetsChanged: delta.nextHopSetsChanged,
    groupsChanged,
    groupsResized,
    milliseconds: Math.round(delta.milliseconds * 1000) / 1000,
    applied: applied as EpochSummary["applied"],
  };
  const brief = JSON.stringify(summary);
  return { summary, brief, full: `${brief.slice(0, -1)},"groups":${JSON.stringify(delta.groups)}}` };
}
