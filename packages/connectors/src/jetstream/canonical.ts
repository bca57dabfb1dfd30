// The one order of a time's messages, whichever worker made them and whenever they came.

/** Sorts messages by their bytes, in place: a shorter one comes before what it begins. */
export const canonical = (messages: Uint8Array[]): Uint8Array[] => messages.sort(Buffer.compare);
