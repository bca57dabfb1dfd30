export { parseDeviceTree } from "./blob.ts";
export type { DeviceTreeErrorCode } from "./blob-error.ts";
export { DeviceTreeError } from "./blob-error.ts";
export type {
  AddressSpace,
  Bus,
  BusKind,
  BusSegment,
  BusWindow,
  RangesFault,
  RangesFaultReason,
} from "./bus.ts";
export { busOf } from "./bus.ts";
export { DeviceTreeEncodeError, encodeDeviceTree } from "./encode-blob.ts";
export type { MapEntry, RegionKind, RegionSource } from "./map-entry.ts";
export type {
  BadRangesEntry,
  LinuxDivergence,
  MemoryMap,
  UnplacedReason,
  UnplacedRegion,
} from "./memory-map.ts";
export { MemoryMapError, memoryMap } from "./memory-map.ts";
export type { JsonValue } from "./memory-map-json.ts";
export { memoryMapToJson } from "./memory-map-json.ts";
export type { OverlapRelation, RegionOverlap } from "./overlap.ts";
export type { PropertyErrorCode } from "./property.ts";
export { DeviceTreeProperty, PropertyError } from "./property.ts";
export type { GapReason, Resolution, ResolvedPiece, TranslationHop, UnresolvedPiece } from "./translate.ts";
export { linuxTranslate, resolve } from "./translate.ts";
export type { DeviceTree, DeviceTreeNode, MemoryReservation } from "./tree.ts";
export { nodeAt, propertyOf } from "./tree.ts";
