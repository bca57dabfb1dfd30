// The codec of rows: any plain JavaScript data as compact self-describing bytes (engine rule 10). Property names are
// written once a message, at the first object of their shape; a message decodes alone.

import {
  type ByteReader,
  type ByteWriter,
  DecodeError,
  decodeUtf8,
  EncodeError,
  encodeUtf8,
  utf8Length,
} from "./bytes.ts";
import type { Codec } from "./codec.ts";

// The first byte of a value. 0x80 | v is the integer v below 128, 0x40 | n a text of n < 64 bytes of UTF-8.
const UNDEFINED = 0x00;
const NULL = 0x01;
const FALSE = 0x02;
const TRUE = 0x03;
const INTEGER = 0x04;
const FLOAT = 0x05;
const BIGINT = 0x06;
const BIG_POSITIVE = 0x07;
const BIG_NEGATIVE = 0x08;
const TEXT = 0x09;
const CODE_UNITS = 0x0a;
const ARRAY = 0x0b;
const HOLE = 0x0c;
const NEW_SHAPE = 0x0d;
const KNOWN_SHAPE = 0x0e;
const DATE = 0x0f;
const MAP = 0x10;
const SET = 0x11;
const BUFFER = 0x12;
const TYPED_ARRAY = 0x13;
const SHORT_TEXT = 0x40;
const SMALL_INTEGER = 0x80;

/** Containers deeper than this are refused, which is also how cycles are. */
export const MAX_DEPTH = 200;

// What a Map or a Set can hold at most (V8), and bytes of a bigint.
const MAX_ENTRIES = 1 << 24;
const MAX_BIGINT_BYTES = 1 << 20;

type TypedArray =
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

// The place in this list is what is written: append only.
const TYPED_ARRAYS: readonly {
  new (buffer: ArrayBuffer): TypedArray;
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
}[] = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** The property names of objects, in order, and whether they have no prototype. */
interface Shape {
  readonly keys: readonly string[];
  readonly bare: boolean;
  /** Whether plain assignment would not make an own property of every key. */
  readonly special: boolean;
}

function shapeOf(keys: readonly string[], bare: boolean): Shape {
  return { keys, bare, special: !bare && keys.includes("__proto__") };
}

function hasShape(shape: Shape, keys: readonly string[], bare: boolean): boolean {
  const known = shape.keys;
  if (known.length !== keys.length || shape.bare !== bare) return false;
  for (let i = 0; i < keys.length; i++) if (known[i] !== keys[i]) return false;
  return true;
}

// So many shapes are compared one by one; more are found by their joined names.
const FEW_SHAPES = 8;

class ValueEncoder {
  private readonly to: ByteWriter;
  private readonly shapes: Shape[] = [];
  private byNames: Map<string, number> | undefined;

  constructor(to: ByteWriter) {
    this.to = to;
  }

  value(value: unknown, depth: number): void {
    if (typeof value === "number") this.number(value);
    else if (typeof value === "string") this.text(value);
    else if (typeof value === "boolean") this.to.u8(value ? TRUE : FALSE);
    else if (value === undefined) this.to.u8(UNDEFINED);
    else if (value === null) this.to.u8(NULL);
    else if (typeof value === "object") this.object(value, depth);
    else if (typeof value === "bigint") this.bigint(value);
    else throw new EncodeError(`a ${typeof value} can't cross workers: send plain data`);
  }

  private number(value: number): void {
    const { to } = this;
    if (value >= 0 && value < 128 && (value | 0) === value && !Object.is(value, -0)) {
      to.u8(SMALL_INTEGER | value);
    } else if (Number.isSafeInteger(value) && value !== 0) {
      to.u8(INTEGER);
      to.zigzag(value);
    } else {
      to.u8(FLOAT);
      to.f64(value);
    }
  }

  private bigint(value: bigint): void {
    const { to } = this;
    const small = Number(value);
    if (Number.isSafeInteger(small)) {
      to.u8(BIGINT);
      to.zigzag(small);
      return;
    }
    const hex = (value < 0n ? -value : value).toString(16);
    const digits = hex.length % 2 === 0 ? hex : `0${hex}`;
    const length = digits.length / 2;
    if (length > MAX_BIGINT_BYTES) throw new EncodeError(`a bigint of ${length} bytes is above ${MAX_BIGINT_BYTES}`);
    to.u8(value < 0n ? BIG_NEGATIVE : BIG_POSITIVE);
    to.varint(length);
    for (let i = 0; i < digits.length; i += 2) to.u8(Number.parseInt(digits.slice(i, i + 2), 16));
  }

