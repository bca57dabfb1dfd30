// The web page's files, as they were built, and the headers that keep everything else out of it.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Sent with every response: the page takes nothing from elsewhere, and no page of anybody else's holds it in a frame. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

/** One file of the page. */
export interface PageFile {
  readonly type: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** The files of the page by the path they are served at; `/` is the page itself. */
export async function loadPage(): Promise<ReadonlyMap<string, PageFile>> {
  // Beside the bundle; when run from source, where the build puts it.
  const folder = fileURLToPath(
    new URL(import.meta.url.endsWith(".ts") ? "../../dist/web/" : "./web/", import.meta.url),
  );
  const files = new Map<string, PageFile>();
  for (const name of ["index.html", "main.js", "style.css", "icon.svg"]) {
    const type = TYPES[path.extname(name)] as string;
    files.set(name === "index.html" ? "/" : `/${name}`, { type, body: new Uint8Array(await readFile(folder + name)) });
  }
  return files;
}
