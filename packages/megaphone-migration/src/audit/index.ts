export { type AuditOptions, audit } from "./audit.ts";
export { formatViolation, type Promised, type Violation } from "./violation.ts";
