// Generators by name, as they are asked for on a command line: "jupiter", "fat-tree:8", "ring:10?weights=random:100&seed=7".

import type { Topology } from "../network/index.ts";
import { quoted } from "../network/routing-error.ts";
import { abilene } from "./abilene.ts";
import { fatTree } from "./fat-tree.ts";
import { GeneratorError } from "./generator-error.ts";
import { grid } from "./grid.ts";
import { jellyfish } from "./jellyfish.ts";
import { type JupiterOptions, jupiter } from "./jupiter.ts";
import { ring } from "./ring.ts";
import { type Weighting, weighed } from "./weighting.ts";

/** The name of a generator. */
export type GeneratorName = "jupiter" | "fat-tree" | "jellyfish" | "ring" | "grid" | "abilene";

/** What each generator is asked for with, as shown in error messages and usage texts. */
export const GENERATOR_FORMS: Readonly<Record<GeneratorName, string>> = {
  jupiter:
    "jupiter, jupiter:cables or jupiter:chips, with aggBlocks=, mbPerAgg=, torPerAgg=, torUplinksPerMb=, spineBlocks=, linksPerAggSpine= or serversPerTor= after ?",
  "fat-tree": "fat-tree:K, K even",
  jellyfish: "jellyfish:SWITCHES,PORTS,NETWORKPORTS,SEED",
  ring: "ring:SIZE",
  grid: "grid:ROWSxCOLUMNS",
  abilene: "abilene",
};

const JUPITER_SIZES = [
  "aggBlocks",
  "mbPerAgg",
  "torPerAgg",
  "torUplinksPerMb",
  "spineBlocks",
  "linksPerAggSpine",
  "serversPerTor",
] as const satisfies readonly (keyof JupiterOptions)[];

/** A generator with its parameters, ready to make its network. */
export interface Generator {
  /** Which generator it is. */
  readonly name: GeneratorName;
  /**
   * Makes the network; equal specs make equal networks.
   *
   * @throws GeneratorError when a parameter is out of its range.
   */
  generate(): Topology;
}

/** Whether `spec` names a generator, with whatever parameters; else it is somebody's file name. */
export function isGenerator(spec: string): boolean {
  return Object.hasOwn(GENERATOR_FORMS, nameOf(spec));
}

/**
 * Reads `NAME[:PARAMETERS][?KEY=VALUE&…]`. Every generator takes `weights=unit`, `weights=random:MAX` (with `seed=`, 1 when
 * left out) or, where links have capacities, `weights=inverse-capacity`.
 *
 * @throws GeneratorError UNKNOWN_GENERATOR listing what there is, or BAD_PARAMETER showing the generator's form.
 */
export function parseGenerator(spec: string): Generator {
  const name = nameOf(spec);
  if (!isGenerator(spec)) {
    throw new GeneratorError(
      "UNKNOWN_GENERATOR",
      name,
      `there is no generator ${quoted(name)}; there are: ${Object.values(GENERATOR_FORMS).join("; ")}`,
    );
  }
  const question = spec.indexOf("?");
  const head = question < 0 ? spec : spec.slice(0, question);
  const parameters = head.length > name.length ? head.slice(name.length + 1) : undefined;
  const options = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(question < 0 ? "" : spec.slice(question + 1))) {
    if (options.has(key)) throw bad(name as GeneratorName, key, `${key} is given twice`);
    options.set(key, value);
  }
  const weighting = takeWeighting(name as GeneratorName, options);
  const make = maker(name as GeneratorName, parameters, options);
  for (const key of options.keys()) throw bad(name as GeneratorName, key, `${quoted(key)} is no option`);
  return {
    name: name as GeneratorName,
    generate: () => (weighting === undefined ? make() : weighed(make(), weighting)),
  };
}

function nameOf(spec: string): string {
  return spec.split(/[:?]/, 1)[0] as string;
}

/** The call that makes the network; takes the options that it knows away. */
function maker(name: GeneratorName, parameters: string | undefined, options: Map<string, string>): () => Topology {
  switch (name) {
    case "jupiter": {
      const sizes: { [K in (typeof JUPITER_SIZES)[number]]?: number } = {};
      for (const key of JUPITER_SIZES) {
        const value = take(options, key);
        if (value !== undefined) sizes[key] = integer(name, key, value);
      }
      if (parameters === undefined) return () => jupiter(sizes);
      if (parameters === "cables") return () => jupiter({ ...sizes, cables: true });
      if (parameters === "chips") return () => jupiter({ ...sizes, level: "chips" });
      throw bad(name, "level", `${quoted(parameters)} is neither "cables" nor "chips"`);
    }
    case "fat-tree": {
      const [k] = integers(name, ["k"], parameters, ",") as [number];
      return () => fatTree(k);
    }
    case "jellyfish": {
      const fields = ["switches", "ports", "networkPorts", "seed"];
      const [switches, ports, networkPorts, seed] = integers(name, fields, parameters, ",") as [
        number,
        number,
        number,
        number,
      ];
      return () => jellyfish({ switches, ports, networkPorts, seed });
    }
    case "ring": {
      const [size] = integers(name, ["size"], parameters, ",") as [number];
      return () => ring(size);
    }
    case "grid": {
      const [rows, columns] = integers(name, ["rows", "columns"], parameters, "x") as [number, number];
      return () => grid(rows, columns);
    }
    case "abilene":
      if (parameters !== undefined) throw bad(name, "parameters", `it takes none`);
      return abilene;
  }
}

function takeWeighting(name: GeneratorName, options: Map<string, string>): Weighting | undefined {
  const weights = take(options, "weights");
  const seed = take(options, "seed");
  const random = weights?.match(/^random:(.*)$/s);
  if (random) {
    const max = integer(name, "weights", random[1] as string);
    return { kind: "random", max, seed: seed === undefined ? 1 : integer(name, "seed", seed) };
  }
  if (seed !== undefined) throw bad(name, "seed", "seed goes with weights=random:MAX");
  if (weights === undefined || weights === "unit") return undefined;
  if (weights === "inverse-capacity") return { kind: "inverseCapacity" };
  throw bad(name, "weights", `weights ${quoted(weights)} are none of unit, random:MAX, inverse-capacity`);
}

function take(options: Map<string, string>, key: string): string | undefined {
  const value = options.get(key);
  options.delete(key);
  return value;
}

function integers(name: GeneratorName, fields: string[], text: string | undefined, separator: string): number[] {
  const parts = text === undefined ? [] : text.split(separator);
  if (parts.length !== fields.length) throw bad(name, fields.join(separator), `it takes ${fields.join(separator)}`);
  return parts.map((part, i) => integer(name, fields[i] as string, part));
}

function integer(name: GeneratorName, field: string, text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw bad(name, field, `${field} ${quoted(text)} is no whole number`);
  return Number(text);
}

function bad(name: GeneratorName, parameter: string, reason: string): GeneratorError {
  return new GeneratorError("BAD_PARAMETER", parameter, `generator ${name}: ${reason} (${GENERATOR_FORMS[name]})`);
}
