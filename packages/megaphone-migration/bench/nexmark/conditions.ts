// The constants of the first three queries.

/** A price in euros, of one in dollars. */
export function euros(dollars: number): number {
  return Math.floor((dollars * 89) / 100);
}

/** Whether query 2 watches the auction. */
export function isWatched(auction: number): boolean {
  return auction % 123 === 0;
}

/** Whether query 3 asks for people of that state. */
export function isNearby(state: string): boolean {
  return state === "OR" || state === "ID" || state === "CA";
}

/** The category that query 3 asks for. */
export const wantedCategory = 10;
