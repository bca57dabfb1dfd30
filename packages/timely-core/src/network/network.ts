// The I/O of one process of a run: brings the processes together, carries messages between rings and sockets, and notices who is lost.
// Runs on an event loop of its own, so that computing threads never wait for a socket. After timely's `communication::networking`.

import { randomInt } from "node:crypto";
import type { Socket } from "node:net";
import manifest from "../../package.json" with { type: "json" };
import { Doorbell, OverflowError, Parking } from "../communication/index.ts";
import { type Consumer, call, type Identity, type Incoming } from "./connection.ts";
import { type ControlMessage, ControlParser } from "./control.ts";
import { ConnectError, HandshakeError, PeerError } from "./errors.ts";
import { byteOrder, type Hello, type Lane, protocolVersion } from "./handshake.ts";
import { Inlet } from "./inlet.ts";
import { Outlet } from "./outlet.ts";
import { lanes, Peer, type Receiving } from "./peer.ts";
import { type Host, missedHeartbeats, type ProcessesConfig } from "./processes.ts";
import { Reception } from "./reception.ts";
import { linkNumber, SegmentParser } from "./segment.ts";
import type { NetworkDescriptor, RemoteLink } from "./topology.ts";

/** Progress is bounded by its senders, who sum up what they can't send, but only while its connection stands still now and then. */
const mostProgressOverflow = 2 ** 22;
/** How long a lost connection waits for its process's own account of what happened, in milliseconds. */
const lastWords = 150;
/** How long others are told, and misfits answered, after this process has failed, in milliseconds. */
const farewell = 1000;

/** What of the configuration a network needs; plain data. */
export type NetworkConfig = Omit<ProcessesConfig, "lost">;

/** This process's part of the network. */
export class Network {
  /** Rejects when the run can't go on; never resolves. */
  readonly failed: Promise<never>;
  /** Resolves when every connection is closed, whatever the reason. */
  readonly closed: Promise<void>;
  private readonly descriptor: NetworkDescriptor;
  private readonly config: NetworkConfig;
  private readonly hosts: readonly Host[];
  private readonly own: number;
  private readonly peers: Peer[] = [];
  private readonly bell: Doorbell;
  private readonly calling = new AbortController();
  private reception: Reception | undefined;
  private generation: number | null;
  private state: "joining" | "running" | "leaving" | "over" = "joining";
  private failure: Error | undefined;
  private reject: (error: Error) => void = () => {};
  private onClosed: () => void = () => {};
  private heartbeat: NodeJS.Timeout | undefined;
  private beaten = 0;
  private waiting: (() => void)[] = [];

  private constructor(descriptor: NetworkDescriptor, config: NetworkConfig, hosts: readonly Host[]) {
    this.descriptor = descriptor;
    this.config = config;
    this.hosts = hosts;
    this.own = descriptor.process;
    this.bell = new Doorbell(descriptor.bell);
    // 32 bits are what workers compare on every message.
    this.generation = config.generation ?? (this.own === 0 ? randomInt(2 ** 32) : null);
    this.failed = new Promise<never>((_, reject) => {
      this.reject = reject;
    });
    this.failed.catch(() => {});
    this.closed = new Promise((resolve) => {
      this.onClosed = resolve;
    });
    hosts.forEach((_, process) => {
      if (process !== this.own) this.peers.push(new Peer(process));
    });
  }

  /**
   * Brings this process together with all others; resolves once all are ready.
   * @throws ConnectError when it can't listen, or somebody does not come in time.
   * @throws HandshakeError when somebody does not belong to the run.
   * @throws PeerError when somebody is lost meanwhile.
   */
  static async join(descriptor: NetworkDescriptor, config: NetworkConfig, hosts: readonly Host[]): Promise<Network> {
    const network = new Network(descriptor, config, hosts);
    try {
      await network.connect();
    } catch (error) {
      await network.close(error as Error);
      throw error;
    }
    return network;
  }

  /** The run's generation, the same in all processes. */
  get agreedGeneration(): number {
    return (this.generation as number) >>> 0;
  }

  /** Leaves in order, after all workers here have ended: sends what is left, and waits until all others leave too. */
  async leave(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.state = "leaving";
    for (const { receiving } of this.peers) for (const { socket } of receiving) socket.resume();
    const left = this.peers.map(async (peer) => {
      await Promise.all(peer.outlets.map((outlet) => outlet.end()));
      peer.tell({ kind: "goodbye" });
      peer.outgoing.get("control")?.end();
    });
    await Promise.race([
      this.failed,
      Promise.all(left).then(() => this.until(() => this.peers.every((peer) => peer.ended === lanes.length))),
    ]);
    await this.close();
  }

