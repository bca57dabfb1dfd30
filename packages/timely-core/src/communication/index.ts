export type { Message, MessageSpace, ReceiverOptions, SenderOptions } from "./link.ts";
export { LinkError, Receiver, Sender } from "./link.ts";
export { OverflowError } from "./overflow.ts";
export { Ring, RingError, RingReader, RingWriter } from "./ring.ts";
