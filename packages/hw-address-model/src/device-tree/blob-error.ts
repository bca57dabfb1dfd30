// The one error of reading a blob: what is wrong and at which byte.

/** What was wrong with a blob. */
export type DeviceTreeErrorCode =
  | "blob-truncated"
  | "bad-magic"
  | "unsupported-version"
  | "bad-header"
  | "bad-token"
  | "bad-name"
  | "bad-nesting"
  | "bad-string-offset"
  | "too-deep"
  | "path-too-long";

/** A blob that is no flattened device tree of version 16 or 17, or is cut, damaged or hostile. */
export class DeviceTreeError extends Error {
  /** Always `DeviceTreeError`. */
  override readonly name = "DeviceTreeError";
  /** What was wrong. */
  readonly code: DeviceTreeErrorCode;
  /** The byte of the blob at which reading failed. */
  readonly offset: number;

  constructor(code: DeviceTreeErrorCode, offset: number, message: string) {
    super(`byte ${offset} (0x${offset.toString(16)}): ${message}`);
    this.code = code;
    this.offset = offset;
  }
}
