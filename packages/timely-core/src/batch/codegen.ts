// Whether this platform lets code be made from strings (a browser's content security policy or a Node flag may not),
// and making it: loops that are compiled for one operator and schema run at several times the speed of shared ones.

let allowed: boolean | undefined;

/** Whether `new Function` works here; tried once. */
export function codegenAllowed(): boolean {
  if (allowed === undefined) {
    try {
      allowed = Boolean(new Function("return true")());
    } catch {
      allowed = false;
    }
  }
  return allowed;
}

/** A function with these parameters and body. The body is made of schema names, which are identifiers, and our own text. */
export function compile<F>(parameters: readonly string[], body: string): F {
  return new Function(...parameters, `"use strict";\n${body}`) as F;
}
