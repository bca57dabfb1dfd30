// A bell for one waiter: what changed before the wait ends it at once.

/** Something may have changed. */
export class Changes {
  private noted = false;
  private wake: () => void = () => {};

  /** Says that something may have changed. */
  readonly note = (): void => {
    this.noted = true;
    this.wake();
  };

  /** Resolves at the next note, at once if there was one since the last wait, or after a while. */
  async next(milliseconds: number): Promise<void> {
    if (!this.noted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(0, milliseconds));
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.noted = false;
  }
}
