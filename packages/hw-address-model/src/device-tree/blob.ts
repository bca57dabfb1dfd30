// Reads a flattened device tree (DTB, versions 16 and 17): header, reservation block, structure and strings
// (Devicetree Specification 5). Bytes are not trusted: every read is inside the blob, and time is linear in its length.
import { DeviceTreeError } from "./blob-error.ts";
import {
  BEGIN_NODE,
  END,
  END_NODE,
  HEADER_BYTES,
  HEADER_BYTES_16,
  isNameByte,
  LAST_COMPATIBLE_VERSION,
  MAGIC,
  MAX_DEPTH,
  MAX_NAME,
  MAX_PATH,
  NOP,
  PROPERTY,
  VERSION,
} from "./blob-format.ts";
import { DeviceTreeProperty } from "./property.ts";
import type { DeviceTree, DeviceTreeNode, MemoryReservation } from "./tree.ts";

/**
 * Reads a device tree blob. O(bytes); property values stay views of `bytes`, which must not change afterwards.
 *
 * @throws DeviceTreeError with the byte at which the blob is malformed, cut or of another version, or where nodes are nested
 * deeper than 64, names longer than 255 bytes or paths longer than 1,024.
 */
export function parseDeviceTree(bytes: Uint8Array): DeviceTree {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view);
  const reservations = readReservations(view, header);
  return { bootCpu: header.bootCpu, reservations, root: new StructureReader(bytes, view, header).read() };
}

interface Header {
  readonly totalSize: number;
  readonly structureStart: number;
  readonly structureEnd: number;
  readonly stringsStart: number;
  readonly stringsEnd: number;
  readonly reservationsStart: number;
  readonly bootCpu: number;
}

function readHeader(view: DataView): Header {
  if (view.byteLength < HEADER_BYTES_16) {
    const message = `the blob ends inside its header, which has at least ${HEADER_BYTES_16} bytes`;
    throw new DeviceTreeError("blob-truncated", view.byteLength, message);
  }
  const magic = view.getUint32(0);
  if (magic !== MAGIC) {
    throw new DeviceTreeError(
      "bad-magic",
      0,
      `0x${magic.toString(16)} is not the magic 0xd00dfeed: no device tree blob`,
    );
  }
  const version = view.getUint32(20);
  const lastCompatible = view.getUint32(24);
  if (version < LAST_COMPATIBLE_VERSION || lastCompatible > VERSION) {
    const message = `version ${version} (compatible back to ${lastCompatible}) is not 16 or 17; convert it with dtc`;
    throw new DeviceTreeError("unsupported-version", 20, message);
  }
  const headerBytes = version === LAST_COMPATIBLE_VERSION ? HEADER_BYTES_16 : HEADER_BYTES;
  const totalSize = view.getUint32(4);
  if (totalSize < headerBytes) {
    throw new DeviceTreeError("bad-header", 4, `a total size of ${totalSize} bytes is less than the header`);
  }
  if (totalSize > view.byteLength) {
    const message = `the header says ${totalSize} bytes, and the blob has ${view.byteLength}`;
    throw new DeviceTreeError("blob-truncated", view.byteLength, message);
  }
  const block = (field: number, what: string, align: number, size: number): number => {
    const start = view.getUint32(field);
    if (start < headerBytes || start + size > totalSize) {
      const message = `the ${what} block, ${size} bytes from ${start}, is not between the header and byte ${totalSize}`;
      throw new DeviceTreeError("bad-header", field, message);
    }
    if (start % align !== 0) {
      throw new DeviceTreeError(
        "bad-header",
        field,
        `the ${what} block starts at ${start}, not a multiple of ${align}`,
      );
    }
    return start;
  };
  const stringsSize = view.getUint32(32);
  const stringsStart = block(12, "strings", 1, stringsSize);
  const structureSize = version === LAST_COMPATIBLE_VERSION ? 0 : view.getUint32(36);
  const structureStart = block(8, "structure", 4, structureSize);
  return {
    totalSize,
    structureStart,
    // Version 16 does not say where the structure ends; its END token does, before the blob does.
    structureEnd: version === LAST_COMPATIBLE_VERSION ? totalSize : structureStart + structureSize,
    stringsStart,
    stringsEnd: stringsStart + stringsSize,
    reservationsStart: block(16, "memory reservation", 8, 16),
    bootCpu: view.getUint32(28),
  };
}

function readReservations(view: DataView, header: Header): MemoryReservation[] {
  const reservations: MemoryReservation[] = [];
  for (let at = header.reservationsStart; ; at += 16) {
    if (at + 16 > header.totalSize) {
      throw new DeviceTreeError("blob-truncated", at, "the memory reservation block has no end (an entry of zeros)");
    }
    const address = view.getBigUint64(at);
    const size = view.getBigUint64(at + 8);
    if (address === 0n && size === 0n) return reservations;
    reservations.push({ address, size });
  }
}

// Faster than a loop for all but the shortest names, and a loop's ropes of characters cost memory; names are ASCII by then.
const decoder = new TextDecoder();

interface OpenNode {
  readonly name: string;
  readonly properties: DeviceTreeProperty[];
  readonly children: DeviceTreeNode[];
}