  /** Ends at once, and tells the others why. */
  async abort(reason: string): Promise<void> {
    void this.fail(new PeerError(this.own, (this.hosts[this.own] as Host).name, reason), this.own, reason);
    await this.closed;
  }

  private async connect(): Promise<void> {
    const { config, own } = this;
    const identity: Identity = { hello: () => this.hello(), secret: config.secret, tls: config.tls };
    const timeoutMs = config.connectTimeoutMs ?? 60_000;
    this.reception = await Reception.open(this.hosts[own] as Host, config.listen, identity, {
      isTaken: ({ process, lane }) => this.peer(process)?.outgoing.has(lane) ?? false,
      welcome: (socket, hello) => this.called(socket, hello),
      refused: (problem, process) => {
        const peer = process === undefined ? undefined : this.peer(process);
        if (peer !== undefined && !peer.isConnected) peer.problem = problem;
      },
    });
    const overdue = setTimeout(() => this.calling.abort(new ConnectError(this.missing(timeoutMs))), timeoutMs);
    const aborted = new Promise<never>((_, reject) => {
      const { signal } = this.calling;
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    aborted.catch(() => {});
    try {
      const calls = this.peers.map(async (peer) => {
        // The first settles whether the other belongs to this run at all.
        for (const lane of lanes) this.answered(peer, lane, await this.call(peer, lane, identity));
      });
      const ready = Promise.all(calls)
        .then(() => this.until(() => this.peers.every(({ isConnected }) => isConnected) && this.generation !== null))
        .then(() => {
          // Nobody else is expected.
          this.reception?.close();
          for (const peer of this.peers) peer.tell({ kind: "ready", generation: this.generation as number });
          return this.until(() => this.peers.every(({ ready }) => ready));
        });
      await Promise.race([ready, aborted, this.failed]);
    } finally {
      clearTimeout(overdue);
      this.calling.abort(new ConnectError("the run has ended"));
    }
    this.state = "running";
    this.beat();
    void this.carry();
  }

  private call(peer: Peer, lane: Lane, identity: Identity): Promise<Incoming> {
    const host = this.hosts[peer.process] as Host;
    return call(host, peer.process, lane, identity, this.calling.signal, (problem) => {
      peer.problem = problem;
    });
  }

  private hello(): Omit<Hello, "nonce" | "to" | "lane"> {
    const { descriptor, config, generation, own } = this;
    const { topology, dataRingBytes, progressRingBytes } = descriptor;
    return {
      protocol: protocolVersion,
      version: manifest.version,
      byteOrder,
      process: own,
      processes: topology.processes,
      workers: topology.workersPerProcess,
      clients: topology.clients,
      dataRingBytes,
      progressRingBytes,
      secret: config.secret !== undefined,
      generation,
    };
  }

  private missing(timeoutMs: number): string {
    const late = this.peers.filter(({ ready }) => !ready);
    const list = late.map((peer) => {
      const problem = peer.isConnected ? "connected, but not ready" : peer.problem;
      return `process ${peer.process} at ${(this.hosts[peer.process] as Host).name} (${problem})`;
    });
    return `after ${timeoutMs / 1000} seconds there is no connection with ${list.join(", ")}: start all processes, and check the list of hosts`;
  }

  /** Process 0 says which run this is. */
  private learn(hello: Hello): void {
    if (hello.process === 0 && this.generation === null) {
      this.generation = hello.generation;
      this.changed();
    }
  }

  /** A call was answered: messages come on it. */
  private answered(peer: Peer, lane: Lane, { socket, peer: hello, consume }: Incoming): void {
    this.learn(hello);
    peer.incoming.set(lane, socket);
    this.watch(peer, socket, lane === "control");
    const take = lane === "control" ? this.controlConsumer(peer) : this.messageConsumer(peer, lane, socket);
    socket.on("end", () => this.endedLane(peer, lane));
    consume(take);
    this.changed();
  }

  /** A process called: messages go out on this. */
  private called(socket: Socket, hello: Hello): void {
    const peer = this.peer(hello.process) as Peer;
    this.learn(hello);
    peer.outgoing.set(hello.lane, socket);
    this.watch(peer, socket, false);
    if (hello.lane !== "control") {
      const outlet = new Outlet(socket);
      for (const { from, to, ring, bell } of this.linksOf(this.descriptor.outgoing, peer, hello.lane)) {
        const sender = new Doorbell(bell);
        outlet.add(from, to, ring, () => sender.ring());
      }
      peer.outlets.push(outlet);
    }
    this.changed();
  }

  private linksOf(links: readonly RemoteLink[], peer: Peer, lane: Lane): RemoteLink[] {
    return links.filter(({ kind, process }) => kind === lane && process === peer.process);
  }

  private controlConsumer(peer: Peer): Consumer {
    const parser = new ControlParser((message) => this.told(peer, message));
    return (bytes, start, end) => {
      peer.heard = performance.now();
      try {
        parser.take(bytes.slice(start, end));
      } catch (error) {
        this.refuse(peer, error);
      }
      return true;
    };
  }

  private messageConsumer(peer: Peer, lane: Lane, socket: Socket): Consumer {
    const { overflowLimit, dataRingBytes } = this.descriptor;
    const inlets = new Map<number, Inlet>();
    for (const { kind, from, to, ring, bell } of this.linksOf(this.descriptor.incoming, peer, lane)) {
      const receiver = new Doorbell(bell);
      const name = `${kind} ${from}->${to}`;
      inlets.set(linkNumber(from, to), new Inlet(ring, name, () => receiver.ring(), overflowLimit));
    }
    const parser = new SegmentParser(inlets);
    const receiving: Receiving = {
      socket,
      inlets: [...inlets.values()],
      most: lane === "data" ? dataRingBytes : mostProgressOverflow,
      paused: false,
    };
    peer.receiving.push(receiving);
    return (bytes, start, end) => {
      peer.heard = performance.now();
      // When all workers here have ended, nobody wants what others still say about their progress.
      if (this.state === "leaving" || this.state === "over") return true;
      try {
        parser.take(bytes, start, end);
      } catch (error) {
        this.refuse(peer, error);
      }
      receiving.paused = overflowOf(receiving) > receiving.most;
      return !receiving.paused;
    };
  }

  private told(peer: Peer, message: ControlMessage): void {
    switch (message.kind) {
      case "alive":
        break;
      case "ready":
        if (message.generation !== this.generation) {
          const { name } = this.hosts[peer.process] as Host;
          const why = `it takes this for generation ${message.generation} of the run, process ${this.own} for ${this.generation}: start all again`;
          void this.fail(new HandshakeError(peer.process, name, why), peer.process, why);
          return;
        }
        peer.ready = true;
        this.changed();
        break;
      case "goodbye":
        peer.goodbye = true;
        this.changed();
        break;
      case "failed": {
        const reporter =
          message.process === peer.process || message.process === this.own
            ? ""
            : ` (as process ${peer.process} reports)`;
        const [process, reason] =
          message.process === this.own
            ? [peer.process, `gave this process ${this.own} up, since it ${message.reason}`]
            : [message.process, message.reason + reporter];
        this.lost(process, reason);
      }
    }
  }

  /**
   * An error of a connection is the loss of its process, unless that has left, and so is the end of its signs of life. The other
   * connections end in order with the work of their senders, before these say goodbye.
   */
  private watch(peer: Peer, socket: Socket, tellsLife: boolean): void {
    let reason = tellsLife ? "closed its connection, as when it ends or is killed" : "";
    socket.on("error", (error) => {
      reason = `was cut off (${error.message})`;
    });
    socket.on("close", () => {
      if (reason === "" || this.isGone(peer)) return;
      const heard = this.ago(peer);
      // It may have said why on another connection.
      setTimeout(() => {
        if (!this.isGone(peer)) this.lost(peer.process, `${reason}; last heard ${heard}`);
      }, lastWords);
    });
  }

  private isGone(peer: Peer): boolean {
    return peer.goodbye || this.state === "over" || this.failure !== undefined;
  }

  private endedLane(peer: Peer, lane: Lane): void {
    if (lane === "control" && !peer.goodbye) return;
    peer.ended += 1;
    this.changed();
  }

  private refuse(peer: Peer, error: unknown): void {
    const why = error instanceof Error ? error.message : String(error);
    if (error instanceof OverflowError) void this.fail(error, this.own, `failed: ${why}`);
    else this.lost(peer.process, `sent what this process can't take: ${why}`);
  }

  private ago(peer: Peer): string {
    return peer.heard === 0 ? "before the run began" : `${((performance.now() - peer.heard) / 1000).toFixed(1)} s ago`;
  }

  private lost(process: number, reason: string): void {
    const { name } = this.hosts[process] ?? { name: "?" };
    void this.fail(new PeerError(process, name, reason), process, reason);
  }

  /** Ends the run here, and says why to all others. */
  private async fail(error: Error, process: number, reason: string): Promise<void> {
    if (this.failure !== undefined || this.state === "over") return;
    this.failure = error;
    for (const peer of this.peers) {
      peer.tell({ kind: "failed", process, reason });
      peer.outgoing.get("control")?.end();
    }
    this.reject(error);
    this.changed();
    await this.close(error);
  }

  private async close(error?: Error): Promise<void> {
    if (this.state === "over") return;
    if (error !== undefined) {
      this.failure ??= error;
      this.calling.abort(error);
      const controls = this.peers.map((peer) => peer.outgoing.get("control")).filter((socket) => socket !== undefined);
      for (const control of controls) control.end();
      const told = controls.map((socket) => finished(socket));
      // A misfit calls again before long, and should hear what is wrong.
      const heard = error instanceof HandshakeError ? [new Promise<void>(() => {})] : [];
      let enough: NodeJS.Timeout | undefined;
      const patience = new Promise<void>((resolve) => {
        enough = setTimeout(resolve, farewell);
      });
      await Promise.race([Promise.all([...told, ...heard]), patience]);
      clearTimeout(enough);
    }
    this.state = "over";
    clearInterval(this.heartbeat);
    this.reception?.close();
    for (const peer of this.peers) peer.destroy();
    this.bell.ring();
    this.onClosed();
  }

  private beat(): void {
    const every = this.config.heartbeatMs ?? 2000;
    const limit = every * missedHeartbeats;
    this.beaten = performance.now();
    for (const peer of this.peers) peer.heard = this.beaten;
    this.heartbeat = setInterval(() => {
      const now = performance.now();
      // Who has itself been stopped has heard nobody meanwhile.
      const late = now - this.beaten - every;
      this.beaten = now;
      for (const peer of this.peers) {
        if (peer.goodbye) continue;
        if (late > every) peer.heard += late;
        peer.tell({ kind: "alive" });
        if (now - peer.heard > limit) {
          this.lost(
            peer.process,
            `has been silent for ${((now - peer.heard) / 1000).toFixed(1)} s, above the limit of ${limit / 1000} s`,
          );
        }
      }
    }, every);
  }

  /** Carries messages whenever the bell rings; what sockets bring is carried as it comes. */
  private async carry(): Promise<void> {
    const parking = new Parking(this.bell, { spins: 0 });
    const ready = (): boolean => this.state === "over" || this.isReady();
    while (this.state !== "over") {
      this.pump();
      await parking.wait(ready, Number.POSITIVE_INFINITY);
    }
  }

  private isReady(): boolean {
    for (const { outlets, receiving } of this.peers) {
      for (const outlet of outlets) if (outlet.hasPending) return true;
      for (const { inlets } of receiving) for (const inlet of inlets) if (inlet.canFlush()) return true;
    }
    return false;
  }

  private pump(): void {
    for (const { outlets, receiving } of this.peers) {
      for (const outlet of outlets) outlet.pump();
      for (const entry of receiving) {
        for (const inlet of entry.inlets) if (inlet.overflowBytes > 0) inlet.flush();
        if (!entry.paused || overflowOf(entry) > entry.most / 2) continue;
        entry.paused = false;
        entry.socket.resume();
      }
    }
  }

  private peer(process: number): Peer | undefined {
    return this.peers.find((peer) => peer.process === process);
  }

  /** Lets everybody look again who waits for something. */
  private changed(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const look of waiting) look();
  }

  /** Resolves once the condition holds. */
  private async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}

function overflowOf({ inlets }: Receiving): number {
  return inlets.reduce((sum, inlet) => sum + inlet.overflowBytes, 0);
}

/** Resolves when a socket has sent everything, or can't. */
function finished(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.writableFinished || socket.destroyed) resolve();
    socket.once("finish", resolve);
    socket.once("close", () => resolve());
  });
}
