// What the endpoints of a run tell each other about checkpoints, on their data links. docs/adr/0014-checkpoints.md has the protocol.

import { ByteReader, ByteWriter, values } from "../codec/index.ts";

/** A message about checkpoints. Checkpoints of a run are numbered from 0. */
export type Note =
  | {
      /** A checkpoint is wanted: nobody may go beyond its time unknowing. */
      readonly kind: "ask";
      readonly number: number;
      /** By the codec of the domain. */
      readonly time: Uint8Array;
      /** The dataflows that are in it: those with a lower number. -1 for the one dataflow of a launched run. */
      readonly dataflows: number;
      /** Whether the client commits it. */
      readonly held: boolean;
    }
  | {
      /** To worker 0: the sender's part is durable, and holds for these numbers. */
      readonly kind: "part";
      readonly from: number;
      readonly to: number;
      readonly dataflows: readonly string[];
      /** The dataflows that the sender has dropped so far. */
      readonly dropped: readonly string[];
      readonly name: string;
      readonly bytes: number;
      readonly checksum: string;
      readonly metadata: unknown;
    }
  | {
      /** From worker 0 to the client: all parts of a held checkpoint are durable. */
      readonly kind: "ready";
      readonly number: number;
    }
  | {
      /** From the client to worker 0: make it a checkpoint, or forget it. */
      readonly kind: "commit";
      readonly number: number;
      readonly metadata: unknown;
      readonly forget: boolean;
    }
  | {
      /** From worker 0 to all: the checkpoint, and none before it that is still awaited, is durable. */
      readonly kind: "durable";
      readonly number: number;
      readonly id: number;
    }
  | {
      /** To worker 0: the sender's dataflows have all ended. */
      readonly kind: "left";
      /** How many dataflows it had built. */
      readonly dataflows: number;
      /** How many checkpoints its program had asked for. */
      readonly asked: number;
    }
  | {
      /** From worker 0 to all: its dataflows have ended as well, and it has heard that of all others. */
      readonly kind: "over";
      readonly dataflows: number;
      /** The first number that has not become a checkpoint. */
      readonly number: number;
    };

/** The number that frames of notes have in place of a dataflow's. */
export const checkpointNotes = 0xffffffff;

/** The bytes of a note. */
export function writeNote(note: Note): Uint8Array {
  const writer = new ByteWriter(128);
  values.write(note, writer);
  return writer.finish();
}

/** Reads what `writeNote` wrote. */
export function readNote(bytes: Uint8Array): Note {
  return values.read(new ByteReader(bytes)) as Note;
}
