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

const made = new WeakMap<object, Map<string, unknown>>();

/**
 * What `body` makes of a function that it calls `f`: a loop of its own for each function and text, so that `f` can be inlined. The same
 * function and text give the same loop again, which the platform has optimised already.
 */
export function compileFor<L>(f: object, body: string): L {
  let loops = made.get(f);
  if (loops === undefined) {
    loops = new Map();
    made.set(f, loops);
  }
  let loop = loops.get(body);
  if (loop === undefined) {
    loop = compile<(f: object) => unknown>(["f"], body)(f);
    loops.set(body, loop);
  }
  return loop as L;
}
