// An operator with state, as checkpoints see it: its ports, its hook, and what it takes up again in a restored run.

import type { Batch } from "../batch/index.ts";
import { EntryWriter } from "../checkpoint/entries.ts";
import { Gate } from "../checkpoint/gate.ts";
import { writeRecord } from "../checkpoint/record.ts";
import type { SavedState, StatefulOperator, StateRegistry } from "../checkpoint/registry.ts";
import type { StateHook } from "../checkpoint/state.ts";
import { ByteReader, type ByteWriter } from "../codec/index.ts";
import type { Capability } from "./capability.ts";
import type { InputPort } from "./channels/input-port.ts";
import type { OutputPort } from "./channels/output-port.ts";
import type { Place } from "./errors.ts";
import type { Scope } from "./scope.ts";

/** A batch that was sent past the cut of the checkpoint that the run started from: it is sent again. */
interface Resumed<T> {
  readonly port: OutputPort<T, Batch>;
  readonly capability: Capability<T>;
  readonly bytes: Uint8Array;
}

/** What an operator consists of. */
export interface OperatorParts<T> {
  readonly scope: Scope<T>;
  readonly place: Place;
  readonly inputs: readonly InputPort<T, Batch>[];
  readonly outputs: readonly OutputPort<T, Batch>[];
  /** Runs it once. */
  readonly run: () => void;
}

/** The state of one operator on one worker. */
export class OperatorState<T> implements StatefulOperator {
  readonly path: string;
  readonly where: string;
  readonly schema: string;
  readonly gate: Gate<T>;
  private readonly parts: OperatorParts<T>;
  private readonly hook: StateHook;
  private resumed: Resumed<T>[] = [];

  constructor(parts: OperatorParts<T>, hook: StateHook, registry: StateRegistry) {
    const { scope, place, inputs, outputs } = parts;
    this.parts = parts;
    this.hook = hook;
    this.path = `${scope.path}${place.operator}`;
    this.where = `operator ${place.operator} of dataflow ${place.dataflow} on worker ${place.worker}`;
    this.schema = [hook.schema ?? "", ...outputs.map((port) => port.layout.fingerprint)].join(" -> ");
    this.gate = new Gate<T>(registry.domain, (time) => scope.subgraph.outermost(time));
    for (const port of inputs) port.gate = this.gate;
    outputs.forEach((port, index) => {
      port.limitBy(this.gate, index);
    });
    const saved = registry.add(this);
    if (saved !== undefined) this.load(saved, registry);
  }

  /** Whether there is something to resume. */
  get resumes(): boolean {
    return this.resumed.length > 0;
  }

  /** Sends again what had been sent past the cut. To be called before the operator runs for the first time. */
  resume(): void {
    for (const { port, capability, bytes } of this.resumed) {
      port.session(capability).giveBatch(port.layout.decode(bytes, 0, bytes.length, { own: true }));
      capability.release();
    }
    this.resumed = [];
  }

  everyTime(test: (time: unknown) => boolean): boolean {
    const { scope, inputs, outputs } = this.parts;
    if (this.resumes) return false;
    for (const { frontier } of inputs) {
      for (const time of frontier.elements) if (!test(scope.subgraph.outermost(time))) return false;
    }
    for (const { held } of outputs) {
      for (const { time } of held) if (!test(scope.subgraph.outermost(time))) return false;
    }
    return true;
  }

  save(to: ByteWriter): void {
    const { inputs, run, scope } = this.parts;
    // It may not have seen its frontiers yet; one without inputs has none, and would only go on.
    if (inputs.length > 0) run();
    const entries = new EntryWriter();
    this.hook.save(entries);
    writeRecord(entries.finish(), this.gate.crossings, scope.domain.codec, to);
  }

  release(): void {
    for (const port of this.parts.inputs) port.readmit();
  }

  private load(saved: SavedState, registry: StateRegistry): void {
    const { scope, outputs } = this.parts;
    this.hook.load(saved.state);
    for (const { output, time, bytes } of saved.crossings) {
      const port = outputs[output] as OutputPort<T, Batch>;
      const at = scope.domain.codec.read(new ByteReader(time));
      if (registry.covers(scope.subgraph.outermost(at))) continue;
      // The least time, which every operator holds at the start, allows all others.
      this.resumed.push({ port, capability: port.grant(at), bytes: bytes.slice() });
    }
  }
}
