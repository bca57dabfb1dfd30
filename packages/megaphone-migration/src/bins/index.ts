export { Bins, binOf, maximumBinBits } from "./bins.ts";
