// One value of every entry, reached by the entry's slot. A class for each type of memory, so that no access sees two (engine rule 13).

import type { PresentBins } from "./present-bins.ts";
import type { FieldPlace, FieldTypes, RecordLayout } from "./record-layout.ts";
import type { Slabs } from "./slabs.ts";

/** One value of the entries of a store. Slots come from the store, and are not checked. */
export interface SlotColumn {
  /** The value in a slot. */
  get(slot: number): number;
  /** Writes a value, rounded as the type of the column does. */
  set(slot: number, value: number): void;
  /** Adds to a value and returns the sum, rounded as the type of the column does. */
  add(slot: number, amount: number): number;
}

/** The columns of a store by name. */
export type SlotColumns<V extends FieldTypes> = { readonly [N in keyof V]: SlotColumn };

/** The columns of records in these slabs; `watch` is told of writes while a bin is tracked. */
export function slotColumns<V extends FieldTypes>(
  layout: RecordLayout,
  slabs: Slabs,
  watch: PresentBins,
): SlotColumns<V> {
  const columns: Record<string, SlotColumn> = {};
  for (const field of layout.fields) columns[field.name] = new COLUMNS[field.type](field, layout, slabs, watch);
  return columns as SlotColumns<V>;
}

abstract class Column {
  protected readonly slabs: Slabs;
  protected readonly watch: PresentBins;
  /** Turns units into words. */
  protected readonly scale: number;
  protected readonly offset: number;

  constructor(field: FieldPlace, layout: RecordLayout, slabs: Slabs, watch: PresentBins) {
    this.slabs = slabs;
    this.watch = watch;
    const isWide = field.type === "f64";
    this.scale = isWide ? 0 : layout.unitWords - 1;
    this.offset = isWide ? field.word / 2 : field.word;
  }
}

class F64Column extends Column implements SlotColumn {
  get(slot: number): number {
    const { slabs } = this;
    return (slabs.f64[slot >>> slabs.shift] as Float64Array)[(slot & slabs.mask) + this.offset] as number;
  }

  set(slot: number, value: number): void {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    (slabs.f64[slot >>> slabs.shift] as Float64Array)[(slot & slabs.mask) + this.offset] = value;
  }

  add(slot: number, amount: number): number {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    const view = slabs.f64[slot >>> slabs.shift] as Float64Array;
    const at = (slot & slabs.mask) + this.offset;
    const sum = (view[at] as number) + amount;
    view[at] = sum;
    return sum;
  }
}

class F32Column extends Column implements SlotColumn {
  get(slot: number): number {
    const { slabs } = this;
    return (slabs.f32[slot >>> slabs.shift] as Float32Array)[
      ((slot & slabs.mask) << this.scale) + this.offset
    ] as number;
  }

  set(slot: number, value: number): void {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    (slabs.f32[slot >>> slabs.shift] as Float32Array)[((slot & slabs.mask) << this.scale) + this.offset] = value;
  }

  add(slot: number, amount: number): number {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    const view = slabs.f32[slot >>> slabs.shift] as Float32Array;
    const at = ((slot & slabs.mask) << this.scale) + this.offset;
    const sum = Math.fround((view[at] as number) + amount);
    view[at] = sum;
    return sum;
  }
}

class U32Column extends Column implements SlotColumn {
  get(slot: number): number {
    const { slabs } = this;
    return (slabs.u32[slot >>> slabs.shift] as Uint32Array)[
      ((slot & slabs.mask) << this.scale) + this.offset
    ] as number;
  }

  set(slot: number, value: number): void {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    (slabs.u32[slot >>> slabs.shift] as Uint32Array)[((slot & slabs.mask) << this.scale) + this.offset] = value;
  }

  add(slot: number, amount: number): number {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    const view = slabs.u32[slot >>> slabs.shift] as Uint32Array;
    const at = ((slot & slabs.mask) << this.scale) + this.offset;
    const sum = ((view[at] as number) + amount) >>> 0;
    view[at] = sum;
    return sum;
  }
}

class I32Column extends Column implements SlotColumn {
  get(slot: number): number {
    const { slabs } = this;
    return (slabs.i32[slot >>> slabs.shift] as Int32Array)[((slot & slabs.mask) << this.scale) + this.offset] as number;
  }

  set(slot: number, value: number): void {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    (slabs.i32[slot >>> slabs.shift] as Int32Array)[((slot & slabs.mask) << this.scale) + this.offset] = value;
  }

  add(slot: number, amount: number): number {
    const { slabs, watch } = this;
    if (watch.tracked !== 0) watch.note(slot);
    const view = slabs.i32[slot >>> slabs.shift] as Int32Array;
    const at = ((slot & slabs.mask) << this.scale) + this.offset;
    const sum = ((view[at] as number) + amount) | 0;
    view[at] = sum;
    return sum;
  }
}

const COLUMNS = { f64: F64Column, f32: F32Column, u32: U32Column, i32: I32Column };
