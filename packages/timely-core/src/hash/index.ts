export { hashBytes, hashString } from "./bytes.ts";
export { bytesKeys, hashTuple, integerKeys, type Key, type KeyHash, keys, numberKeys, stringKeys } from "./key-hash.ts";
export { mix32 } from "./mix.ts";
export { hashInteger, hashNumber, hashU32Column } from "./number.ts";
export { countTargets, route, routeColumn } from "./route.ts";
