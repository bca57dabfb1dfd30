export { ByteReader, ByteWriter, DecodeError, EncodeError } from "./bytes.ts";
export { bytes, type Codec, floats, integers, strings } from "./codec.ts";
export { records, values } from "./values.ts";
