// Google's Jupiter fabric as published ("Jupiter Rising", SIGCOMM 2015): ToRs under middle blocks (MB), eight of which form
// an aggregation block (AB), under spine blocks (SB). The defaults are the largest published configuration.

import type { LinkSpec, NodeSpec, Topology } from "../network/index.ts";
import { LinkNames } from "../network/link-names.ts";
import { checkInteger, checkSize, GeneratorError } from "./generator-error.ts";
import { inLayer } from "./layout.ts";

/** Sizes and level of a Jupiter fabric; what is left out has the published value. */
export interface JupiterOptions {
  /** Aggregation blocks; 64. */
  readonly aggBlocks?: number;
  /** Middle blocks in an aggregation block; 8. */
  readonly mbPerAgg?: number;
  /** ToRs in an aggregation block; 128. Each has uplinks to all of its middle blocks. */
  readonly torPerAgg?: number;
  /** 10G cables from a ToR to each of its middle blocks; 2. */
  readonly torUplinksPerMb?: number;
  /** Spine blocks; 256. */
  readonly spineBlocks?: number;
  /** 40G cables between an aggregation block and each spine block, each on another middle block; 2. */
  readonly linksPerAggSpine?: number;
  /** Servers under a ToR, an attribute of its node; 48. */
  readonly serversPerTor?: number;
  /** Whether a block is one node, or each of its switch chips is; "block". */
  readonly level?: "block" | "chips";
  /** Whether parallel cables are links of their own at block level, rather than one link; false. Chips always have them. */
  readonly cables?: boolean;
}

/** Gb/s of a cable between a ToR and a middle block, and of every other cable. */
const TOR_CABLE = 10;
const CABLE = 40;

/** A middle block has two stages of 8 chips, a spine block 16 leaf and 8 top chips; stages are fully meshed. */
const MB_CHIPS_PER_STAGE = 8;
const SB_LEAF_CHIPS = 16;
const SB_TOP_CHIPS = 8;

/**
 * A Jupiter fabric with unit weights, capacities in Gb/s as link attributes, and a layered drawing. At block level 8,960
 * nodes and 98,304 links (163,840 with `cables`), at chip level 22,528 nodes and 229,376 links.
 *
 * Which middle blocks carry an aggregation block's cables to a spine block is not published: here they are different
 * ones, all middle blocks carry equally many, and all pairs of them occur.
 *
 * @throws GeneratorError when a size is no positive integer, `linksPerAggSpine` exceeds `mbPerAgg`, or it is too large.
 */
