// The words of the wordcount cases: numbers by Marsaglia's xorshift (2003), each worker its own sequence.

/** Draws one worker's words, as numbers below `words`. */
export class RandomWords {
  private state: number;
  private readonly words: number;

  constructor(worker: number, words: number) {
    this.state = 0x9e3779b9 + worker;
    this.words = words;
  }

  /** The next one. */
  next(): number {
    let { state } = this;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.state = state;
    return (state >>> 0) % this.words;
  }
}

/** How often each word comes among the first `count` of each of `peers` workers. */
export function drawnWords(words: number, count: number, peers: number): Uint32Array {
  const counts = new Uint32Array(words);
  for (let worker = 0; worker < peers; worker++) {
    const source = new RandomWords(worker, words);
    for (let i = 0; i < count; i++) {
      const word = source.next();
      counts[word] = (counts[word] as number) + 1;
    }
  }
  return counts;
}

/** Throws unless a worker has counted every word that it has as often as it was drawn, all together `total` times. */
export function checkWords(counted: Iterable<readonly [string, number]>, drawn: Uint32Array, total: number): void {
  let sum = 0;
  for (const [text, count] of counted) {
    if (drawn[Number(text.slice(1))] !== count) throw new Error(`${text} was counted ${count} times`);
    sum += count;
  }
  if (sum !== total) throw new Error(`${total} words were counted, ${sum} are in the table`);
}
