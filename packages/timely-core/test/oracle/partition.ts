// Dividing records over peers as plainly as can be: the oracle of scattering.

/** The records of each peer, in their order. */
export function partition<D>(records: readonly D[], targets: ArrayLike<number>, peers: number): D[][] {
  return Array.from({ length: peers }, (_, peer) => records.filter((_record, i) => targets[i] === peer));
}