export function jupiter(options: JupiterOptions = {}): Topology {
  const { level = "block", cables = false } = options;
  const aggBlocks = checkInteger("aggBlocks", options.aggBlocks ?? 64, 1);
  const mbPerAgg = checkInteger("mbPerAgg", options.mbPerAgg ?? 8, 1);
  const torPerAgg = checkInteger("torPerAgg", options.torPerAgg ?? 128, 1);
  const torUplinksPerMb = checkInteger("torUplinksPerMb", options.torUplinksPerMb ?? 2, 1);
  const spineBlocks = checkInteger("spineBlocks", options.spineBlocks ?? 256, 1);
  const linksPerAggSpine = checkInteger("linksPerAggSpine", options.linksPerAggSpine ?? 2, 1);
  const serversPerTor = checkInteger("serversPerTor", options.serversPerTor ?? 48, 0);
  if (linksPerAggSpine > mbPerAgg) {
    throw new GeneratorError(
      "BAD_PARAMETER",
      "linksPerAggSpine",
      `linksPerAggSpine is ${linksPerAggSpine}, but an aggregation block has only ${mbPerAgg} middle blocks to carry them`,
    );
  }
  const chips = level === "chips";
  if (chips && cables) {
    throw new GeneratorError(
      "BAD_PARAMETER",
      "cables",
      "at chip level every cable is a link already; leave out cables",
    );
  }
  const parallel = chips || cables ? torUplinksPerMb : 1;
  const mbs = aggBlocks * mbPerAgg;
  const tors = aggBlocks * torPerAgg;
  checkSize(
    "jupiter",
    tors + (chips ? mbs * 2 * MB_CHIPS_PER_STAGE + spineBlocks * (SB_LEAF_CHIPS + SB_TOP_CHIPS) : mbs + spineBlocks),
    tors * mbPerAgg * parallel +
      aggBlocks * spineBlocks * linksPerAggSpine +
      (chips ? mbs * MB_CHIPS_PER_STAGE ** 2 + spineBlocks * SB_LEAF_CHIPS * SB_TOP_CHIPS : 0),
  );

  const nodes: NodeSpec[] = [];
  const links: LinkSpec[] = [];
  const names = new LinkNames();
  const torAttributes = { role: "tor", servers: serversPerTor };
  const mbAttributes = { role: "middle" };
  const sbAttributes = { role: "spine" };
  const torCapacity = { capacity: (TOR_CABLE * torUplinksPerMb) / parallel };
  const cableCapacity = { capacity: CABLE };
  const connect = (from: string, to: string, attributes: { capacity: number }): void => {
    links.push({ id: names.name(from, to), from, to, forward: 1, backward: 1, attributes });
  };
  /** Adds the chips of two fully meshed stages, or the one node that stands for them. */
  const addBlock = (
    id: string,
    attributes: { role: string },
    layer: number,
    [index, count]: [number, number],
    [lower, lowerCount]: [string, number],
    [upper, upperCount]: [string, number],
  ): void => {
    if (!chips) {
      nodes.push({ id, position: inLayer(layer, index, count), attributes });
      return;
    }
    for (let chip = 0; chip < lowerCount; chip++) {
      const position = inLayer(layer + 1, index * lowerCount + chip, count * lowerCount);
      nodes.push({ id: `${id}-${lower}-${chip}`, position, attributes: { ...attributes, block: id } });
    }
    for (let chip = 0; chip < upperCount; chip++) {
      const position = inLayer(layer, index * upperCount + chip, count * upperCount);
      nodes.push({ id: `${id}-${upper}-${chip}`, position, attributes: { ...attributes, block: id } });
      for (let leaf = 0; leaf < lowerCount; leaf++)
        connect(`${id}-${lower}-${leaf}`, `${id}-${upper}-${chip}`, cableCapacity);
    }
  };

  const torLayer = chips ? 4 : 2;
  for (let agg = 0; agg < aggBlocks; agg++) {
    for (let tor = 0; tor < torPerAgg; tor++) {
      const position = inLayer(torLayer, agg * torPerAgg + tor, tors);
      nodes.push({ id: `tor-${agg}-${tor}`, position, attributes: torAttributes });
    }
  }
  for (let agg = 0; agg < aggBlocks; agg++) {
    for (let mb = 0; mb < mbPerAgg; mb++) {
      const place: [number, number] = [agg * mbPerAgg + mb, mbs];
      const stages = MB_CHIPS_PER_STAGE;
      addBlock(`mb-${agg}-${mb}`, mbAttributes, chips ? 2 : 1, place, ["down", stages], ["up", stages]);
    }
  }
  for (let sb = 0; sb < spineBlocks; sb++) {
    addBlock(`sb-${sb}`, sbAttributes, 0, [sb, spineBlocks], ["leaf", SB_LEAF_CHIPS], ["top", SB_TOP_CHIPS]);
  }

  for (let agg = 0; agg < aggBlocks; agg++) {
    for (let tor = 0; tor < torPerAgg; tor++) {
      for (let mb = 0; mb < mbPerAgg; mb++) {
        for (let cable = 0; cable < parallel; cable++) {
          // Neighbouring chips take a ToR's cables, so that they end on different ones.
          const chip = (tor * parallel + cable) % MB_CHIPS_PER_STAGE;
          const block = `mb-${agg}-${mb}`;
          connect(`tor-${agg}-${tor}`, chips ? `${block}-down-${chip}` : block, torCapacity);
        }
      }
    }
    const uplinks = new Int32Array(mbPerAgg);
    for (let sb = 0; sb < spineBlocks; sb++) {
      for (let cable = 0; cable < linksPerAggSpine; cable++) {
        const mb = carryingMiddleBlock(sb, cable, mbPerAgg);
        const from = `mb-${agg}-${mb}`;
        const to = `sb-${sb}`;
        const upChip = (uplinks[mb] as number) % MB_CHIPS_PER_STAGE;
        uplinks[mb] = (uplinks[mb] as number) + 1;
        const leafChip = (agg * linksPerAggSpine + cable) % SB_LEAF_CHIPS;
        connect(chips ? `${from}-up-${upChip}` : from, chips ? `${to}-leaf-${leafChip}` : to, cableCapacity);
      }
    }
  }
  return { name: "jupiter", nodes, links };
}

/**
 * Which middle block carries cable number `cable` to a spine block. For each cable, every run of `mbPerAgg` spine blocks
 * uses each middle block once; the distance between the cables' middle blocks goes through 1..mbPerAgg-1 from run to run.
 */
function carryingMiddleBlock(spineBlock: number, cable: number, mbPerAgg: number): number {
  if (cable === 0) return spineBlock % mbPerAgg;
  const run = Math.floor(spineBlock / mbPerAgg);
  return (spineBlock + 1 + ((run + cable - 1) % (mbPerAgg - 1))) % mbPerAgg;
}