  private text(text: string): void {
    const { to } = this;
    const units = text.length;
    if (units < 64) {
      to.ensure(units + 1);
      const { bytes, position } = to;
      let i = 0;
      for (; i < units; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[position + 1 + i] = unit;
      }
      if (i === units) {
        bytes[position] = SHORT_TEXT | units;
        to.position = position + 1 + units;
        return;
      }
    }
    const length = utf8Length(text);
    // UTF-8 has no lone surrogates, JavaScript has: such text goes by its code units.
    if (length !== units && /\p{Surrogate}/u.test(text)) {
      to.u8(CODE_UNITS);
      to.varint(units);
      for (let i = 0; i < units; i++) to.u16(text.charCodeAt(i));
      return;
    }
    if (length < 64) {
      to.u8(SHORT_TEXT | length);
    } else {
      to.u8(TEXT);
      to.varint(length);
    }
    to.ensure(length);
    to.position = encodeUtf8(text, to.bytes, to.position);
  }

  private object(value: object, depth: number): void {
    if (depth >= MAX_DEPTH) throw new EncodeError(`nested deeper than ${MAX_DEPTH}: a cycle?`);
    const prototype = Object.getPrototypeOf(value) as unknown;
    const { to } = this;
    if (prototype === Object.prototype || prototype === null) {
      this.plain(value as Record<string, unknown>, prototype === null, depth);
    } else if (prototype === Array.prototype) {
      this.array(value as unknown[], depth);
    } else if (prototype === Date.prototype) {
      to.u8(DATE);
      to.f64((value as Date).getTime());
    } else if (prototype === Map.prototype) {
      this.map(value as Map<unknown, unknown>, depth);
    } else if (prototype === Set.prototype) {
      this.set(value as Set<unknown>, depth);
    } else if (ArrayBuffer.isView(value)) {
      const name = (value as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
      const kind = TYPED_ARRAYS.findIndex((type) => type.name === name);
      if (kind < 0) throw new EncodeError(`a ${name} can't cross workers: send a typed array`);
      to.u8(TYPED_ARRAY);
      to.u8(kind);
      to.varint(value.byteLength);
      to.raw(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    } else if (prototype === ArrayBuffer.prototype) {
      to.u8(BUFFER);
      to.varint((value as ArrayBuffer).byteLength);
      to.raw(new Uint8Array(value as ArrayBuffer));
    } else {
      const name = (value as { constructor?: { name?: unknown } }).constructor?.name;
      throw new EncodeError(`an instance of ${String(name)} can't cross workers: send plain data`);
    }
  }

  private plain(value: Record<string, unknown>, bare: boolean, depth: number): void {
    const keys = Object.keys(value);
    this.shape(keys, bare);
    let i = 0;
    try {
      for (; i < keys.length; i++) this.value(value[keys[i] as string], depth + 1);
    } catch (error) {
      throw within(error, propertyStep(keys[i] as string));
    }
  }

  /** Refers to the shape of an object, which defines it at its first use. */
  private shape(keys: readonly string[], bare: boolean): void {
    const { to, shapes } = this;
    let id = this.find(keys, bare);
    if (id >= 0) {
      to.u8(KNOWN_SHAPE);
      to.varint(id);
      return;
    }
    id = shapes.push(shapeOf(keys, bare)) - 1;
    this.byNames?.set(nameOf(keys, bare), id);
    to.u8(NEW_SHAPE);
    to.varint(keys.length * 2 + (bare ? 1 : 0));
    for (let i = 0; i < keys.length; i++) this.text(keys[i] as string);
  }

  private find(keys: readonly string[], bare: boolean): number {
    const { shapes } = this;
    if (shapes.length <= FEW_SHAPES) {
      for (let i = 0; i < shapes.length; i++) if (hasShape(shapes[i] as Shape, keys, bare)) return i;
      return -1;
    }
    this.byNames ??= new Map(shapes.map((shape, id) => [nameOf(shape.keys, shape.bare), id]));
    const id = this.byNames.get(nameOf(keys, bare)) ?? -1;
    // Names may hold the separator: then two shapes share a name, and the later is written out each time.
    return id >= 0 && hasShape(shapes[id] as Shape, keys, bare) ? id : -1;
  }

  /** The elements of an array; `array` writes the tag before. */
  elements(array: readonly unknown[], depth: number): void {
    const { to } = this;
    const { length } = array;
    to.varint(length);
    let i = 0;
    try {
      for (; i < length; i++) {
        const element = array[i];
        if (element === undefined && !(i in array)) to.u8(HOLE);
        else this.value(element, depth);
      }
    } catch (error) {
      throw within(error, `[${i}]`);
    }
  }

  private array(array: readonly unknown[], depth: number): void {
    this.to.u8(ARRAY);
    this.elements(array, depth + 1);
  }

  private map(map: Map<unknown, unknown>, depth: number): void {
    this.to.u8(MAP);
    this.to.varint(map.size);
    let i = 0;
    let part = "key";
    try {
      for (const [key, value] of map) {
        part = "key";
        this.value(key, depth + 1);
        part = "value";
        this.value(value, depth + 1);
        i++;
      }
    } catch (error) {
      throw within(error, `(${part} ${i})`);
    }
  }

  private set(set: Set<unknown>, depth: number): void {
    this.to.u8(SET);
    this.to.varint(set.size);
    let i = 0;
    try {
      for (const value of set) {
        this.value(value, depth + 1);
        i++;
      }
    } catch (error) {
      throw within(error, `(item ${i})`);
    }
  }
}

function nameOf(keys: readonly string[], bare: boolean): string {
  return `${bare ? "-" : "+"}${keys.join("\u0000")}`;
}

function propertyStep(key: string): string {
  return /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** The same error seen from one container further out. */
function within(error: unknown, step: string): unknown {
  return error instanceof EncodeError ? new EncodeError(error.problem, `$${step}${error.path.slice(1)}`) : error;
}

class ValueDecoder {
  private readonly from: ByteReader;
  private readonly shapes: Shape[] = [];

  constructor(from: ByteReader) {
    this.from = from;
  }

  value(depth: number): unknown {
    const { from } = this;
    const tag = from.u8();
    if (tag >= SMALL_INTEGER) return tag & 0x7f;
    if (tag >= SHORT_TEXT) return this.utf8(tag & 0x3f);
    switch (tag) {
      case UNDEFINED:
        return undefined;
      case NULL:
        return null;
      case FALSE:
        return false;
      case TRUE:
        return true;
      case INTEGER:
        return from.zigzag();
      case FLOAT:
        return from.f64();
      case BIGINT:
        return BigInt(from.zigzag());
      case BIG_POSITIVE:
        return this.bigint();
      case BIG_NEGATIVE:
        return -this.bigint();
      case TEXT:
        return this.utf8(from.varint());
      case CODE_UNITS:
        return this.codeUnits();
      case DATE:
        return new Date(from.f64());
      case BUFFER:
        return this.buffer();
      case TYPED_ARRAY:
        return this.typedArray();
    }
    if (depth >= MAX_DEPTH) throw new DecodeError(`a value is nested deeper than ${MAX_DEPTH}`, from.position - 1);
    switch (tag) {
      case KNOWN_SHAPE: {
        const at = from.position;
        const shape = this.shapes[from.varint()];
        if (shape === undefined) throw new DecodeError("an object refers to a shape not seen before", at);
        return this.plain(shape, depth + 1);
      }
      case NEW_SHAPE:
        return this.plain(this.newShape(), depth + 1);
      case ARRAY:
        return this.elements(depth + 1);
      case MAP: {
        const map = new Map<unknown, unknown>();
        for (let left = this.count(2, MAX_ENTRIES); left > 0; left--) {
          const key = this.value(depth + 1);
          map.set(key, this.value(depth + 1));
        }
        return map;
      }
      case SET: {
        const set = new Set<unknown>();
        for (let left = this.count(1, MAX_ENTRIES); left > 0; left--) set.add(this.value(depth + 1));
        return set;
      }
    }
    throw new DecodeError(`no value starts with the byte ${tag}`, from.position - 1);
  }

  /** A count of things of at least `bytes` bytes each, checked against what is left, so that no lie makes us allocate. */
  private count(bytes: number, limit = Number.MAX_SAFE_INTEGER): number {
    const { from } = this;
    const at = from.position;
    const count = from.varint();
    if (count > limit || count * bytes > from.end - from.position) {
      throw new DecodeError(`${count} elements announced, ${from.end - from.position} bytes left`, at);
    }
    return count;
  }

  private utf8(length: number): string {
    const { from } = this;
    const at = from.position;
    if (length > from.end - at) throw new DecodeError(`${length} bytes of text announced, ${from.end - at} left`, at);
    from.position = at + length;
    return decodeUtf8(from.bytes, at, at + length);
  }

  private codeUnits(): string {
    const { from } = this;
    const parts: string[] = [];
    for (let left = this.count(2); left > 0; ) {
      const units: number[] = [];
      for (; left > 0 && units.length < 1024; left--) units.push(from.u16());
      parts.push(String.fromCharCode.apply(null, units));
    }
    return parts.join("");
  }

  private bigint(): bigint {
    const { from } = this;
    const bytes = from.raw(this.count(1, MAX_BIGINT_BYTES));
    let hex = "0x0";
    for (let i = 0; i < bytes.length; i++) hex += (bytes[i] as number).toString(16).padStart(2, "0");
    return BigInt(hex);
  }

  private buffer(): ArrayBuffer {
    return this.from.raw(this.count(1)).slice().buffer as ArrayBuffer;
  }

  private typedArray(): TypedArray {
    const at = this.from.position;
    const type = TYPED_ARRAYS[this.from.u8()];
    if (type === undefined) throw new DecodeError("an unknown kind of typed array", at);
    const buffer = this.buffer();
    if (buffer.byteLength % type.BYTES_PER_ELEMENT !== 0) {
      throw new DecodeError(`${buffer.byteLength} bytes are no whole number of elements of ${type.name}`, at);
    }
    return new type(buffer);
  }

  private newShape(): Shape {
    const { from } = this;
    const at = from.position;
    const header = from.varint();
    const count = Math.floor(header / 2);
    if (count > from.end - from.position)
      throw new DecodeError(`${count} property names announced, too few bytes left`, at);
    const keys: string[] = [];
    for (let i = 0; i < count; i++) {
      const key = this.value(MAX_DEPTH);
      if (typeof key !== "string") throw new DecodeError("a property name is no text", at);
      keys.push(key);
    }
    const shape = shapeOf(keys, header % 2 === 1);
    this.shapes.push(shape);
    return shape;
  }

  private plain(shape: Shape, depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = shape.bare ? Object.create(null) : {};
    const { keys } = shape;
    if (keys.length > this.from.end - this.from.position) {
      throw new DecodeError(`an object of ${keys.length} properties, too few bytes left`, this.from.position);
    }
    if (shape.special) {
      for (const key of keys) {
        const value = this.value(depth);
        Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
      }
    } else {
      for (let i = 0; i < keys.length; i++) object[keys[i] as string] = this.value(depth);
    }
    return object;
  }

  /** The elements of an array, its tag read. */
  elements(depth: number): unknown[] {
    const { from } = this;
    const array: unknown[] = [];
    for (let left = this.count(1); left > 0; left--) {
      if (from.bytes[from.position] === HOLE && from.position < from.end) {
        from.position++;
        array.length++;
      } else {
        array.push(this.value(depth));
      }
    }
    return array;
  }
}

/**
 * Any plain data: undefined, null, booleans, numbers (-0 and NaN too), bigints, strings (lone surrogates too), arrays
 * (holes too), plain objects, Date, Map, Set, typed arrays and ArrayBuffer.
 *
 * Everything else is an `EncodeError` that names the field: functions, symbols, instances of classes, cycles, nesting
 * beyond 200 containers. Subclasses of typed arrays read back as the typed array. Not carried, as in structured
 * clone: symbol-keyed and non-enumerable properties, accessors as such; nor extra properties of arrays, nor that two
 * references are to one object.
 */
export const values: Codec<unknown> = {
  name: "values",
  write: (value, to) => new ValueEncoder(to).value(value, 0),
  read: (from) => new ValueDecoder(from).value(0),
};

/** A sequence of plain data as {@link values}, one message: all its records share their shapes. */
export const records: Codec<readonly unknown[]> = {
  name: "records",
  write: (data, to) => new ValueEncoder(to).elements(data, 0),
  read: (from) => new ValueDecoder(from).elements(0),
};
