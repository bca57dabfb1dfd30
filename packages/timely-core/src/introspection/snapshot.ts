// Snapshot: a run as it stands, as plain data: the graph, what each operator did, and what it waits for. JSON of a stable shape.

/** The times before which nothing more comes at a port, and the workers that see them so. */
export interface SeenFrontier {
  /** The workers, ascending. */
  readonly workers: readonly number[];
  /** The times as text; none when nothing more can come. */
  readonly times: readonly string[];
}

/** Capabilities that an operator holds at one time on one worker. */
export interface HeldTime {
  /** The worker. */
  readonly worker: number;
  /** The time as text. */
  readonly time: string;
  /** How many. */
  readonly count: number;
}

/** An input or an output of an operator. Counts are sums over the workers, from the start of the dataflow. */
export interface PortSnapshot {
  /** What may still come here: usually the same on all workers, unless progress is under way. */
  readonly frontier: readonly SeenFrontier[];
  /** Records read or sent here by the operator. */
  readonly records: number;
  /** Batches of them. */
  readonly batches: number;
  /** Records that have arrived and were not read yet. */
  readonly waiting: number;
}

/** What one operator did on one worker, from the start of the dataflow. */
export interface WorkerShare {
  /** The worker. */
  readonly worker: number;
  /** How often it ran, since it was first measured. */
  readonly activations: number;
  /** Milliseconds that it ran, since it was first measured, estimated from some of its runs. */
  readonly busy: number;
  /** Records that it read. */
  readonly recordsIn: number;
  /** Records that it sent. */
  readonly recordsOut: number;
}

/** What happened per second between two snapshots; see `withRates`. */
export interface OperatorRates {
  /** Records read. */
  readonly recordsIn: number;
  /** Records sent. */
  readonly recordsOut: number;
  /** Runs. */
  readonly activations: number;
  /** The share of their time that the workers ran this operator, from 0 to 1; of a scope, all that is inside. */
  readonly busy: number;
}

/** One operator, or a nested scope as one. */
export interface OperatorSnapshot {
  /** Its address, the same on every worker: "0.3.1" is node 1 of the scope that is node 3 of dataflow 0. */
  readonly address: string;
  /** The name it was given. */
  readonly name: string;
  /** The address of the scope that it is in. */
  readonly within: string;
  /** Whether it is a scope. */
  readonly scope: boolean;
  /** Its inputs, in order. */
  readonly inputs: readonly PortSnapshot[];
  /** Its outputs, in order. */
  readonly outputs: readonly PortSnapshot[];
  /** Capabilities that it holds: at most 16 times a worker are named. */
  readonly held: readonly HeldTime[];
  /** How many capabilities it holds in all. */
  readonly heldCount: number;
  /** What it did on each worker. */
  readonly workers: readonly WorkerShare[];
  /** Where `withRates` added them. */
  readonly rates?: OperatorRates;
}

/** What went over a channel between workers; what stays on its worker is counted at the ports. */
export interface TrafficSnapshot {
  /** Messages. */
  readonly messages: number;
  /** Records in them. */
  readonly records: number;
  /** Their bytes, headers included. */
  readonly bytes: number;
}

/** One end of a channel. */
export interface EndSnapshot {
  /** The address of the operator, or of the scope around the channel when that is its own boundary, seen from inside. */
  readonly operator: string;
  /** The number of the port among the outputs or inputs there. */
  readonly port: number;
}

/** One channel. */
export interface ChannelSnapshot {
  /** Its address: "0:5-7" leads from location 5 to location 7 of the outermost scope of dataflow 0. */
  readonly address: string;
  /** The address of the scope that it is in. */
  readonly within: string;
  /** Where it starts. */
  readonly from: EndSnapshot;
  /** Where it leads. */
  readonly to: EndSnapshot;
  /** How records are divided over the workers: "pipeline", "exchange" or "broadcast". */
  readonly pact: string;
  /** Sent to other workers. */
  readonly sent: TrafficSnapshot;
  /** Records that the output at its start has sent, on all workers. */
  readonly records: number;
  /** Records a second, where `withRates` added it. */
  readonly rate?: number;
}

/** One dataflow. */
export interface DataflowSnapshot {
  /** Its number, which is its address. */
  readonly address: string;
  /** Its name. */
  readonly name: string;
  /** Its operators and scopes. */
  readonly operators: readonly OperatorSnapshot[];
  /** What joins them. */
  readonly channels: readonly ChannelSnapshot[];
}

/** When a worker was looked at. */
export interface WorkerClock {
  /** The worker. */
  readonly worker: number;
  /** Milliseconds on its own clock. */
  readonly at: number;
}

/** A run as it stands, on one worker or merged over several. */
export interface Snapshot {
  /** The version of the shape: a change that a reader would notice changes it. */
  readonly version: 1;
  /** The workers that it was taken of, ascending. */
  readonly workers: readonly WorkerClock[];
  /** The number of workers of the run. */
  readonly peers: number;
  /** The dataflows that run. */
  readonly dataflows: readonly DataflowSnapshot[];
}
