export type { Block, BlockAllocator, BlockLayout, BlockMemory, LabelBytes, Labels, SetIds } from "./block.ts";
export { BLOCK_SLOTS, blockBytes } from "./block.ts";
export type { EpochChanges, SetMove } from "./epoch-changes.ts";
export { type GroupDelta, type GroupMove, type NextHopGroup, NextHopGroups } from "./next-hop-groups.ts";
export { type RoutePath, RouteTable, type RouteTableOptions } from "./route-table.ts";
