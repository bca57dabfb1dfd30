export { Doorbell } from "./doorbell.ts";
export type { Message, MessageSpace, Receiver, Sender } from "./link.ts";
export { OverflowError } from "./overflow.ts";
export { Parking, type ParkingOptions } from "./parking.ts";
export { Ring, RingError } from "./ring.ts";
export { createFabrics, type FabricDescriptor, type FabricOptions, openFabric } from "./ring-fabric.ts";
export { ActivationBoard, SyncActivator, type SyncActivatorDescriptor } from "./sync-activator.ts";
export { EndpointError, type Fabric } from "./transport.ts";
