export type { BinReader, BinStore, BinWriter, StorePlace } from "./bin-store.ts";
export * from "./errors.ts";
export { HashStore, type HashStoreOptions, hashStore } from "./hash-store.ts";
export type { IntegerKeyType } from "./integer-key.ts";
export type { FieldType, FieldTypes } from "./record-layout.ts";
export type { SlotColumn, SlotColumns } from "./slot-columns.ts";
export type { EntryCodec } from "./map-pieces.ts";
export { type MapKey, MapStore, type MapStoreOptions, mapStore } from "./map-store.ts";
