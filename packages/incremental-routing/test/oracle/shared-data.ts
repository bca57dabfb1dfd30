// The real topologies that lie beside the repository, for tests that use them when they are there.

import { existsSync, readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../../../../shared/data/", import.meta.url);

/** Whether the data is there. */
export const hasSharedData = existsSync(FOLDER);

/** To be appended to the name of a suite that is skipped without the data. */
export const skipNote = hasSharedData ? "" : " (skipped: ../shared/data is absent)";

/** The files of one of its folders, with their texts. */
export function sharedData(folder: "topology-zoo" | "topohub"): { name: string; text: string }[] {
  if (!hasSharedData) return [];
  const url = new URL(`${folder}/`, FOLDER);
  return readdirSync(url).map((name) => ({ name, text: readFileSync(new URL(name, url), "utf8") }));
}
