// A process in its generation, as the engine wants it.

import type { Member } from "@limmat/timely-core";
import type { Generation } from "./group.ts";
import type { GenerationWatch } from "./watch.ts";

/** One process's place in a generation. Spread into an engine's configuration it is what the engine asks for, and no more. */
export class EtcdMember implements Member {
  readonly index: number;
  readonly hosts: readonly string[];
  readonly generation: number;
  readonly lost: Promise<never>;
  readonly #watch: GenerationWatch;

  constructor(index: number, { members, number }: Generation, watch: GenerationWatch) {
    this.index = index;
    this.hosts = members.map(({ address }) => address);
    this.generation = number;
    this.lost = watch.lost;
    this.#watch = watch;
  }

  leave(): Promise<void> {
    return this.#watch.leave();
  }
}
