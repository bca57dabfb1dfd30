import { describe, expect, it } from "vitest";
import {
  difference,
  encoded,
  type Hello,
  helloOf,
  isProof,
  MessageGatherer,
  proof,
} from "../../src/network/handshake.ts";

const own: Hello = {
  protocol: 1,
  version: "1.2.3",
  byteOrder: "LE",
  process: 0,
  to: 1,
  lane: "data",
  processes: 2,
  workers: 1,
  clients: 0,
  dataRingBytes: 2 ** 20,
  progressRingBytes: 2 ** 16,
  secret: true,
  generation: 7,
  nonce: "00",
};
const other: Hello = { ...own, process: 1, to: 0, nonce: "01" };

describe("Two hellos", () => {
  it("agree where all but the processes' own numbers is the same, and the generation is known to one alone", () => {
    expect(difference(own, other)).toBeUndefined();
    expect(difference(own, { ...other, generation: null })).toBeUndefined();
  });

  it.each<[Partial<Hello>, RegExp]>([
    [{ protocol: 2 }, /it has protocol 2, this process 0 has protocol 1: install the same version/],
    [{ version: "2.0.0" }, /it has version 2.0.0 .*, this process 0 has version 1.2.3 .*: install the same version/],
    [{ byteOrder: "BE" }, /byte order BE, this process 0 has byte order LE/],
    [{ processes: 3 }, /3 processes, this process 0 has 2 processes/],
    [{ workers: 4 }, /4 workers in each process, this process 0 has 1 workers/],
    [{ clients: 1 }, /1 clients/],
    [{ dataRingBytes: 64 }, /data rings of 64 bytes, this process 0 has data rings of 1048576 bytes/],
    [{ progressRingBytes: 64 }, /progress rings of 64 bytes/],
    [{ secret: false }, /it has no secret, this process 0 has a secret/],
    [{ process: 2 }, /it is process 2 of 2, as it says to process 0: give each its own index/],
    [{ process: 0 }, /it is process 0 of 2, as it says to process 0: give each its own index/],
    [{ to: 1 }, /takes this one for process 1, but this is process 0/],
    [{ generation: 8 }, /generation 8 of the run, this process 0 to 7: .*from an earlier run/],
  ])("that differ in %o say both values, and the mend", (changed, message) => {
    expect(difference(own, { ...other, ...changed })).toMatch(message);
  });
});

describe("Two hellos of three processes", () => {
  it("that take each other for somebody else say so", () => {
    const hellos = [own, other].map((hello) => ({ ...hello, processes: 3 }));
    const [first, second] = hellos as [Hello, Hello];
    expect(difference(first, { ...second, process: 2 })).toMatch(
      /it is process 2 .* takes it for process 1: give all the same list of hosts/,
    );
  });
});

describe("A proof", () => {
  it("holds for one secret, one end and one connection", () => {
    const right = proof("secret", "caller", "a", "b");
    expect(isProof(right, right)).toBe(true);
    for (const wrong of [
      proof("Secret", "caller", "a", "b"),
      proof("secret", "called", "a", "b"),
      proof("secret", "caller", "a", "c"),
      right.slice(1),
      "",
      undefined,
      42,
    ]) {
      expect(isProof(wrong, right)).toBe(false);
    }
  });
});

describe("What comes before anybody is known", () => {
  const bytes = (text: string): Uint8Array => encoded(text, true);

  it("is gathered from whatever pieces it comes in, one message at a time", async () => {
    const gatherer = new MessageGatherer();
    const all = Buffer.concat([bytes("one"), encoded("two", false), Buffer.from("rest")]);
    const first = gatherer.next();
    for (const byte of all.subarray(0, 15)) gatherer.push(Uint8Array.of(byte));
    expect(await first).toBe("one");
    const second = gatherer.next();
    gatherer.push(all.subarray(15));
    expect(await second).toBe("two");
    expect(Buffer.from(gatherer.rest()).toString()).toBe("rest");
  });

  it.each<[string, Uint8Array]>([
    ["another protocol", Buffer.from("GET / HTTP/1.1\r\n")],
    ["a message above 4 KiB", Buffer.concat([Buffer.from("limmat\r\n"), Buffer.from([1, 16, 0, 0])])],
  ])("is refused at once when it is %s", async (_, piece) => {
    const gatherer = new MessageGatherer();
    gatherer.push(piece);
    await expect(gatherer.next()).rejects.toThrow(/another protocol|4097 bytes/);
  });

  it("is not kept beyond one message that nobody waits for", async () => {
    const gatherer = new MessageGatherer();
    gatherer.push(Buffer.concat([bytes("x".repeat(4000)), Buffer.alloc(2000)]));
    await expect(gatherer.next()).rejects.toThrow(/too many bytes/);
    expect(gatherer.rest().length).toBe(0);
  });

  it.each([
    "null",
    "{}",
    "[]",
    '"text"',
    '{"protocol":"1"}',
    JSON.stringify({ ...own, process: -1 }),
    JSON.stringify({ ...own, lane: "other" }),
    "{",
  ])("is no hello when it is %s", (text) => {
    expect(() => helloOf(text)).toThrow();
  });
});
