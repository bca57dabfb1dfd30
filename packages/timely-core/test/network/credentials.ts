// A certificate authority made for a test, and what it signs: nothing of it is kept.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TlsCredentials } from "../../src/network/processes.ts";

/** Why there can be no certificates here, or nothing. */
export const opensslAbsent: string | undefined = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return undefined;
  } catch {
    return "the openssl program is not installed";
  }
})();

/** Credentials for 127.0.0.1, signed by a new authority of that name. */
export function newCredentials(authority: string): TlsCredentials {
  const folder = mkdtempSync(path.join(tmpdir(), "limmat-tls-"));
  const openssl = (...args: string[]): void => {
    execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  };
  try {
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    openssl("req", "-x509", ...curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", `/CN=${authority}`, "-days", "1");
    openssl("req", ...curve, "-keyout", "own.key", "-out", "own.csr", "-subj", "/CN=process");
    writeFileSync(path.join(folder, "names"), "subjectAltName=IP:127.0.0.1,DNS:localhost");
    const signed = ["-in", "own.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "own.pem"];
    openssl("x509", "-req", ...signed, "-days", "1", "-extfile", "names");
    const read = (name: string): string => readFileSync(path.join(folder, name), "utf8");
    return { key: read("own.key"), cert: read("own.pem"), ca: read("ca.pem") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
