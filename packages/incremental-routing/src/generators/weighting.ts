// Weights for generated networks, which are all 1 as the generators make them.

import type { AttributeValue, LinkSpec, Topology } from "../network/index.ts";
import { checkInteger, GeneratorError } from "./generator-error.ts";
import { Random } from "./random.ts";

/** Every link weighs 1. */
export interface UnitWeighting {
  /** Which weighting it is. */
  readonly kind: "unit";
}

/** Every link weighs a random integer, the same both ways. */
export interface RandomWeighting {
  /** Which weighting it is. */
  readonly kind: "random";
  /** The largest weight, 1..2^32; the least is 1. */
  readonly max: number;
  /** Integer from 0 on; equal seeds give equal weights. */
  readonly seed: number;
}

/** A link weighs the largest `capacity` of the network's links over its own. */
export interface InverseCapacityWeighting {
  /** Which weighting it is. */
  readonly kind: "inverseCapacity";
}

/** How links are weighed. */
export type Weighting = UnitWeighting | RandomWeighting | InverseCapacityWeighting;

/**
 * The topology with its links weighed anew.
 *
 * @throws GeneratorError BAD_PARAMETER when `max` is no integer of 1..2^32 or a link has no capacity.
 */
export function weighed(topology: Topology, weighting: Weighting): Topology {
  return { ...topology, links: weighLinks(topology.links, weighting) };
}

function weighLinks(links: readonly LinkSpec[], weighting: Weighting): LinkSpec[] {
  switch (weighting.kind) {
    case "unit":
      return links.map((link) => ({ ...link, forward: 1, backward: 1 }));
    case "random": {
      const max = checkInteger("weights", weighting.max, 1);
      if (max > 2 ** 32) throw new GeneratorError("BAD_PARAMETER", "weights", `random weights reach at most 2^32`);
      const random = new Random(checkInteger("seed", weighting.seed, 0));
      return links.map((link) => {
        const weight = 1 + random.below(max);
        return { ...link, forward: weight, backward: weight };
      });
    }
    case "inverseCapacity": {
      let largest = 0;
      for (const link of links) largest = Math.max(largest, capacityOf(link));
      return links.map((link) => {
        const weight = largest / capacityOf(link);
        return { ...link, forward: weight, backward: weight };
      });
    }
  }
}

function capacityOf(link: LinkSpec): number {
  const attributes: Readonly<Record<string, AttributeValue>> = link.attributes ?? {};
  const { capacity } = attributes;
  if (typeof capacity === "number" && capacity > 0) return capacity;
  throw new GeneratorError(
    "BAD_PARAMETER",
    "weights",
    `inverse-capacity weights need link capacities, which jupiter has and link "${link.id}" has not`,
  );
}
