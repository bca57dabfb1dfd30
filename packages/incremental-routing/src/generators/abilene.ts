// Abilene, the backbone of Internet2 in 2004, from public facts: its 11 routers, the cities they stood in, and 14 links.

import type { LinkSpec, NodeSpec, Topology } from "../network/index.ts";

const CITIES: readonly (readonly [id: string, label: string, latitude: number, longitude: number])[] = [
  ["seattle", "Seattle", 47.61, -122.33],
  ["sunnyvale", "Sunnyvale", 37.37, -122.04],
  ["los-angeles", "Los Angeles", 34.05, -118.24],
  ["denver", "Denver", 39.74, -104.99],
  ["kansas-city", "Kansas City", 39.1, -94.58],
  ["houston", "Houston", 29.76, -95.37],
  ["indianapolis", "Indianapolis", 39.77, -86.16],
  ["chicago", "Chicago", 41.88, -87.63],
  ["atlanta", "Atlanta", 33.75, -84.39],
  ["washington", "Washington DC", 38.91, -77.04],
  ["new-york", "New York", 40.71, -74.01],
];

const LINKS: readonly (readonly [from: string, to: string])[] = [
  ["seattle", "sunnyvale"],
  ["seattle", "denver"],
  ["sunnyvale", "los-angeles"],
  ["sunnyvale", "denver"],
  ["los-angeles", "houston"],
  ["denver", "kansas-city"],
  ["kansas-city", "houston"],
  ["kansas-city", "indianapolis"],
  ["houston", "atlanta"],
  ["indianapolis", "chicago"],
  ["indianapolis", "atlanta"],
  ["chicago", "new-york"],
  ["atlanta", "washington"],
  ["washington", "new-york"],
];

/** Abilene with unit weights and geographic positions. */
export function abilene(): Topology {
  const nodes = CITIES.map(([id, label, latitude, longitude]): NodeSpec => {
    return { id, label, position: { latitude, longitude } };
  });
  const links = LINKS.map(([from, to]): LinkSpec => ({ id: `${from}--${to}`, from, to, forward: 1, backward: 1 }));
  return { name: "abilene", nodes, links };
}
