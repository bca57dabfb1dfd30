// What a worker's log tells: one kind of event each for what timely dataflow's `TimelyEvent` and `TimelyProgressEvent` tell.
//
// Operators and channels are named by *addresses*, the same on every worker: "0.3.1" is node 1 of the scope that is node 3 of dataflow 0,
// and "0.3:5-7" is the edge from location 5 to location 7 of that scope.

/** What every event has. */
interface Logged {
  /** Milliseconds on the worker's clock. */
  readonly at: number;
}

/** An operator, or a scope as one of its parent's, was created. */
export interface OperatorEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "operator";
  /** Its address. */
  readonly operator: string;
  /** The name it was given. */
  readonly name: string;
  /** The names of the dataflow and the scopes that it is in, from the outermost on. */
  readonly within: readonly string[];
  /** Whether it is a scope. */
  readonly scope: boolean;
}

/** An end of a channel: a port of an operator, or of a scope seen from inside. */
export interface PortEnd {
  /** The address of the operator, or of the scope when the channel crosses its boundary from inside. */
  readonly operator: string;
  /** The number of the port among its outputs or inputs. */
  readonly port: number;
}

/** A channel was created. */
export interface ChannelEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "channel";
  /** Its address. */
  readonly channel: string;
  /** Where it starts. */
  readonly from: PortEnd;
  /** Where it leads. */
  readonly to: PortEnd;
  /** How records are divided over the workers: "pipeline", "exchange" or "broadcast". */
  readonly pact: string;
}

/** An operator ran, from `at` on. In full logs. */
export interface ScheduleEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "schedule";
  /** Its address. */
  readonly operator: string;
  /** Milliseconds until it stopped. A scope's include what ran inside. */
  readonly duration: number;
}

/** What an operator did since the last such event. In summaries. */
export interface ActivityEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "activity";
  /** Its address. */
  readonly operator: string;
  /** How often it ran. */
  readonly activations: number;
  /** Milliseconds that it ran, estimated from runs that were timed. A scope's include what ran inside. */
  readonly busy: number;
  /** Records that it read. */
  readonly recordsIn: number;
  /** Records that it sent. */
  readonly recordsOut: number;
}

/** Messages went over a channel: one, with the worker at its other end, in full logs; all between workers since the last event in summaries. */
export interface MessagesEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "messages";
  /** The channel's address. */
  readonly channel: string;
  /** Which way they went. */
  readonly direction: "sent" | "received";
  /** The worker at the other end, which is this one for what stays here; undefined in summaries. */
  readonly peer: number | undefined;
  /** How many. */
  readonly messages: number;
  /** Records in them. */
  readonly records: number;
  /** Their bytes, headers included; 0 for what stays on its worker. */
  readonly bytes: number;
}

/** One change of a count of outstanding times. */
export interface ProgressChange {
  /**
   * The address of the operator, or of the scope for what crosses its boundary: what enters is at an output there, what leaves at an
   * input, since that is what they are to the operators inside.
   */
  readonly operator: string;
  /** Whether records are outstanding at an input, or a right to send at an output. */
  readonly at: "input" | "output";
  /** The number of the port among those. */
  readonly port: number;
  /** The time. */
  readonly time: unknown;
  /** By how much its count changed. */
  readonly diff: number;
}

/** Batches of progress were exchanged by a scope: one in full logs, all since the last event in summaries. */
export interface ProgressEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "progress";
  /** The scope's address. */
  readonly scope: string;
  /** Which way they went. What is sent goes to all workers. */
  readonly direction: "sent" | "received";
  /** The worker that sent them; undefined in summaries. */
  readonly peer: number | undefined;
  /** How many. */
  readonly batches: number;
  /** How many changes are in them; of what was sent, in summaries, before those of one count were summed. */
  readonly changes: number;
  /** The changes, in full logs. */
  readonly list: readonly ProgressChange[] | undefined;
}

/** An operator holds another number of capabilities than when it was last looked at, which is when events are delivered. */
export interface HeldEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "held";
  /** Its address. */
  readonly operator: string;
  /** How many it holds on this worker. */
  readonly count: number;
}

/** The worker found nothing to do and waits. In full logs. */
export interface ParkEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "park";
}

/** The worker waited: until `at` in full logs, in all since the last event in summaries. */
export interface UnparkEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "unpark";
  /** How often. */
  readonly times: number;
  /** Milliseconds. */
  readonly parked: number;
}

/** A dataflow has ended on this worker. */
export interface ShutdownEvent extends Logged {
  /** Tells it from the other events. */
  readonly kind: "shutdown";
  /** The dataflow's address. */
  readonly dataflow: string;
}

/** What a worker's log tells. */
export type LogEvent =
  | OperatorEvent
  | ChannelEvent
  | ScheduleEvent
  | ActivityEvent
  | MessagesEvent
  | ProgressEvent
  | HeldEvent
  | ParkEvent
  | UnparkEvent
  | ShutdownEvent;
