import { describe, expect, it } from "vitest";
import { checkedHosts, type ProcessesConfig } from "../../src/network/processes.ts";
import { LaunchError } from "../../src/worker/errors.ts";

describe("checkedHosts", () => {
  it("takes names, IPv4 and IPv6 addresses", () => {
    const hosts = ["localhost:1", "127.0.0.1:2101", "[::1]:65535"];
    expect(checkedHosts({ index: 0, hosts }).map(({ address, port }) => [address, port])).toEqual([
      ["localhost", 1],
      ["127.0.0.1", 2101],
      ["::1", 65535],
    ]);
  });

  const two = ["localhost:1", "localhost:2"];
  it.each<[ProcessesConfig, RegExp]>([
    [{ index: 0, hosts: [] }, /there are 0 hosts/],
    [{ index: 2, hosts: two }, /this is process 2 of 2: give a number from 0 to 1/],
    [{ index: 0.5, hosts: two }, /this is process 0.5/],
    [{ index: 0, hosts: ["localhost"] }, /"localhost" is no address of a process: write host:port/],
    [{ index: 0, hosts: ["::1:2101"] }, /no address/],
    [{ index: 0, hosts: ["localhost:0"] }, /no address/],
    [{ index: 0, hosts: ["localhost:65536"] }, /no address/],
    [{ index: 0, hosts: ["localhost:1", "localhost:1"] }, /processes 0 and 1 have the same address localhost:1/],
    [{ index: 0, hosts: ["localhost:1", "example.org:1"] }, /example.org:1 may be reached by others: .* secret or tls/],
    [{ index: 0, hosts: two, secret: "short" }, /the secret has 5 characters/],
    [{ index: 0, hosts: two, heartbeatMs: 0 }, /heartbeatMs is 0/],
    [{ index: 0, hosts: two, connectTimeoutMs: Number.NaN }, /connectTimeoutMs is NaN/],
  ])("refuses %o", (config, message) => {
    expect(() => checkedHosts(config)).toThrow(LaunchError);
    expect(() => checkedHosts(config)).toThrow(message);
  });

  it("lets others be reached by a secret, by tls, or where the network is trusted", () => {
    const config = { index: 0, hosts: ["10.0.0.1:2101", "10.0.0.2:2101"] };
    const tls = { key: "", cert: "", ca: "" };
    for (const given of [{ secret: "sixteen letters." }, { tls }, { trusted: true }]) {
      expect(checkedHosts({ ...config, ...given }).length).toBe(2);
    }
  });
});