// Walks the structure block with a stack of its own, so that nesting is bounded here and not by the engine's stack.
class StructureReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #header: Header;
  readonly #names = new Map<number, string>();
  #at: number;

  constructor(bytes: Uint8Array, view: DataView, header: Header) {
    this.#bytes = bytes;
    this.#view = view;
    this.#header = header;
    this.#at = header.structureStart;
  }

  read(): DeviceTreeNode {
    const open: OpenNode[] = [];
    // The length of the innermost open node's path, where each name follows a slash; the root's is 0.
    let pathLength = -1;
    let root: OpenNode | undefined;
    for (;;) {
      const at = this.#at;
      const token = this.#word();
      const node = open[open.length - 1];
      if (token === PROPERTY) {
        if (node === undefined) throw new DeviceTreeError("bad-nesting", at, "a property stands outside every node");
        if (node.children.length > 0) {
          throw new DeviceTreeError("bad-nesting", at, "a property follows a child node; properties come first");
        }
        node.properties.push(this.#property());
      } else if (token === BEGIN_NODE) {
        if (open.length === MAX_DEPTH) {
          throw new DeviceTreeError("too-deep", at, `nodes are nested more than ${MAX_DEPTH} deep`);
        }
        const child: OpenNode = { name: this.#nodeName(open.length === 0), properties: [], children: [] };
        if (node !== undefined) node.children.push(child);
        else if (root === undefined) root = child;
        else throw new DeviceTreeError("bad-nesting", at, "a second root node starts; a tree has one");
        open.push(child);
        pathLength += 1 + child.name.length;
        if (pathLength > MAX_PATH) {
          throw new DeviceTreeError("path-too-long", at, `a node's path has more than ${MAX_PATH} bytes`);
        }
      } else if (token === END_NODE) {
        if (node === undefined) throw new DeviceTreeError("bad-nesting", at, "a node ends that has not begun");
        open.pop();
        pathLength -= 1 + node.name.length;
      } else if (token === END) {
        if (node !== undefined)
          throw new DeviceTreeError("bad-nesting", at, `the structure ends inside "${node.name}"`);
        if (root === undefined) throw new DeviceTreeError("bad-nesting", at, "the structure holds no root node");
        return root;
      } else if (token !== NOP) {
        throw new DeviceTreeError("bad-token", at, `0x${token.toString(16)} is no token (1, 2, 3, 4 or 9)`);
      }
    }
  }

  #word(): number {
    const at = this.#at;
    if (at + 4 > this.#header.structureEnd) {
      throw new DeviceTreeError("blob-truncated", at, "the structure block is cut before its END token");
    }
    this.#at = at + 4;
    return this.#view.getUint32(at);
  }

  #property(): DeviceTreeProperty {
    const lengthAt = this.#at;
    const length = this.#word();
    const nameAt = this.#at;
    const name = this.#propertyName(this.#word(), nameAt);
    const start = this.#at;
    if (start + length > this.#header.structureEnd) {
      const message = `property "${name}" claims ${length} bytes, and the structure block ends before`;
      throw new DeviceTreeError("blob-truncated", lengthAt, message);
    }
    this.#at = start + length + (-length & 3);
    return new DeviceTreeProperty(name, this.#bytes, start, length);
  }

  #propertyName(offset: number, at: number): string {
    const known = this.#names.get(offset);
    if (known !== undefined) return known;
    const start = this.#header.stringsStart + offset;
    if (start >= this.#header.stringsEnd) {
      const message = `the name at ${offset} is past the strings block of ${this.#header.stringsEnd - this.#header.stringsStart} bytes`;
      throw new DeviceTreeError("bad-string-offset", at, message);
    }
    const name = this.#name(start, this.#header.stringsEnd, "property");
    if (name === "") throw new DeviceTreeError("bad-name", start, "a property has an empty name");
    this.#names.set(offset, name);
    return name;
  }

  #nodeName(isRoot: boolean): string {
    const start = this.#at;
    const name = this.#name(start, this.#header.structureEnd, "node");
    this.#at = start + name.length + 1 + (-(name.length + 1) & 3);
    if (isRoot ? name !== "" : name === "") {
      throw new DeviceTreeError("bad-name", start, isRoot ? `the root is named "${name}"` : "a node has an empty name");
    }
    if (name.includes("/")) throw new DeviceTreeError("bad-name", start, `node "${name}" has a slash in its name`);
    return name;
  }

  #name(start: number, limit: number, what: string): string {
    const bytes = this.#bytes;
    const end = Math.min(limit, start + MAX_NAME + 1);
    for (let at = start; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === 0) return decoder.decode(bytes.subarray(start, at));
      if (!isNameByte(byte)) {
        throw new DeviceTreeError(
          "bad-name",
          at,
          `0x${byte.toString(16)} stands in a ${what} name; only visible ASCII may`,
        );
      }
    }
    if (end === limit) throw new DeviceTreeError("blob-truncated", end, `a ${what} name has no end`);
    throw new DeviceTreeError("bad-name", start, `a ${what} name is longer than ${MAX_NAME} bytes`);
  }
}
