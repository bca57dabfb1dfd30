// Time domains that users might define: a lattice that is no product, and a lexicographic order of versions.

import {
  type ByteReader,
  type ByteWriter,
  DecodeError,
  type Product,
  pair,
  type Refinement,
  type TimeDomain,
} from "../../src/index.ts";

/** The four elements of the diamond: bottom below left and right, both below top. */
export type Corner = "bottom" | "left" | "right" | "top";

// Bit 0 for left, bit 1 for right: the order is inclusion of bits.
const bits: Readonly<Record<Corner, number>> = { bottom: 0, left: 1, right: 2, top: 3 };
/** The elements of the diamond, by their bits. */
export const corners: readonly Corner[] = ["bottom", "left", "right", "top"];

const cornerCodec = {
  name: "corner",
  write(value: Corner, to: ByteWriter): void {
    to.varint(bits[value]);
  },
  read(from: ByteReader): Corner {
    const at = from.position;
    const corner = corners[from.varint()];
    if (corner === undefined) throw new DecodeError("no corner of the diamond", at);
    return corner;
  },
};

function joined(a: Corner, b: Corner): Corner {
  return corners[bits[a] | bits[b]] as Corner;
}

/** The diamond. A summary is the element that a time is joined with. */
export const diamond: TimeDomain<Corner, Corner> = {
  name: "diamond",
  total: false,
  minimum: "bottom",
  lessEqual: (a, b) => (bits[a] & bits[b]) === bits[a],
  compare: (a, b) => bits[a] - bits[b],
  join: joined,
  meet: (a, b) => corners[bits[a] & bits[b]] as Corner,
  key: (time) => time,
  codec: cornerCodec,
  summaries: {
    identity: "bottom",
    resultsIn: joined,
    compose: joined,
    lessEqual: (a, b) => (bits[a] & bits[b]) === bits[a],
    codec: cornerCodec,
  },
};

/** A release: minor versions start over with every major one. */
export type Version = Product<number, number>;

const versionCodec = {
  name: "version",
  write(value: Version, to: ByteWriter): void {
    to.varint(value.outer);
    to.varint(value.inner);
  },
  read: (from: ByteReader): Version => pair(from.varint(), from.varint()),
};

function compareVersions(a: Version, b: Version): number {
  return a.outer - b.outer || a.inner - b.inner;
}

/** A step that raises the major version forgets the minor one it started from. */
function raised(step: Version, time: Version): Version {
  return step.outer === 0 ? pair(time.outer, time.inner + step.inner) : pair(time.outer + step.outer, step.inner);
}

/** Versions (major, minor) in lexicographic order. A summary raises the minor version, or the major one and sets the minor. */
export const versions: TimeDomain<Version, Version> = {
  name: "versions",
  total: true,
  minimum: pair(0, 0),
  lessEqual: (a, b) => compareVersions(a, b) <= 0,
  compare: compareVersions,
  join: (a, b) => (compareVersions(a, b) >= 0 ? a : b),
  meet: (a, b) => (compareVersions(a, b) <= 0 ? a : b),
  key: (time) => `${time.outer}.${time.inner}`,
  codec: versionCodec,
  summaries: {
    identity: pair(0, 0),
    resultsIn: raised,
    compose: (first, then) => raised(then, first),
    lessEqual: (a, b) => compareVersions(a, b) <= 0,
    codec: versionCodec,
  },
};

/** Versions as times within integers: each major version is one. */
export const releases: Refinement<number, number, Version, Version> = {
  domain: versions,
  enter: (major) => pair(major, 0),
  leave: ({ outer }) => outer,
  summarize: ({ outer }) => outer,
};
