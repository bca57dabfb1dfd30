export { type CommandLine, configFromArguments } from "./arguments.ts";
export { ConnectError, HandshakeError, PeerError } from "./errors.ts";
export type { ProcessesConfig, TlsCredentials } from "./processes.ts";
