// Servers that ask for a user, or for certificates on both ends.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { define, launch, MembershipError } from "@limmat/timely-core";
import { Etcd3 } from "etcd3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EtcdOptions, etcdMembership } from "../src/etcd/index.ts";
import { JetStreamError, type JetStreamOptions, jetstream } from "../src/jetstream/index.ts";
import { etcd } from "./servers/etcd.ts";
import { nats } from "./servers/nats.ts";
import { absent, Server, type ServerProgram } from "./servers/server.ts";

const openssl = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return "";
  } catch {
    return "the openssl program is not installed";
  }
})();

const folder = mkdtempSync(path.join(tmpdir(), "limmat-secured-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const [keyFile, certFile] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];

/** The same server with more arguments; TLS uses one certificate as authority, server and client. */
const withArguments = (program: ServerProgram, more: readonly string[]): ServerProgram => ({
  variable: program.variable,
  arguments: async (port, data) => [...(await program.arguments(port, data)), ...more],
});

beforeAll(() => {
  if (openssl !== "") return;
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-keyout", keyFile, "-out", certFile, ...names], {
    stdio: "ignore",
  });
});

/** A dataflow that asks nothing of the server. */
const idle = define({ inputs: {}, outputs: {}, build() {} });

const noNats = absent(nats);
describe.skipIf(noNats !== "")(`a NATS server that is particular${noNats && `: ${noNats}`}`, () => {
  const connect = async (port: number, more: Pick<JetStreamOptions<never, never>, "user" | "tls">) => {
    const client = await launch({ workers: 1 }, idle);
    try {
      const servers = `127.0.0.1:${port}`;
      const run = await jetstream(client, { servers, recovery: "replay", inputs: {}, outputs: {}, ...more });
      await run.close();
    } finally {
      await client.abort();
    }
  };

  it("lets in its user, and nobody else", async () => {
    await using server = await Server.start(withArguments(nats, ["--user", "limmat", "--pass", "secret"]));
    await connect(server.port, { user: { name: "limmat", password: "secret" } });
    const wrong = connect(server.port, { user: { name: "limmat", password: "guess" } });
    await expect(wrong).rejects.toThrow(JetStreamError);
    await expect(connect(server.port, {})).rejects.toThrow(/127\.0\.0\.1:\d+: .*lets this user in/);
  });

  it.skipIf(openssl !== "")(`speaks TLS with those who have a certificate${openssl && `: ${openssl}`}`, async () => {
    const files = ["--tlscert", certFile, "--tlskey", keyFile, "--tlscacert", certFile, "--tlsverify"];
    await using server = await Server.start(withArguments(nats, ["--tls", ...files]));
    const [cert, key] = [readFileSync(certFile, "utf8"), readFileSync(keyFile, "utf8")];
    await connect(server.port, { tls: { ca: cert, cert, key } });
    await expect(connect(server.port, {})).rejects.toThrow(JetStreamError);
  });
});

const noEtcd = absent(etcd);
describe.skipIf(noEtcd !== "")(`an etcd that is particular${noEtcd && `: ${noEtcd}`}`, () => {
  it("lets in its user, and nobody else", async () => {
    await using server = await Server.start(etcd);
    const servers = `http://127.0.0.1:${server.port}`;
    const client = new Etcd3({ hosts: servers });
    await client.role("root").create();
    const root = client.user("root");
    await root.create("secret");
    await root.addRole("root");
    await client.auth.authEnable();
    client.close();
    const join = (more: Pick<EtcdOptions, "auth">) =>
      etcdMembership({ servers, group: "secured", ...more }).join("a:1", 1);
    const member = await join({ auth: { username: "root", password: "secret" } });
    await member.leave();
    await expect(join({ auth: { username: "root", password: "guess" } })).rejects.toThrow(MembershipError);
    await expect(join({})).rejects.toThrow(/etcd at http:.*user name is empty/);
  });

  it.skipIf(openssl !== "")(`speaks TLS with those who have a certificate${openssl && `: ${openssl}`}`, async () => {
    const files = ["--cert-file", certFile, "--key-file", keyFile, "--trusted-ca-file", certFile, "--client-cert-auth"];
    const secured: ServerProgram = {
      variable: etcd.variable,
      arguments: async (port, data) => {
        const plain = await etcd.arguments(port, data);
        return [
          ...plain.map((each) => each.replace(`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`)),
          ...files,
        ];
      },
    };
    await using server = await Server.start(secured);
    const [ca, key] = [readFileSync(certFile), readFileSync(keyFile)];
    const servers = `https://127.0.0.1:${server.port}`;
    const member = await etcdMembership({ servers, group: "secured", tls: { ca, cert: ca, key } }).join("a:1", 1);
    expect(member.generation).toBe(1);
    await member.leave();
    await expect(etcdMembership({ servers, group: "secured", tls: { ca } }).join("a:1", 1)).rejects.toThrow(
      MembershipError,
    );
    const plain = etcdMembership({ servers: `http://127.0.0.1:${server.port}`, group: "secured" });
    await expect(plain.join("a:1", 1)).rejects.toThrow(MembershipError);
  });
});
