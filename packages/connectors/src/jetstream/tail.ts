// The last message of an output stream: what is there already, and what the next message has to follow.

import type { MsgHdrs } from "@nats-io/transport-node";
import type { JetStreamError } from "./errors.ts";
import { type Place, placeOf } from "./message-id.ts";
import type { JetStreamServer } from "./server.ts";

/** The end of an output stream. */
export interface Tail {
  /** The sequence number of the last message; 0 before the first. */
  readonly sequence: number;
  /** Its place, and its bytes; undefined before the first message. */
  readonly last: { readonly place: Place; readonly data: Uint8Array } | undefined;
}

/** Reads the end of a stream that this output alone writes to. Rejects with `JetStreamError` when it can't be told what is there. */
export async function readTail(server: JetStreamServer, stream: string): Promise<Tail> {
  return server.insist(`the end of output stream ${stream} can't be read`, async () => {
    const { last_seq: sequence } = (await server.manager.streams.info(stream)).state;
    if (sequence === 0) return { sequence, last: undefined };
    const message = await server.manager.streams.getMessage(stream, { seq: sequence });
    if (message === null) {
      // Something newer may have come and gone meanwhile.
      if ((await server.manager.streams.info(stream)).state.last_seq !== sequence) throw new Error("it changes");
      throw server.error(
        `the last message of output stream ${stream} (${sequence}) is gone, so it can't be told what was published: keep at least the last message, or use a new stream`,
      );
    }
    // A message without headers has none, whatever its type says.
    const id = (message.header as MsgHdrs | undefined)?.get("Nats-Msg-Id") ?? "";
    const place = placeOf(stream, id);
    if (place === undefined) throw foreign(server, stream, sequence, id);
    return { sequence, last: { place, data: message.data } };
  });
}

const foreign = (server: JetStreamServer, stream: string, sequence: number, id: string): JetStreamError =>
  server.error(
    `message ${sequence} of output stream ${stream} (id "${id}") is not of this output: only this output may write to its stream, and always with the same guarantee`,
  );
