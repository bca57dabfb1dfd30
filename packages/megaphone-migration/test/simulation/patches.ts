// Methods of the operators' classes replaced while something runs: for mutants, and to count what a schedule went through. So production
// code needs no hooks.

/** One method of one class replaced. */
export interface Patch {
  readonly prototype: object;
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: methods of all kinds
  readonly make: (original: any) => (this: any, ...args: any[]) => unknown;
}

/** Replaces a method; `make` is given the original. */
export function method<This, Args extends readonly unknown[], Result>(
  prototype: object,
  name: string,
  make: (original: (this: This, ...args: Args) => Result) => (this: This, ...args: Args) => Result,
): Patch {
  return { prototype, name, make };
}

/** Runs `act` while the patches are in force. */
export function withPatches<R>(patches: readonly Patch[], act: () => R): R {
  const undo: (() => void)[] = [];
  try {
    for (const { prototype, name, make } of patches) {
      const original = Object.getOwnPropertyDescriptor(prototype, name);
      if (original === undefined) throw new Error(`there is no ${name} any more`);
      undo.push(() => Object.defineProperty(prototype, name, original));
      Object.defineProperty(prototype, name, { ...original, value: make(original.value) });
    }
    return act();
  } finally {
    for (const each of undo.reverse()) each();
  }
}
