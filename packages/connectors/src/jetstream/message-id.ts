// The id of an output message: where it stands in the output, and nothing else, so that every run gives it the same.

/** Where a message stands: the messages of a time are numbered from 0. */
export interface Place {
  readonly time: number;
  readonly ordinal: number;
}

/** The id of a message: its stream, time and number. A run that can't give the same ids again adds a name of its own. */
export const messageId = (stream: string, { time, ordinal }: Place, run?: string): string =>
  [stream, time, ordinal, ...(run === undefined ? [] : [run])].join("/");

/** The place that an id of this stream names, or undefined when it is none. */
export const placeOf = (stream: string, id: string): Place | undefined => {
  if (!id.startsWith(`${stream}/`)) return undefined;
  const match = /^(\d+)\/(\d+)$/.exec(id.slice(stream.length + 1));
  return match === null ? undefined : { time: Number(match[1]), ordinal: Number(match[2]) };
};

/** Whether a place comes after another. */
export const isAfter = (place: Place, other: Place): boolean =>
  place.time > other.time || (place.time === other.time && place.ordinal > other.ordinal);
