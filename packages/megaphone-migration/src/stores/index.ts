export type { BinReader, BinStore, BinWriter, StorePlace } from "./bin-store.ts";
