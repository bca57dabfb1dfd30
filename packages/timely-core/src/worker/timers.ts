// What is to be done at later moments of a worker's clock: a binary heap, earliest first, in order of setting where moments are equal.

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly act: () => void;
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** The timers of one worker. */
export class Timers {
  private readonly heap: Timer[] = [];
  private count = 0;

  /** The moment of the earliest timer in milliseconds; Infinity when there is none. */
  get next(): number {
    return this.heap[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Sets a timer. O(log n). */
  set(at: number, act: () => void): void {
    const { heap } = this;
    const timer = { at, order: this.count++, act };
    let hole = heap.length;
    heap.push(timer);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!isBefore(timer, heap[parent] as Timer)) break;
      heap[hole] = heap[parent] as Timer;
      hole = parent;
    }
    heap[hole] = timer;
  }

  /** Does what is due at `now`, and not what is set meanwhile. */
  fire(now: number): void {
    const due: Timer[] = [];
    while (this.next <= now) due.push(this.take());
    for (const { act } of due) act();
  }

  private take(): Timer {
    const { heap } = this;
    const first = heap[0] as Timer;
    const last = heap.pop() as Timer;
    if (heap.length === 0) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child += 1;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[hole] = heap[child] as Timer;
      hole = child;
    }
    heap[hole] = last;
    return first;
  }
}
