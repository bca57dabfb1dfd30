// A device tree property: a name and bytes, read as the value types of the Devicetree Specification 2.2.4.
// The blob says nothing about a property's type, so the reader names the one it expects and a wrong length is an error.

/** What was wrong with a property's value. */
export type PropertyErrorCode = "property-length" | "property-text";

/** A property whose bytes are not of the type it was read as. */
export class PropertyError extends Error {
  /** Always `PropertyError`. */
  override readonly name = "PropertyError";
  /** What was wrong. */
  readonly code: PropertyErrorCode;
  /** The property's name. */
  readonly property: string;

  constructor(code: PropertyErrorCode, property: string, message: string) {
    super(`property "${property}" ${message}`);
    this.code = code;
    this.property = property;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });
const encoder = new TextEncoder();

/** A property of a device tree node; the value is a view of the bytes it was read from, never a copy. */
export class DeviceTreeProperty {
  /** The property's name. */
  readonly name: string;
  /** The value's length in bytes; 0 for a flag, which means by being there. */
  readonly length: number;
  readonly #bytes: Uint8Array;
  readonly #start: number;

  /** The property whose value is `length` bytes of `bytes` from `start`; by default all of them. */
  constructor(name: string, bytes: Uint8Array = new Uint8Array(0), start = 0, length = bytes.length - start) {
    this.name = name;
    this.length = length;
    this.#bytes = bytes;
    this.#start = start;
  }

  /** A property of 32-bit cells; each is taken modulo 2^32. */
  static cells(name: string, ...cells: readonly number[]): DeviceTreeProperty {
    const bytes = new Uint8Array(cells.length * 4);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < cells.length; i++) view.setUint32(i * 4, cells[i]!);
    return new DeviceTreeProperty(name, bytes);
  }

  /** A property of one or more texts, each ended by a zero byte. */
  static strings(name: string, ...strings: readonly string[]): DeviceTreeProperty {
    return new DeviceTreeProperty(name, encoder.encode(strings.map((text) => `${text}\0`).join("")));
  }

  /** The raw bytes. */
  get value(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#start + this.length);
  }

  /**
   * The 32-bit cell at a position, 0 to 2^32 - 1.
   *
   * @throws PropertyError `property-length` when the value has no whole cell there.
   */
  cell(index: number): number {
    const at = index * 4;
    if (!(at >= 0 && at + 4 <= this.length)) {
      throw new PropertyError("property-length", this.name, `has ${this.length} bytes, so no cell ${index}`);
    }
    const bytes = this.#bytes;
    const from = this.#start + at;
    return ((bytes[from]! << 24) | (bytes[from + 1]! << 16) | (bytes[from + 2]! << 8) | bytes[from + 3]!) >>> 0;
  }

  /**
   * All 32-bit cells.
   *
   * @throws PropertyError `property-length` unless the length is a multiple of 4.
   */
  cells(): number[] {
    if (this.length % 4 !== 0) {
      throw new PropertyError("property-length", this.name, `has ${this.length} bytes, which are no whole cells`);
    }
    return Array.from({ length: this.length / 4 }, (_, i) => this.cell(i));
  }

  /**
   * The value as one 32-bit number.
   *
   * @throws PropertyError `property-length` unless it has 4 bytes.
   */
  u32(): number {
    this.#expectLength(4);
    return this.cell(0);
  }

  /**
   * The value as one 64-bit number.
   *
   * @throws PropertyError `property-length` unless it has 8 bytes.
   */
  u64(): bigint {
    this.#expectLength(8);
    return (BigInt(this.cell(0)) << 32n) | BigInt(this.cell(1));
  }

  /**
   * The value as one text.
   *
   * @throws PropertyError `property-text` unless it is one UTF-8 text ended by a zero byte.
   */
  string(): string {
    const strings = this.strings();
    if (strings.length !== 1) {
      throw new PropertyError("property-text", this.name, `holds ${strings.length} texts where one was expected`);
    }
    return strings[0]!;
  }

  /**
   * The value as a list of texts; an empty value is an empty list.
   *
   * @throws PropertyError `property-text` unless each is UTF-8 and ended by a zero byte.
   */
  strings(): string[] {
    if (this.length === 0) return [];
    let text: string;
    try {
      text = utf8.decode(this.value);
    } catch {
      throw new PropertyError("property-text", this.name, "is no UTF-8 text");
    }
    if (!text.endsWith("\0")) throw new PropertyError("property-text", this.name, "does not end with a zero byte");
    return text.slice(0, -1).split("\0");
  }

  /** Whether the value is exactly one text; unlike string() it decodes nothing and does not throw. */
  isString(text: string): boolean {
    if (this.length !== text.length + 1 || this.#bytes[this.#start + text.length] !== 0) return false;
    for (let i = 0; i < text.length; i++) if (this.#bytes[this.#start + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  #expectLength(length: number): void {
    if (this.length !== length) {
      throw new PropertyError("property-length", this.name, `has ${this.length} bytes where ${length} were expected`);
    }
  }
}
