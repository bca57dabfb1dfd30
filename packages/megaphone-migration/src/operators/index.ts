export { distribute } from "./distribute.ts";
export type { StatefulInfo } from "./logic.ts";
export type { Moment } from "./moment.ts";
export type { StatefulOptions } from "./options.ts";
export { type BinaryLogic, type Either, statefulBinary } from "./stateful-binary.ts";
export { type BinaryInputLogic, type StatefulBinaryOptions, statefulBinaryInput } from "./stateful-binary-input.ts";
export { type StatefulUnaryOptions, statefulUnary, type UnaryLogic } from "./stateful-unary.ts";
export { statefulUnaryInput, type UnaryInputLogic } from "./stateful-unary-input.ts";
