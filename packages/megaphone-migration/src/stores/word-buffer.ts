// Words in the order of memory, written one after the other into memory that is used again.

/** So many words are copied faster one by one. */
const FEW = 32;

/** Growable words; reset to be used again. */
export class WordBuffer {
  /** The memory; the first `length` words hold what was written. */
  words = new Int32Array(1024);
  /** How many words were written. */
  length = 0;

  /** Appends one word. */
  push(word: number): void {
    this.#ensure(1);
    this.words[this.length++] = word;
  }

  /** Appends `count` words of `source` from `at` on. */
  append(source: Int32Array, at: number, count: number): void {
    this.#ensure(count);
    const { words, length } = this;
    if (count > FEW) words.set(source.subarray(at, at + count), length);
    else for (let i = 0; i < count; i++) words[length + i] = source[at + i] as number;
    this.length = length + count;
  }

  /** What was written, as bytes; valid until more is. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.words.buffer, 0, this.length * 4);
  }

  #ensure(count: number): void {
    if (this.length + count <= this.words.length) return;
    const longer = new Int32Array(Math.max(this.length + count, this.words.length * 2));
    longer.set(this.words.subarray(0, this.length));
    this.words = longer;
  }
}

/** Bytes that lie anywhere as words: in place where they are aligned. A rest of less than a word is left out. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength >>> 2);
}
