// Methods of the package's classes replaced for as long as a run lasts, so that production code needs no hooks for tests.

/** One method of one class replaced. */
export interface Patch {
  readonly prototype: object;
  readonly method: string;
  readonly replace: (original: PropertyDescriptor) => PropertyDescriptor;
}

/** Replaces a method; `make` is given the original. */
export function method<This, Args extends readonly unknown[], Result>(
  prototype: object,
  name: string,
  make: (original: (this: This, ...args: Args) => Result) => (this: This, ...args: Args) => Result,
): Patch {
  return {
    prototype,
    method: name,
    replace: (original) => ({ ...original, value: make(original.value) }),
  };
}

/** Runs `act` while the patches are in force. */
export function withPatches<R>(patches: readonly Patch[], act: () => R): R {
  const undo: (() => void)[] = [];
  try {
    for (const { prototype, method, replace } of patches) {
      const original = Object.getOwnPropertyDescriptor(prototype, method);
      if (original === undefined) throw new Error(`there is no method ${method} any more`);
      undo.push(() => Object.defineProperty(prototype, method, original));
      Object.defineProperty(prototype, method, replace(original));
    }
    return act();
  } finally {
    for (const each of undo.reverse()) each();
  }
}
