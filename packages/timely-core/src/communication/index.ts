export { Doorbell } from "./doorbell.ts";
export type { ReceiverOptions } from "./link.ts";
export { LinkError, type Message, type MessageSpace, Receiver, Sender, type SenderOptions } from "./link.ts";
export { OverflowError } from "./overflow.ts";
export { Parking, type ParkingOptions } from "./parking.ts";
export { Ring, RingError, RingReader, RingWriter } from "./ring.ts";
export { createFabrics, type FabricDescriptor, type FabricOptions, openFabric } from "./ring-fabric.ts";
export { EndpointError, type Fabric } from "./transport.ts";
