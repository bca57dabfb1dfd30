// How long windows are, in the dataflow's time. Event time may run faster than the clock (`dilation`), so that windows of hours close in
// a run of seconds: then windows are that much shorter.

/** The lengths of the queries' windows: whole numbers, each a multiple of `slide`. */
export interface Windows {
  /** How often query 5 answers: every minute. Windows of query 7 are as long. */
  readonly slide: number;
  /** What query 5 looks back on: an hour. */
  readonly hot: number;
  /** In which query 8 looks for people and their auctions: twelve hours. */
  readonly newcomers: number;
}

/** The standard's windows, where a minute takes that long in the dataflow's time: a whole number. */
export function standardWindows(minute: number): Windows {
  return { slide: minute, hot: 60 * minute, newcomers: 720 * minute };
}

/** The end of the window of that length in which `at` lies: windows start at multiples of their length. */
export function windowEnd(at: number, length: number): number {
  return (Math.floor(at / length) + 1) * length;
}
