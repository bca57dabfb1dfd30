// Lines of a byte stream of any length, holding one chunk and one line at a time.
import { MAX_LINE_LENGTH } from "@limmat/incremental-routing";

/** How much of a line is kept: just enough for the replay's reader to see that it is too long. */
const KEPT = MAX_LINE_LENGTH + 1;

/** The lines of a UTF-8 stream without their line ends; of a line that is too long only the first MAX_LINE_LENGTH + 1 characters. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let partial = "";
  for await (const chunk of bytes) {
    const text = decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", start)) {
      yield partial + text.slice(start, Math.min(end, start + KEPT - partial.length));
      partial = "";
      start = end + 1;
    }
    partial += text.slice(start, start + KEPT - partial.length);
  }
  partial += decoder.decode();
  if (partial !== "") yield partial;
}
