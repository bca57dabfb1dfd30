// Writes a device tree as a blob of version 17, blocks in the order of Devicetree Specification 5.1.
// Inverse of parseDeviceTree, for tests, examples and generated boards.
import {
  BEGIN_NODE,
  END,
  END_NODE,
  HEADER_BYTES,
  isNameByte,
  LAST_COMPATIBLE_VERSION,
  MAGIC,
  MAX_DEPTH,
  MAX_NAME,
  MAX_PATH,
  PROPERTY,
  VERSION,
} from "./blob-format.ts";
import type { DeviceTree, DeviceTreeNode } from "./tree.ts";

/** A tree that no blob can hold: a bad name, nesting deeper than 64, or a reservation that would end the block early. */
export class DeviceTreeEncodeError extends Error {
  /** Always `DeviceTreeEncodeError`. */
  override readonly name = "DeviceTreeEncodeError";
  /** What was wrong. */
  readonly code: "bad-name" | "too-deep" | "path-too-long" | "bad-reservation" | "bad-boot-cpu";
  /** The path of the node that holds the culprit. */
  readonly path: string;

  constructor(code: DeviceTreeEncodeError["code"], path: string, message: string) {
    super(`${path}: ${message}`);
    this.code = code;
    this.path = path;
  }
}

/**
 * The blob of a device tree, readable by parseDeviceTree and by every reader of version 16 or 17. O(bytes).
 *
 * @throws DeviceTreeEncodeError when a name is empty, too long, not visible ASCII or (a node's) has a slash; when nodes are
 * nested deeper than 64 or a path is longer than 1,024; when a reservation is all zero, which would end the block, or not of 64-bit numbers.
 */
export function encodeDeviceTree(tree: DeviceTree): Uint8Array {
  if (!Number.isInteger(tree.bootCpu) || tree.bootCpu < 0 || tree.bootCpu > 0xffff_ffff) {
    throw new DeviceTreeEncodeError("bad-boot-cpu", "/", `the boot processor ${tree.bootCpu} is no 32-bit number`);
  }
  const structure = new ByteWriter();
  const strings = new ByteWriter();
  const names = new Map<string, number>();
  const nameOffset = (name: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const offset = strings.length;
    strings.text(name);
    names.set(name, offset);
    return offset;
  };
  const writeNode = (node: DeviceTreeNode, path: string, depth: number): void => {
    if (depth > MAX_DEPTH)
      throw new DeviceTreeEncodeError("too-deep", path, `nodes are nested more than ${MAX_DEPTH} deep`);
    if (path.length > MAX_PATH) {
      throw new DeviceTreeEncodeError("path-too-long", path, `the path has more than ${MAX_PATH} bytes`);
    }
    structure.u32(BEGIN_NODE);
    structure.text(node.name);
    structure.align(4);
    for (const property of node.properties) {
      checkName(property.name, path, "property");
      structure.u32(PROPERTY);
      structure.u32(property.length);
      structure.u32(nameOffset(property.name));
      structure.bytes(property.value);
      structure.align(4);
    }
    for (const child of node.children) {
      checkName(child.name, path, "node");
      writeNode(child, path === "/" ? `/${child.name}` : `${path}/${child.name}`, depth + 1);
    }
    structure.u32(END_NODE);
  };
  if (tree.root.name !== "") throw new DeviceTreeEncodeError("bad-name", "/", `the root is named "${tree.root.name}"`);
  writeNode(tree.root, "/", 1);
  structure.u32(END);

  const blob = new ByteWriter();
  const structureStart = HEADER_BYTES + (tree.reservations.length + 1) * 16;
  const stringsStart = structureStart + structure.length;
  const header = [MAGIC, stringsStart + strings.length, structureStart, stringsStart, HEADER_BYTES, VERSION];
  header.push(LAST_COMPATIBLE_VERSION, tree.bootCpu, strings.length, structure.length);
  for (const word of header) blob.u32(word);
  for (const { address, size } of tree.reservations) {
    if (BigInt.asUintN(64, address) !== address || BigInt.asUintN(64, size) !== size || (address | size) === 0n) {
      const message = `the reservation of ${size} bytes at ${address} is all zero, or not of 64-bit numbers`;
      throw new DeviceTreeEncodeError("bad-reservation", "/", message);
    }
    blob.u64(address);
    blob.u64(size);
  }
  blob.u64(0n);
  blob.u64(0n);
  blob.bytes(structure.written());
  blob.bytes(strings.written());
  return blob.written().slice();
}

function checkName(name: string, path: string, what: "node" | "property"): void {
  let good = name.length > 0 && name.length <= MAX_NAME && (what === "property" || !name.includes("/"));
  for (let i = 0; good && i < name.length; i++) good = isNameByte(name.charCodeAt(i));
  if (!good) {
    const rule = `1 to ${MAX_NAME} visible ASCII characters${what === "node" ? " and no slash" : ""}`;
    throw new DeviceTreeEncodeError("bad-name", path, `"${name}" is no ${what} name, which has ${rule}`);
  }
}

// Big-endian bytes that grow by doubling.
class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u32(value: number): void {
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }

  u64(value: bigint): void {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, value);
  }

  bytes(value: Uint8Array): void {
    const at = this.#grow(value.length);
    this.#bytes.set(value, at);
  }

  /** ASCII characters and a zero byte. */
  text(value: string): void {
    const at = this.#grow(value.length + 1);
    for (let i = 0; i < value.length; i++) this.#bytes[at + i] = value.charCodeAt(i);
  }

  align(to: number): void {
    this.#grow(-this.#length & (to - 1));
  }

  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(by: number): number {
    const at = this.#length;
    this.#length += by;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}
