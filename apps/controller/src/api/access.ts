// Who may read and who may change things. Cross-site pages may do neither, whatever name they reach this server by.
import { createHash, timingSafeEqual } from "node:crypto";
import { Problem } from "./problem.ts";

/** Whom the server answers. */
export interface AccessRules {
  /** The address it listens on. */
  readonly host: string;
  /** What changes have to be authorised with, if anything. */
  readonly token?: string;
}

/** Whether only this machine can connect to an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Refuses requests that reach a loopback server under a foreign name, as a page does whose name was made to resolve to
 * 127.0.0.1 (DNS rebinding).
 *
 * @throws Problem 403.
 */
export function checkHost(request: Request, { host }: AccessRules): void {
  if (!isLoopback(host)) return;
  const name = hostname(`http://${request.headers.get("host") ?? ""}`);
  if (name !== undefined && isLoopback(name)) return;
  throw new Problem(403, "FOREIGN_HOST", "this server answers to localhost, 127.0.0.1 and [::1] only; use one of them");
}

/**
 * Refuses requests that a page of another site makes, bodies that such a page could send unasked, and changes without the
 * token.
 *
 * @throws Problem 401, 403 or 415.
 */
export function checkPost(request: Request, { token }: AccessRules, writes: boolean): void {
  const { headers } = request;
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  const foreign = origin !== null && !sameHost(origin, headers.get("host"));
  if (foreign || (site !== null && site !== "same-origin" && site !== "none")) {
    throw new Problem(403, "CROSS_SITE", `requests by pages of another site (${origin ?? site}) are refused`);
  }
  const type = headers.get("content-type") ?? "";
  if (type.split(";", 1)[0]?.trim().toLowerCase() !== "application/json") {
    throw new Problem(415, "NOT_JSON", "send the body as application/json");
  }
  if (writes && token !== undefined && !sameSecret(headers.get("authorization") ?? "", `Bearer ${token}`)) {
    throw new Problem(
      401,
      "TOKEN_WANTED",
      "send the header Authorization: Bearer TOKEN with the server's token",
      {},
      {
        "www-authenticate": "Bearer",
      },
    );
  }
}

function sameHost(origin: string, host: string | null): boolean {
  try {
    return host !== null && new URL(origin).host === new URL(`http://${host}`).host;
  } catch {
    return false;
  }
}

function hostname(url: string): string | undefined {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, "");
  } catch {
    return undefined;
  }
}

/** Compares in a time that tells nothing about the secret. */
function sameSecret(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
