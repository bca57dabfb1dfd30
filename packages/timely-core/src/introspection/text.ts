// Figures and names as text, for people; and names of any characters made harmless.

/** A name that fits, with an ellipsis where it had to be cut. */
export function shorten(name: string, most: number): string {
  const characters = [...name];
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join("")}…`;
}

/** A number in at most five characters: "12", "1.2k", "34M". */
export function short(value: number): string {
  const units = ["", "k", "M", "G", "T"];
  let unit = 0;
  let left = value;
  while (left >= 999.5 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  const digits = left >= 99.5 || left === Math.round(left) ? 0 : left >= 9.95 ? 1 : 2;
  return `${left.toFixed(digits)}${units[unit]}`;
}

/** A share of time: "37%", "0.4%". */
export function percent(share: number): string {
  const value = share * 100;
  return `${value >= 9.95 || value < 0.005 ? value.toFixed(0) : value.toFixed(value >= 0.095 ? 1 : 2)}%`;
}

/** Milliseconds: "0.31 ms", "1.2 s". */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${short(milliseconds / 1000)} s`;
  return milliseconds > 0 && milliseconds < 1 ? `${short(milliseconds * 1000)} us` : `${short(milliseconds)} ms`;
}

/** Times as people read a frontier: nothing more comes before these. */
export function frontierText(times: readonly string[], most = 3): string {
  if (times.length === 0) return "done";
  const more = times.length > most ? ", …" : "";
  return `{${times.slice(0, most).join(", ")}${more}}`;
}

/** Characters that XML can't hold are replaced; so are halves of surrogate pairs. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be replaced
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");
}

/** Text as XML or HTML, in content or in a quoted attribute. */
export function escapeXml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return plain(text).replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** Text as a quoted string of DOT, in which a backslash and an ampersand mean something too. */
export function quoteDot(text: string): string {
  const escaped = plain(text)
    .replace(/&/g, "&amp;")
    .replace(/\\/g, "\\\\")
    .replace(/"/g, '\\"')
    .replace(/\r\n|\r|\n/g, "\\n");
  return `"${escaped}"`;
}

/** A value as JSON that can stand inside a script element of HTML. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
