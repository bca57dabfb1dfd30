// Errors as application/problem+json (RFC 9457), each with a stable code.
import { STATUS_CODES } from "node:http";
import type { ChangeError } from "@limmat/incremental-routing";

/** Where in a request an error is. */
export interface ProblemPlace {
  readonly index?: number | undefined;
  readonly field?: string | undefined;
  readonly id?: string | undefined;
}

/** A request that is refused. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly place: ProblemPlace;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    place: ProblemPlace = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.status = status;
    this.code = code;
    this.place = place;
    this.headers = headers;
  }

  /** The response that says so. */
  response(): Response {
    const { status, code, message: detail, place } = this;
    // Fields that are undefined are left out.
    const body = { type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail, code, ...place };
    return new Response(`${JSON.stringify(body)}\n`, {
      status,
      headers: { "content-type": "application/problem+json", ...this.headers },
    });
  }
}

/** Codes of changes that a network in another state would have taken. */
const CONFLICTS: ReadonlySet<string> = new Set(["UNKNOWN_NODE", "UNKNOWN_LINK", "NODE_EXISTS", "LINK_EXISTS"]);

/** A change that cannot be carried out: 409 where that lies in the network's state, else 422. */
export function changeProblem({ code, message, index, field, id }: ChangeError): Problem {
  return new Problem(CONFLICTS.has(code) ? 409 : 422, code, message, { index, field, id });
}
