/** The messages of running counts: per block of words, each of its words with its count so far, in order of the messages' bytes. */
export const runningCounts = (words: readonly string[], block: number): string[] => {
  const totals = new Map<string, number>();
  const messages: string[] = [];
  for (let start = 0; start < words.length; start += block) {
    const these = words.slice(start, start + block);
    for (const word of these) totals.set(word, (totals.get(word) ?? 0) + 1);
    messages.push(...[...new Set(these)].map((word) => `${word} ${totals.get(word)}`).sort());
  }
  return messages;
};
