// The few instructions of WebAssembly that the engine's loops over memory need, as the bytes of a module.
// After the WebAssembly core specification 1.0, section 5 (binary format).

/** Some instructions, or another part of a module. */
export type Code = readonly number[];

/** An unsigned LEB128 integer. */
function unsigned(value: number): Code {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return bytes;
}

/** A signed LEB128 integer of 32 bits. */
function signed(value: number): Code {
  const bytes: number[] = [];
  for (let left = value | 0; ; left >>= 7) {
    if (left >= -64 && left < 64) return [...bytes, left & 0x7f];
    bytes.push((left & 0x7f) | 0x80);
  }
}

/** `i32.const`. */
export const constant = (value: number): Code => [0x41, ...signed(value)];
/** `local.get`: parameters come first. */
export const get = (local: number): Code => [0x20, local];
/** `local.set`. */
export const set = (local: number): Code => [0x21, local];
/** `local.tee`. */
export const tee = (local: number): Code => [0x22, local];
/** `i32.add`. */
export const add: Code = [0x6a];
/** `i32.sub`. */
export const sub: Code = [0x6b];
/** `i32.mul`. */
export const mul: Code = [0x6c];
/** `i32.xor`. */
export const xor: Code = [0x73];
/** `i32.shr_u`. */
export const shr: Code = [0x76];
/** `i32.and`. */
export const and: Code = [0x71];
/** `i32.shl`. */
export const shl: Code = [0x74];

/** Bytes of a value that is loaded and stored as it is. */
export type Width = 1 | 2 | 4 | 8;

/** Loads a value: as i64 when it has 8 bytes, else as i32. */
export function load(width: Width): Code {
  return [{ 1: 0x2d, 2: 0x2f, 4: 0x28, 8: 0x29 }[width], Math.log2(width), 0];
}

/** Stores a value. */
export function store(width: Width): Code {
  return [{ 1: 0x3a, 2: 0x3b, 4: 0x36, 8: 0x37 }[width], Math.log2(width), 0];
}

/** Runs `body` while the address in local `cursor` is below that in local `end`. */
export function whileBelow(cursor: number, end: number, ...body: readonly Code[]): Code {
  const leave: Code = [...get(cursor), ...get(end), 0x4f, 0x0d, 1]; // i32.ge_u, br_if out of the block
  return [0x02, 0x40, 0x03, 0x40, ...leave, ...body.flat(), 0x0c, 0, 0x0b, 0x0b];
}

/** A function of i32 parameters without a result, or with one. */
export interface Routine {
  readonly name: string;
  readonly parameters: number;
  readonly result: boolean;
  /** The locals behind the parameters. */
  readonly locals: readonly ("i32" | "i64")[];
  readonly body: Code;
}

const types = { i32: 0x7f, i64: 0x7e } as const;

/** A module of these functions, with a memory of its own, exported as `memory`. */
export function assemble(pages: number, routines: readonly Routine[]): Uint8Array<ArrayBuffer> {
  const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
  const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
  const name = (text: string): Code => list([...text].map((letter) => [letter.charCodeAt(0)]));
  const signatures = routines.map(({ parameters, result }): Code => {
    const given = list(Array.from({ length: parameters }, () => [types.i32]));
    return [0x60, ...given, ...list(result ? [[types.i32]] : [])];
  });
  const bodies = routines.map(({ locals, body }): Code => {
    const content = [...list(locals.map((type) => [1, types[type]])), ...body, 0x0b];
    return [...unsigned(content.length), ...content];
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list(signatures)),
    ...section(3, list(routines.map((_, index) => unsigned(index)))),
    ...section(5, list([[0, ...unsigned(pages)]])),
    ...section(7, list([[...name("memory"), 2, 0], ...routines.map((routine, i) => [...name(routine.name), 0, i])])),
    ...section(10, list(bodies)),
  ]);
}

/** A linear memory, as far as it is used here; `grow` replaces its buffer. */
export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The platform's WebAssembly, which the engine's type definitions don't include. */
interface Platform {
  readonly WebAssembly: {
    readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
    readonly Instance: new (module: object) => { readonly exports: Readonly<Record<string, unknown>> };
  };
}

/** Compiles a module that imports nothing and returns its exports. Throws where the platform has no WebAssembly or forbids it. */
export function instantiate(module: Uint8Array<ArrayBuffer>): Readonly<Record<string, unknown>> {
  const { WebAssembly } = globalThis as unknown as Platform;
  return new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
}
