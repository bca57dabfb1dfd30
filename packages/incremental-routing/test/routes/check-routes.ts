// Compares route tables with the oracle: every pair's distance and next hops, the counts of rule 6, and the moves, which
// must lead from the sets of one epoch to those of the next.

import { expect } from "vitest";
import type { Network } from "../../src/network/index.ts";
import type { EpochChanges, RouteTable } from "../../src/routes/index.ts";
import type { RouteSnapshot } from "../oracle/index.ts";

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** How many destinations use each next-hop set of each node, over several tables; followed by moves. */
export class SetUses {
  readonly #uses = new Map<string, number>();

  follow(changes: readonly EpochChanges[]): void {
    for (const { moves, nextHopSetsChanged } of changes) {
      let destinations = 0;
      for (const move of moves) {
        expect(move.from).not.toEqual(move.to);
        expect(move.destinations).toBeGreaterThan(0);
        destinations += move.destinations;
        this.#count(move.node, move.from, -move.destinations);
        this.#count(move.node, move.to, move.destinations);
      }
      expect(destinations).toBe(nextHopSetsChanged);
    }
  }

  check(network: Network, tables: readonly RouteTable[]): void {
    const uses = new Map<string, number>();
    for (const table of tables) {
      for (const to of nodesOf(network)) {
        if (!table.owns(to)) continue;
        for (const from of nodesOf(network)) {
          const links = table.nextHopLinks(from, to);
          if (links.length > 0) uses.set(`${from}:${links}`, (uses.get(`${from}:${links}`) ?? 0) + 1);
        }
      }
    }
    expect(new Map([...this.#uses].sort())).toEqual(new Map([...uses].sort()));
  }

  #count(node: number, links: readonly number[], difference: number): void {
    if (links.length === 0) return;
    const key = `${node}:${links}`;
    const uses = (this.#uses.get(key) ?? 0) + difference;
    if (uses === 0) this.#uses.delete(key);
    else this.#uses.set(key, uses);
  }
}

function nodesOf(network: Network): number[] {
  return Array.from({ length: network.nodeBound }, (_, node) => node).filter((node) => network.nodePresent[node] === 1);
}

/** The table that owns a destination. */
export function ownerOf(tables: readonly RouteTable[], to: number): RouteTable {
  const owners = tables.filter((table) => table.owns(to));
  expect(owners).toHaveLength(1);
  return owners[0] as RouteTable;
}

/** Expects every pair to have the oracle's distance and next-hop links. */
export function checkRoutes(network: Network, tables: readonly RouteTable[], oracle: RouteSnapshot): void {
  const expected: unknown[] = [];
  const actual: unknown[] = [];
  for (const to of nodesOf(network)) {
    const table = ownerOf(tables, to);
    for (const from of nodesOf(network)) {
      const [fromId, toId] = [network.nodeId(from), network.nodeId(to)];
      expected.push([fromId, toId, oracle.distance(fromId, toId), oracle.nextHopLinks(fromId, toId)]);
      const units = table.distance(from, to);
      const distance = units === Number.POSITIVE_INFINITY ? null : network.toWeight(units);
      const links = table.nextHopLinks(from, to).map((link) => network.linkId(link));
      actual.push([fromId, toId, distance, links.sort(byCodeUnit)]);
    }
  }
  expect(actual).toEqual(expected);
}

/** Expects every pair to have the oracle's path and count of paths. */
export function checkPaths(network: Network, tables: readonly RouteTable[], oracle: RouteSnapshot): void {
  const compareNodes = (a: number, b: number) => byCodeUnit(network.nodeId(a), network.nodeId(b));
  const compareLinks = (a: number, b: number) => byCodeUnit(network.linkId(a), network.linkId(b));
  for (const to of nodesOf(network)) {
    const table = ownerOf(tables, to);
    for (const from of nodesOf(network)) {
      const answer = oracle.answer(network.nodeId(from), network.nodeId(to));
      const path = table.path(from, to, compareNodes, compareLinks);
      expect(path?.nodes.map((node) => network.nodeId(node)) ?? null).toEqual(answer.path);
      expect(path?.links.map((link) => network.linkId(link)) ?? null).toEqual(answer.links);
      expect(String(table.pathCount(from, to))).toBe(answer.pathCount);
    }
  }
}
